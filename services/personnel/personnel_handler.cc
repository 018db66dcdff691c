#include "services/personnel/personnel_handler.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/directory/directory_kinds.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "common/store/audit_kind.h"
#include "common/store/ledger_store.h"
#include "services/personnel/access/accounts.h"
#include "services/personnel/access/directory_effects.h"
#include "services/personnel/import_change.h"
#include "services/personnel/personnel_rules.h"

namespace lianfang::personnel {
namespace {

constexpr char kPersonnelService[] = "lianfang.personnel.v1.PersonnelService";
// A stream of an import: all its messages together.
constexpr size_t kMaxImportBytes = 8 << 20;

// Archived records come only when they are asked for.
template <class Req>
store::Query InUse(const rpc::CallContext&, const Req& request) {
  store::Query query;
  if (!request.show_archived()) {
    query.not_equal.emplace_back("state", int64_t{v1::RECORD_STATE_ARCHIVED});
  }
  return query;
}

// Ids of units that may come next in a list: those that the identity names or, when it covers all,
// those that have a ledger; one more than `limit` where there is one more.
absl::StatusOr<std::vector<std::string>> UnitsAfter(const auth::Identity& identity,
                                                    sql::Connection& connection,
                                                    const std::string& after, int limit) {
  std::vector<std::string> ids;
  if (identity.Covers("*")) {
    LF_ASSIGN_OR_RETURN(const auto heads, store::ListHeads(connection, after, limit + 1));
    for (const auto& [unit_id, size] : heads) ids.push_back(unit_id);
    return ids;
  }
  for (const std::string& id : identity.units) {
    if (id > after) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.size() > static_cast<size_t>(limit) + 1) ids.resize(limit + 1);
  return ids;
}

absl::Status ListUnits(const rpc::CallContext& call, rpc::Service&, sql::Connection& connection,
                       const v1::ListUnitsRequest& request, v1::ListUnitsResponse* response) {
  const int size = rpc::PageSize(request.page_size());
  LF_ASSIGN_OR_RETURN(const std::string after, rpc::ReadPageToken(request));
  LF_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                      UnitsAfter(*call.identity, connection, after, size));
  store::ConnectionReader reader(&connection);
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i == static_cast<size_t>(size)) {
      response->set_next_page_token(rpc::MakePageToken(request, ids[i - 1]));
      break;
    }
    LF_ASSIGN_OR_RETURN(auto unit,
                        reader.FindById<v1::Unit>(directory::UnitKind(), ids[i], ids[i]));
    // A token may name a unit that nobody has made yet.
    if (unit) *response->add_units() = *std::move(unit);
  }
  return absl::OkStatus();
}

// Persons whose tokens a change touches, asked before anything is written.
template <class T>
absl::StatusOr<std::vector<std::string>> Touched(store::WriteTx&, const T* old, const T& next) {
  return PersonsTouched(old, next);
}
absl::StatusOr<std::vector<std::string>> Touched(store::WriteTx& tx, const v1::Post* old,
                                                 const v1::Post& next) {
  return PersonsTouched(tx, old, next);
}

// The record, then the accounts whose tokens it touches: the entry is about the record.
template <class T>
absl::Status PutTouching(store::WriteTx& tx, auth::AccessState* access,
                         const store::RecordKind& kind, const T* old, T& next) {
  LF_ASSIGN_OR_RETURN(const std::vector<std::string> persons, Touched(tx, old, next));
  LF_RETURN_IF_ERROR(tx.Put(kind, next));
  return TokensChanged(tx, access, persons);
}

template <class T>
std::function<absl::Status(store::WriteTx&, T&)> Creating(auth::AccessState* access,
                                                          const store::RecordKind& kind,
                                                          absl::Status (*rule)(store::WriteTx&,
                                                                               T&)) {
  return [access, &kind, rule](store::WriteTx& tx, T& next) -> absl::Status {
    LF_RETURN_IF_ERROR(rule(tx, next));
    return PutTouching<T>(tx, access, kind, nullptr, next);
  };
}

template <class T>
std::function<absl::Status(store::WriteTx&, const T&, T&)> Changing(
    auth::AccessState* access, const store::RecordKind& kind,
    absl::Status (*rule)(store::WriteTx&, const T&, T&)) {
  return [access, &kind, rule](store::WriteTx& tx, const T& old, T& next) -> absl::Status {
    // Before the rule, which may write.
    LF_ASSIGN_OR_RETURN(const std::vector<std::string> persons, Touched(tx, &old, next));
    LF_RETURN_IF_ERROR(rule(tx, old, next));
    LF_RETURN_IF_ERROR(tx.Put(kind, next));
    return TokensChanged(tx, access, persons);
  };
}

template <class Req, class T>
std::function<absl::Status(store::WriteTx&, const Req&, T&)> Archiving(
    auth::AccessState* access, const store::RecordKind& kind,
    absl::Status (*rule)(store::WriteTx&, T&)) {
  return [access, &kind, rule](store::WriteTx& tx, const Req&, T& record) -> absl::Status {
    const T old = record;
    LF_RETURN_IF_ERROR(rule(tx, record));
    return PutTouching<T>(tx, access, kind, &old, record);
  };
}

void RegisterUnits(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Unit>(&registry, kPersonnelService, &host, &directory::UnitKind())
      .Create<v1::CreateUnitRequest, v1::CreateUnitResponse>(
          "CreateUnit",
          [](store::WriteTx& tx, v1::Unit&) {
            if (tx.unit_id() != store::kSystemUnit) return absl::OkStatus();
            return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "unit_id",
                              "这个编号留给系统自己用。", "is reserved for the system itself.");
          })
      .Get<v1::GetUnitRequest, v1::GetUnitResponse>("GetUnit")
      .Update<v1::UpdateUnitRequest, v1::UpdateUnitResponse>(
          "UpdateUnit",
          [](store::WriteTx&, const v1::Unit&, v1::Unit&) { return absl::OkStatus(); });
  // With the connection: the units of a server are the heads of its ledgers.
  registry.ReadLedger<v1::ListUnitsRequest, v1::ListUnitsResponse>(
      kPersonnelService, "ListUnits",
      [&host](const v1::ListUnitsRequest&) -> absl::StatusOr<rpc::Service*> { return &host; },
      ListUnits);
}

void RegisterDepartments(rpc::Registry& registry, rpc::Service& host, auth::AccessState* access) {
  const store::RecordKind& kind = directory::DepartmentKind();
  rpc::Standard<v1::Department>(&registry, kPersonnelService, &host, &kind)
      .Create<v1::CreateDepartmentRequest, v1::CreateDepartmentResponse>(
          "CreateDepartment", Creating(access, kind, &NewDepartment))
      .Get<v1::GetDepartmentRequest, v1::GetDepartmentResponse>("GetDepartment")
      .List<v1::ListDepartmentsRequest, v1::ListDepartmentsResponse>(
          "ListDepartments", InUse<v1::ListDepartmentsRequest>)
      .Update<v1::UpdateDepartmentRequest, v1::UpdateDepartmentResponse>(
          "UpdateDepartment", Changing(access, kind, &ChangeDepartment))
      .Verb<v1::ArchiveDepartmentRequest, v1::ArchiveDepartmentResponse>(
          "ArchiveDepartment",
          Archiving<v1::ArchiveDepartmentRequest>(access, kind, &ArchiveDepartment));
}

void RegisterPosts(rpc::Registry& registry, rpc::Service& host, auth::AccessState* access) {
  const store::RecordKind& kind = directory::PostKind();
  rpc::Standard<v1::Post>(&registry, kPersonnelService, &host, &kind)
      .Create<v1::CreatePostRequest, v1::CreatePostResponse>("CreatePost",
                                                             Creating(access, kind, &NewPost))
      .Get<v1::GetPostRequest, v1::GetPostResponse>("GetPost")
      .List<v1::ListPostsRequest, v1::ListPostsResponse>("ListPosts", InUse<v1::ListPostsRequest>)
      .Update<v1::UpdatePostRequest, v1::UpdatePostResponse>("UpdatePost",
                                                             Changing(access, kind, &ChangePost))
      .Verb<v1::ArchivePostRequest, v1::ArchivePostResponse>(
          "ArchivePost", Archiving<v1::ArchivePostRequest>(access, kind, &ArchivePost));
}

void RegisterPersons(rpc::Registry& registry, rpc::Service& host, auth::AccessState* access) {
  const store::RecordKind& kind = directory::PersonKind();
  rpc::Standard<v1::Person>(&registry, kPersonnelService, &host, &kind)
      .Create<v1::CreatePersonRequest, v1::CreatePersonResponse>("CreatePerson",
                                                                 Creating(access, kind, &NewPerson))
      .Get<v1::GetPersonRequest, v1::GetPersonResponse>("GetPerson")
      .List<v1::ListPersonsRequest, v1::ListPersonsResponse>("ListPersons",
                                                             InUse<v1::ListPersonsRequest>)
      .Update<v1::UpdatePersonRequest, v1::UpdatePersonResponse>(
          "UpdatePerson", Changing(access, kind, &ChangePerson))
      .Verb<v1::ArchivePersonRequest, v1::ArchivePersonResponse>(
          "ArchivePerson", Archiving<v1::ArchivePersonRequest>(access, kind, &ArchivePerson));
}

void RegisterAppointments(rpc::Registry& registry, rpc::Service& host, auth::AccessState* access) {
  const store::RecordKind& kind = directory::AppointmentKind();
  rpc::Standard<v1::Appointment>(&registry, kPersonnelService, &host, &kind)
      .Create<v1::CreateAppointmentRequest, v1::CreateAppointmentResponse>(
          "CreateAppointment", Creating(access, kind, &NewAppointment))
      .Get<v1::GetAppointmentRequest, v1::GetAppointmentResponse>("GetAppointment")
      .List<v1::ListAppointmentsRequest, v1::ListAppointmentsResponse>(
          "ListAppointments", InUse<v1::ListAppointmentsRequest>)
      .Update<v1::UpdateAppointmentRequest, v1::UpdateAppointmentResponse>(
          "UpdateAppointment", Changing(access, kind, &ChangeAppointment))
      .Verb<v1::ArchiveAppointmentRequest, v1::ArchiveAppointmentResponse>(
          "ArchiveAppointment",
          Archiving<v1::ArchiveAppointmentRequest>(access, kind, &ArchiveAppointment));
}

void RegisterLeadingGroupMembers(rpc::Registry& registry, rpc::Service& host,
                                 auth::AccessState* access) {
  const store::RecordKind& kind = directory::LeadingGroupMemberKind();
  rpc::Standard<v1::LeadingGroupMember>(&registry, kPersonnelService, &host, &kind)
      .Create<v1::CreateLeadingGroupMemberRequest, v1::CreateLeadingGroupMemberResponse>(
          "CreateLeadingGroupMember", Creating(access, kind, &NewLeadingGroupMember))
      .Get<v1::GetLeadingGroupMemberRequest, v1::GetLeadingGroupMemberResponse>(
          "GetLeadingGroupMember")
      .List<v1::ListLeadingGroupMembersRequest, v1::ListLeadingGroupMembersResponse>(
          "ListLeadingGroupMembers", InUse<v1::ListLeadingGroupMembersRequest>)
      .Update<v1::UpdateLeadingGroupMemberRequest, v1::UpdateLeadingGroupMemberResponse>(
          "UpdateLeadingGroupMember", Changing(access, kind, &ChangeLeadingGroupMember))
      .Verb<v1::ArchiveLeadingGroupMemberRequest, v1::ArchiveLeadingGroupMemberResponse>(
          "ArchiveLeadingGroupMember", Archiving<v1::ArchiveLeadingGroupMemberRequest>(
                                           access, kind, &ArchiveLeadingGroupMember));
}

}  // namespace

void RegisterPersonnel(rpc::Registry& registry, rpc::Service& host, auth::AccessState* access) {
  RegisterUnits(registry, host);
  RegisterDepartments(registry, host, access);
  RegisterPosts(registry, host, access);
  RegisterPersons(registry, host, access);
  RegisterAppointments(registry, host, access);
  RegisterLeadingGroupMembers(registry, host, access);
  registry.ClientStreamWrite<v1::ImportDirectoryRequest, v1::ImportDirectoryResponse>(
      kPersonnelService, "ImportDirectory", host, kMaxImportBytes,
      [access](store::WriteTx& tx,
               const std::vector<std::shared_ptr<v1::ImportDirectoryRequest>>& messages) {
        return ImportDirectory(tx, access, messages);
      });
}

}  // namespace lianfang::personnel
