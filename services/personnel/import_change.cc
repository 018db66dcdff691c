#include "services/personnel/import_change.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "services/personnel/access/accounts.h"
#include "services/personnel/access/directory_effects.h"
#include "services/personnel/domain/import.h"
#include "services/personnel/domain/import_problems.h"
#include "services/personnel/domain/import_stream.h"
#include "services/personnel/domain/import_table.h"
#include "services/personnel/duties.h"
#include "services/personnel/duty_kinds.h"
#include "services/personnel/personnel_rules.h"

namespace lianfang::personnel {
namespace {

template <class T>
absl::Status Load(store::WriteTx& tx, const store::RecordKind& kind,
                  std::map<std::string, T>* records) {
  LF_ASSIGN_OR_RETURN(std::vector<T> all,
                      directory::ListAll<T>(tx, kind, tx.unit_id(), store::Query()));
  for (T& record : all) {
    std::string id(IdIn(kind.collection(), record.name()));
    records->emplace(std::move(id), std::move(record));
  }
  return absl::OkStatus();
}

absl::StatusOr<Directory> LoadDirectory(store::WriteTx& tx) {
  Directory existing;
  LF_RETURN_IF_ERROR(Load(tx, directory::DepartmentKind(), &existing.departments));
  LF_RETURN_IF_ERROR(Load(tx, directory::PostKind(), &existing.posts));
  LF_RETURN_IF_ERROR(Load(tx, directory::PersonKind(), &existing.persons));
  LF_RETURN_IF_ERROR(Load(tx, directory::AppointmentKind(), &existing.appointments));
  LF_RETURN_IF_ERROR(Load(tx, directory::LeadingGroupMemberKind(), &existing.leading_group));
  return existing;
}

template <class T>
absl::Status PutAll(store::WriteTx& tx, const store::RecordKind& kind, std::vector<T>& records) {
  for (T& record : records) LF_RETURN_IF_ERROR(tx.Put(kind, record));
  return absl::OkStatus();
}

// The duties that the changes of posts mark. Asked for before anything is written.
absl::StatusOr<std::vector<v1::PostDuty>> MarkedDuties(store::WriteTx& tx,
                                                       const Directory& existing,
                                                       const std::vector<v1::Post>& posts) {
  std::vector<v1::PostDuty> duties;
  for (const v1::Post& post : posts) {
    const auto old =
        existing.posts.find(std::string(IdIn(directory::PostKind().collection(), post.name())));
    if (old == existing.posts.end()) continue;
    LF_ASSIGN_OR_RETURN(std::optional<v1::PostDuty> duty, MarkedDuty(tx, old->second, post));
    if (duty) duties.push_back(*std::move(duty));
  }
  return duties;
}

template <class T>
const T* Before(const std::map<std::string, T>& records, const store::RecordKind& kind,
                const T& next) {
  const auto it = records.find(std::string(IdIn(kind.collection(), next.name())));
  return it == records.end() ? nullptr : &it->second;
}

template <class T>
void AddTouched(const std::map<std::string, T>& before, const store::RecordKind& kind,
                const std::vector<T>& changed, std::vector<std::string>* persons) {
  for (const T& next : changed) {
    const std::vector<std::string> more = PersonsTouched(Before(before, kind, next), next);
    persons->insert(persons->end(), more.begin(), more.end());
  }
}

// Whose tokens say no longer what holds. Asked for before anything is written.
absl::StatusOr<std::vector<std::string>> PersonsTouchedBy(store::WriteTx& tx,
                                                          const Directory& existing,
                                                          const ImportPlan& plan) {
  std::vector<std::string> persons;
  AddTouched(existing.departments, directory::DepartmentKind(), plan.departments, &persons);
  AddTouched(existing.persons, directory::PersonKind(), plan.persons, &persons);
  AddTouched(existing.appointments, directory::AppointmentKind(), plan.appointments, &persons);
  AddTouched(existing.leading_group, directory::LeadingGroupMemberKind(), plan.leading_group,
             &persons);
  for (const v1::Post& next : plan.posts) {
    LF_ASSIGN_OR_RETURN(
        const std::vector<std::string> holders,
        PersonsTouched(tx, Before(existing.posts, directory::PostKind(), next), next));
    persons.insert(persons.end(), holders.begin(), holders.end());
  }
  return persons;
}

}  // namespace

absl::Status ImportDirectory(
    store::WriteTx& tx, auth::AccessState* access,
    const std::vector<std::shared_ptr<v1::ImportDirectoryRequest>>& messages) {
  LF_ASSIGN_OR_RETURN(const ImportInput input, CollectImport(messages));
  LF_RETURN_IF_ERROR(RequireUnit(tx, "options.parent"));
  Problems problems;
  std::vector<Table> tables;
  for (const auto& [file, bytes] : input.csv) {
    tables.push_back(ReadCsvFile(file, bytes, &problems));
  }
  for (const auto& [file, rows] : input.rows) tables.push_back(ReadRows(file, rows, &problems));
  LF_ASSIGN_OR_RETURN(const Directory existing, LoadDirectory(tx));
  ImportPlan plan = PlanImport(tx.unit_id(), tables, existing, &problems);
  v1::ImportDirectoryResponse result;
  if (!problems.empty()) {
    // An error has room for some problems; whoever asks for validation gets them all.
    if (!input.options.validate_only()) return problems.ToError();
    problems.List(&result);
    tx.SetResult(result);
    return absl::OkStatus();
  }
  result.set_created_count(plan.created);
  result.set_updated_count(plan.updated);
  result.set_unchanged_count(plan.unchanged);
  if (!input.options.validate_only()) {
    LF_ASSIGN_OR_RETURN(std::vector<v1::PostDuty> duties, MarkedDuties(tx, existing, plan.posts));
    LF_ASSIGN_OR_RETURN(const std::vector<std::string> touched,
                        PersonsTouchedBy(tx, existing, plan));
    // Whoever is referred to comes before whoever refers, as far as that goes.
    LF_RETURN_IF_ERROR(PutAll(tx, directory::PersonKind(), plan.persons));
    LF_RETURN_IF_ERROR(PutAll(tx, directory::DepartmentKind(), plan.departments));
    LF_RETURN_IF_ERROR(PutAll(tx, directory::PostKind(), plan.posts));
    LF_RETURN_IF_ERROR(PutAll(tx, directory::AppointmentKind(), plan.appointments));
    LF_RETURN_IF_ERROR(PutAll(tx, directory::LeadingGroupMemberKind(), plan.leading_group));
    LF_RETURN_IF_ERROR(PutAll(tx, PostDutyKind(), duties));
    LF_RETURN_IF_ERROR(TokensChanged(tx, access, touched));
  }
  tx.SetResult(result);
  return absl::OkStatus();
}

}  // namespace lianfang::personnel
