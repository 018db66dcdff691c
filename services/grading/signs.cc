#include "services/grading/signs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/grading/domain/department_level.h"
#include "services/grading/domain/ids.h"
#include "services/grading/domain/sign_rules.h"
#include "services/grading/grading_kinds.h"

namespace lianfang::grading {
namespace {

using risk::v1::RiskPoint;

void NamePoints(const std::vector<RiskPoint>& points, v1::WarningSign* sign) {
  std::vector<std::string> names;
  for (const RiskPoint& point : points) {
    if (IsRegistered(point)) names.push_back(point.name());
  }
  std::sort(names.begin(), names.end());
  if (names.size() > static_cast<size_t>(kMaxSignPoints)) names.resize(kMaxSignPoints);
  for (std::string& name : names) sign->add_risk_points(std::move(name));
}

// Stores what the sign with this id becomes.
absl::Status Renew(store::WriteTx& tx, const std::string& id, v1::WarningSign drafted,
                   const std::vector<Cause>& causes, bool revive) {
  drafted.set_name(RecordName(tx.unit_id(), "warningSigns", id));
  LF_ASSIGN_OR_RETURN(const auto earlier,
                      tx.FindById<v1::WarningSign>(WarningSignKind(), tx.unit_id(), id));
  auto next = NextSign(earlier ? &*earlier : nullptr, drafted, causes, revive, tx.now());
  return next ? tx.Put(WarningSignKind(), *next) : absl::OkStatus();
}

absl::Status RenewPost(store::WriteTx& tx, int year, const std::string& name,
                       const std::vector<Cause>& causes, const Fresh& fresh, bool revive) {
  LF_ASSIGN_OR_RETURN(const auto grade, GradeOf(tx, name, year, fresh));
  if (!grade || ConfirmedLevel(*grade) == common::v1::RISK_LEVEL_UNSPECIFIED) {
    return absl::OkStatus();
  }
  v1::WarningSign sign;
  sign.set_subject(name);
  sign.set_layer(common::v1::RISK_LAYER_POST);
  sign.set_year(year);
  sign.set_level(ConfirmedLevel(*grade));
  sign.set_display_name(grade->post_display_name());
  sign.set_department(grade->department());
  LF_ASSIGN_OR_RETURN(const std::vector<RiskPoint> points, PointsOf(tx, name, year, fresh));
  NamePoints(points, &sign);
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  LF_ASSIGN_OR_RETURN(const auto holders, directory::HoldersOf(tx, name, today));
  for (const auto& holder : holders) sign.add_responsible(holder.name());
  return Renew(tx, PostSignId(IdIn("posts", name), year), std::move(sign), causes, revive);
}

absl::Status RenewDepartment(store::WriteTx& tx, const CompiledPolicy& matrix, int year,
                             const std::string& name, const std::vector<Cause>& causes,
                             const Fresh& fresh, bool revive) {
  LF_ASSIGN_OR_RETURN(const auto department,
                      tx.Find<personnel::v1::Department>(directory::DepartmentKind(), name));
  if (!department) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(DepartmentFacts facts, ReadGrades(tx, name, year, fresh));
  const bool confirmed =
      std::any_of(facts.grades.begin(), facts.grades.end(), [](const v1::Grade& grade) {
        return ConfirmedLevel(grade) != common::v1::RISK_LEVEL_UNSPECIFIED;
      });
  if (!confirmed) return absl::OkStatus();
  LF_RETURN_IF_ERROR(AddPoints(tx, name, year, fresh, &facts));
  v1::WarningSign sign;
  sign.set_subject(name);
  sign.set_layer(common::v1::RISK_LAYER_DEPARTMENT);
  sign.set_year(year);
  sign.set_level(Highest(facts.grades, facts.points, matrix).level());
  sign.set_display_name(department->display_name());
  sign.set_department(name);
  NamePoints(facts.points, &sign);
  if (!department->head().empty()) sign.add_responsible(department->head());
  return Renew(tx, DepartmentSignId(IdIn("departments", name), year), std::move(sign), causes,
               revive);
}

}  // namespace

absl::Status RenewSigns(store::WriteTx& tx, const CompiledPolicy& matrix, int year,
                        const Causes& posts, const Causes& departments, const Fresh& fresh,
                        bool revive) {
  for (const auto& [name, causes] : posts) {
    LF_RETURN_IF_ERROR(RenewPost(tx, year, name, causes, fresh, revive));
  }
  for (const auto& [name, causes] : departments) {
    LF_RETURN_IF_ERROR(RenewDepartment(tx, matrix, year, name, causes, fresh, revive));
  }
  return absl::OkStatus();
}

absl::Status RenewResponsible(store::WriteTx& tx,
                              const std::map<std::string, std::vector<std::string>>& responsible,
                              const Causes& causes) {
  std::vector<v1::WarningSign> changed;
  for (const auto& [subject, persons] : responsible) {
    store::Query query;
    query.equal.emplace_back("subject", subject);
    query.not_equal.emplace_back("state", int64_t{v1::WARNING_SIGN_STATE_REMOVED});
    LF_ASSIGN_OR_RETURN(
        const std::vector<v1::WarningSign> signs,
        directory::ListAll<v1::WarningSign>(tx, WarningSignKind(), tx.unit_id(), std::move(query)));
    const auto newest = std::max_element(
        signs.begin(), signs.end(),
        [](const v1::WarningSign& a, const v1::WarningSign& b) { return a.year() < b.year(); });
    if (newest == signs.end()) continue;
    v1::WarningSign drafted = *newest;
    drafted.clear_responsible();
    for (const std::string& person : persons) drafted.add_responsible(person);
    const auto why = causes.find(subject);
    auto next =
        NextSign(&*newest, drafted, why == causes.end() ? std::vector<Cause>() : why->second,
                 /*revive=*/false, tx.now());
    if (next) changed.push_back(*std::move(next));
  }
  for (v1::WarningSign& sign : changed) LF_RETURN_IF_ERROR(tx.Put(WarningSignKind(), sign));
  return absl::OkStatus();
}

}  // namespace lianfang::grading
