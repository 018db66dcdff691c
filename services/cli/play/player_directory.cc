// Unit and directory.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "services/cli/core/pages.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using PersonnelStub = personnel::v1::PersonnelService::Stub;

}  // namespace

absl::StatusOr<StageResult> Player::MakeUnit(StageProgress& progress) {
  const client::Client& administrator = actors_.AsRole("administrator");
  personnel::v1::GetUnitRequest get;
  get.set_name(unit_);
  const auto found = Call(administrator, personnel_, &PersonnelStub::GetUnit, get);
  if (found.ok()) return StageResult{.found = 1};
  if (ReasonOf(found.status()) != common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
    return found.status();
  }
  progress.Start(1);
  personnel::v1::CreateUnitRequest request;
  request.set_unit_id(unit_id());
  request.mutable_unit()->set_display_name(sample_.year.unit_display_name());
  request.mutable_unit()->set_kind(personnel::v1::UNIT_KIND_SCHOOL);
  request.mutable_unit()->set_superior(sample_.year.superior());
  request.set_request_id(UuidOf(absl::StrCat("CreateUnit ", request.SerializeAsString())));
  LF_ASSIGN_OR_RETURN(const auto made,
                      Call(administrator, personnel_, &PersonnelStub::CreateUnit, request));
  positions_.Add(made.position());
  progress.Advance();
  return StageResult{.done = 1};
}

absl::StatusOr<StageResult> Player::ImportSample(StageProgress& progress) {
  const client::Client& administrator = actors_.AsRole("administrator");
  // Looked at first: an import would also put back what somebody has changed since.
  LF_ASSIGN_OR_RETURN(const auto seen, ImportFiles(administrator, unit_id(), sample_.directory,
                                                   /*validate_only=*/true,
                                                   server::NewUuid(*session_.environment().random),
                                                   session_.timeout(), nullptr));
  if (seen.created_count() == 0) {
    return StageResult{.found = seen.unchanged_count() + seen.updated_count()};
  }
  progress.Start(seen.created_count() + seen.updated_count());
  LF_ASSIGN_OR_RETURN(
      const auto made,
      ImportFiles(administrator, unit_id(), sample_.directory, /*validate_only=*/false,
                  UuidOf(absl::StrCat("ImportDirectory ", unit_, " ", sample_.directory.digest, " ",
                                      positions_.Of("personnel"))),
                  session_.timeout(), nullptr));
  positions_.Add(made.position());
  progress.Advance(made.created_count() + made.updated_count());
  return StageResult{.done = made.created_count() + made.updated_count(),
                     .found = made.unchanged_count()};
}

absl::Status Player::LoadSchool() {
  const client::Client& office = actors_.AsRole("control_office");
  personnel::v1::ListDepartmentsRequest departments;
  departments.set_parent(unit_);
  LF_RETURN_IF_ERROR(EachPage(
      departments,
      [&](const auto& page) {
        return Call(office, personnel_, &PersonnelStub::ListDepartments, page);
      },
      [&](const auto& page) {
        for (const auto& one : page.departments()) departments_[one.name()] = one;
        return absl::OkStatus();
      }));
  personnel::v1::ListPostsRequest posts;
  posts.set_parent(unit_);
  LF_RETURN_IF_ERROR(EachPage(
      posts,
      [&](const auto& page) { return Call(office, personnel_, &PersonnelStub::ListPosts, page); },
      [&](const auto& page) {
        for (const auto& one : page.posts()) posts_[one.name()] = one;
        return absl::OkStatus();
      }));
  personnel::v1::ListAppointmentsRequest appointments;
  appointments.set_parent(unit_);
  LF_RETURN_IF_ERROR(EachPage(
      appointments,
      [&](const auto& page) {
        return Call(office, personnel_, &PersonnelStub::ListAppointments, page);
      },
      [&](const auto& page) {
        for (const auto& one : page.appointments()) {
          if (!one.has_end_date()) holders_[one.post()].push_back(one.person());
        }
        return absl::OkStatus();
      }));
  for (const auto& [name, post] : posts_) {
    if (!post.principal_responsible()) continue;
    for (const std::string& person : holders_[name]) principals_.insert(person);
  }
  return absl::OkStatus();
}

}  // namespace lianfang::cli
