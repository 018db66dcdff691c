#include "services/risk/domain/change_rules.h"

#include <set>

#include "google/protobuf/util/message_differencer.h"

namespace lianfang::risk {

using google::protobuf::util::MessageDifferencer;
using personnel::v1::Appointment;
using personnel::v1::Department;
using personnel::v1::Post;

namespace {

bool Active(const Appointment& appointment) {
  return appointment.state() == personnel::v1::RECORD_STATE_ACTIVE;
}

Change OfAppointment(const Appointment& appointment, const std::string& post) {
  return {.cause = common::v1::MARK_CAUSE_APPOINTMENT,
          .source = appointment.name(),
          .reason = "岗位任职人员有变动，请核对风险点和防控措施。",
          .owner = post};
}

std::set<int> Functions(const Post& post) {
  return {post.functions().begin(), post.functions().end()};
}

}  // namespace

std::vector<Change> ChangesOf(const Appointment* old, const Appointment& next) {
  const bool was = old != nullptr && Active(*old);
  if (!was && !Active(next)) return {};
  if (was && Active(next) && old->post() == next.post() && old->person() == next.person() &&
      MessageDifferencer::Equals(old->start_date(), next.start_date()) &&
      old->has_end_date() == next.has_end_date() &&
      MessageDifferencer::Equals(old->end_date(), next.end_date())) {
    return {};
  }
  std::vector<Change> changes = {OfAppointment(next, next.post())};
  if (was && old->post() != next.post()) changes.push_back(OfAppointment(next, old->post()));
  return changes;
}

std::vector<Change> ChangesOf(const Post* old, const Post& next) {
  if (old == nullptr ||
      (Functions(*old) == Functions(next) && old->is_unit_head() == next.is_unit_head() &&
       old->principal_responsible() == next.principal_responsible() &&
       old->department() == next.department() && old->state() == next.state())) {
    return {};
  }
  return {{.cause = common::v1::MARK_CAUSE_POST_FUNCTIONS,
           .source = next.name(),
           .reason = "岗位职能已调整，请核对风险点和防控措施。",
           .owner = next.name()}};
}

std::vector<Change> ChangesOf(const Department* old, const Department& next) {
  if (old == nullptr ||
      (old->head() == next.head() && old->vice_principal() == next.vice_principal() &&
       old->parent() == next.parent() && old->state() == next.state())) {
    return {};
  }
  return {{.cause = common::v1::MARK_CAUSE_DEPARTMENT,
           .source = next.name(),
           .reason = "处室的负责人、分管领导或隶属关系已调整，请核对风险点和防控措施。",
           .owner = next.name()}};
}

}  // namespace lianfang::risk
