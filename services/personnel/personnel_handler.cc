#include "services/personnel/personnel_handler.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/directory/directory_kinds.h"
#include "common/rpc/standard.h"
#include "common/store/ledger_store.h"
#include "services/personnel/import_change.h"
#include "services/personnel/personnel_rules.h"

namespace lianfang::personnel {
namespace {

constexpr char kService[] = "lianfang.personnel.v1.PersonnelService";
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

void RegisterUnits(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Unit>(&registry, kService, &host, &directory::UnitKind())
      .Create<v1::CreateUnitRequest, v1::CreateUnitResponse>(
          "CreateUnit", [](store::WriteTx&, v1::Unit&) { return absl::OkStatus(); })
      .Get<v1::GetUnitRequest, v1::GetUnitResponse>("GetUnit")
      .Update<v1::UpdateUnitRequest, v1::UpdateUnitResponse>(
          "UpdateUnit",
          [](store::WriteTx&, const v1::Unit&, v1::Unit&) { return absl::OkStatus(); });
  // With the connection: the units of a server are the heads of its ledgers.
  registry.ReadLedger<v1::ListUnitsRequest, v1::ListUnitsResponse>(
      kService, "ListUnits",
      [&host](const v1::ListUnitsRequest&) -> absl::StatusOr<rpc::Service*> { return &host; },
      ListUnits);
}

void RegisterDepartments(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Department>(&registry, kService, &host, &directory::DepartmentKind())
      .Create<v1::CreateDepartmentRequest, v1::CreateDepartmentResponse>("CreateDepartment",
                                                                         NewDepartment)
      .Get<v1::GetDepartmentRequest, v1::GetDepartmentResponse>("GetDepartment")
      .List<v1::ListDepartmentsRequest, v1::ListDepartmentsResponse>(
          "ListDepartments", InUse<v1::ListDepartmentsRequest>)
      .Update<v1::UpdateDepartmentRequest, v1::UpdateDepartmentResponse>("UpdateDepartment",
                                                                         ChangeDepartment)
      .Verb<v1::ArchiveDepartmentRequest, v1::ArchiveDepartmentResponse>(
          "ArchiveDepartment",
          [](store::WriteTx& tx, const v1::ArchiveDepartmentRequest&, v1::Department& record) {
            return ArchiveDepartment(tx, record);
          });
}

void RegisterPosts(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Post>(&registry, kService, &host, &directory::PostKind())
      .Create<v1::CreatePostRequest, v1::CreatePostResponse>("CreatePost", NewPost)
      .Get<v1::GetPostRequest, v1::GetPostResponse>("GetPost")
      .List<v1::ListPostsRequest, v1::ListPostsResponse>("ListPosts", InUse<v1::ListPostsRequest>)
      .Update<v1::UpdatePostRequest, v1::UpdatePostResponse>("UpdatePost", ChangePost)
      .Verb<v1::ArchivePostRequest, v1::ArchivePostResponse>(
          "ArchivePost", [](store::WriteTx& tx, const v1::ArchivePostRequest&, v1::Post& record) {
            return ArchivePost(tx, record);
          });
}

void RegisterPersons(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Person>(&registry, kService, &host, &directory::PersonKind())
      .Create<v1::CreatePersonRequest, v1::CreatePersonResponse>("CreatePerson", NewPerson)
      .Get<v1::GetPersonRequest, v1::GetPersonResponse>("GetPerson")
      .List<v1::ListPersonsRequest, v1::ListPersonsResponse>("ListPersons",
                                                             InUse<v1::ListPersonsRequest>)
      .Update<v1::UpdatePersonRequest, v1::UpdatePersonResponse>("UpdatePerson", ChangePerson)
      .Verb<v1::ArchivePersonRequest, v1::ArchivePersonResponse>(
          "ArchivePerson", [](store::WriteTx& tx, const v1::ArchivePersonRequest&,
                              v1::Person& record) { return ArchivePerson(tx, record); });
}

void RegisterAppointments(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Appointment>(&registry, kService, &host, &directory::AppointmentKind())
      .Create<v1::CreateAppointmentRequest, v1::CreateAppointmentResponse>("CreateAppointment",
                                                                           NewAppointment)
      .Get<v1::GetAppointmentRequest, v1::GetAppointmentResponse>("GetAppointment")
      .List<v1::ListAppointmentsRequest, v1::ListAppointmentsResponse>(
          "ListAppointments", InUse<v1::ListAppointmentsRequest>)
      .Update<v1::UpdateAppointmentRequest, v1::UpdateAppointmentResponse>("UpdateAppointment",
                                                                           ChangeAppointment)
      .Verb<v1::ArchiveAppointmentRequest, v1::ArchiveAppointmentResponse>(
          "ArchiveAppointment",
          [](store::WriteTx& tx, const v1::ArchiveAppointmentRequest&, v1::Appointment& record) {
            return ArchiveAppointment(tx, record);
          });
}

void RegisterLeadingGroupMembers(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::LeadingGroupMember>(&registry, kService, &host,
                                        &directory::LeadingGroupMemberKind())
      .Create<v1::CreateLeadingGroupMemberRequest, v1::CreateLeadingGroupMemberResponse>(
          "CreateLeadingGroupMember", NewLeadingGroupMember)
      .Get<v1::GetLeadingGroupMemberRequest, v1::GetLeadingGroupMemberResponse>(
          "GetLeadingGroupMember")
      .List<v1::ListLeadingGroupMembersRequest, v1::ListLeadingGroupMembersResponse>(
          "ListLeadingGroupMembers", InUse<v1::ListLeadingGroupMembersRequest>)
      .Update<v1::UpdateLeadingGroupMemberRequest, v1::UpdateLeadingGroupMemberResponse>(
          "UpdateLeadingGroupMember", ChangeLeadingGroupMember)
      .Verb<v1::ArchiveLeadingGroupMemberRequest, v1::ArchiveLeadingGroupMemberResponse>(
          "ArchiveLeadingGroupMember",
          [](store::WriteTx& tx, const v1::ArchiveLeadingGroupMemberRequest&,
             v1::LeadingGroupMember& record) { return ArchiveLeadingGroupMember(tx, record); });
}

}  // namespace

void RegisterPersonnel(rpc::Registry& registry, rpc::Service& host) {
  RegisterUnits(registry, host);
  RegisterDepartments(registry, host);
  RegisterPosts(registry, host);
  RegisterPersons(registry, host);
  RegisterAppointments(registry, host);
  RegisterLeadingGroupMembers(registry, host);
  registry.ClientStreamWrite<v1::ImportDirectoryRequest, v1::ImportDirectoryResponse>(
      kService, "ImportDirectory", host, kMaxImportBytes, ImportDirectory);
}

}  // namespace lianfang::personnel
