#include "services/personnel/access/directory_effects.h"

#include <utility>

#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"

namespace lianfang::personnel {

std::vector<std::string> PersonsTouched(const v1::Department* old, const v1::Department& next) {
  if (old == nullptr) return {next.head(), next.vice_principal()};
  std::vector<std::string> persons;
  const bool state = old->state() != next.state();
  if (state || old->head() != next.head()) {
    persons.push_back(old->head());
    persons.push_back(next.head());
  }
  if (state || old->vice_principal() != next.vice_principal()) {
    persons.push_back(old->vice_principal());
    persons.push_back(next.vice_principal());
  }
  return persons;
}

std::vector<std::string> PersonsTouched(const v1::Person* old, const v1::Person& next) {
  if (old == nullptr || old->state() == next.state()) return {};
  return {next.name()};
}

std::vector<std::string> PersonsTouched(const v1::Appointment* old, const v1::Appointment& next) {
  if (old == nullptr) return {next.person()};
  return {old->person(), next.person()};
}

std::vector<std::string> PersonsTouched(const v1::LeadingGroupMember* old,
                                        const v1::LeadingGroupMember& next) {
  if (old == nullptr) return {next.person()};
  return {old->person(), next.person()};
}

absl::StatusOr<std::vector<std::string>> PersonsTouched(store::WriteTx& tx, const v1::Post* old,
                                                        const v1::Post& next) {
  std::vector<std::string> persons;
  if (old == nullptr || (old->principal_responsible() == next.principal_responsible() &&
                         old->state() == next.state())) {
    return persons;
  }
  store::Query query;
  query.equal.emplace_back("post", next.name());
  query.equal.emplace_back("state", int64_t{v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(const auto appointments,
                      directory::ListAll<v1::Appointment>(tx, directory::AppointmentKind(),
                                                          tx.unit_id(), std::move(query)));
  for (const v1::Appointment& appointment : appointments) persons.push_back(appointment.person());
  return persons;
}

}  // namespace lianfang::personnel
