// lianfang unit create.
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

constexpr Flag kUnitCreateFlags[] = {
    {"unit", "UNIT", Flag::kValue, {"单位代码（必填）", "id of the unit (needed)"}},
    {"name", "NAME", Flag::kValue, {"单位名称（必填）", "name as people write it (needed)"}},
    {"superior", "NAME", Flag::kValue, {"上级单位名称", "name of the unit above"}},
    {"kind",
     "school|district|city|province",
     Flag::kValue,
     {"单位类别；默认 school（学校）", "kind of the unit; default school"}},
};

absl::StatusOr<personnel::v1::UnitKind> UnitKindOf(const std::string& word) {
  if (word.empty() || word == "school") return personnel::v1::UNIT_KIND_SCHOOL;
  if (word == "district") return personnel::v1::UNIT_KIND_DISTRICT_BUREAU;
  if (word == "city") return personnel::v1::UNIT_KIND_CITY_BUREAU;
  if (word == "province") return personnel::v1::UNIT_KIND_PROVINCIAL_DEPARTMENT;
  return UsageError("选项 --kind 只能是 school、district、city 或 province。",
                    "The option --kind is school, district, city or province.");
}

absl::Status RunUnitCreate(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  personnel::v1::CreateUnitRequest request;
  request.set_unit_id(unit);
  LF_ASSIGN_OR_RETURN(*request.mutable_unit()->mutable_display_name(),
                      session.arguments().Require("name"));
  LF_ASSIGN_OR_RETURN(const auto kind, UnitKindOf(session.arguments().Get("kind")));
  request.mutable_unit()->set_kind(kind);
  request.mutable_unit()->set_superior(session.arguments().Get("superior"));
  request.set_request_id(UuidOf(absl::StrCat("unit create ", request.SerializeAsString())));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("personnel", "administrator"));
  personnel::v1::PersonnelService::Stub stub(client->channel());
  LF_ASSIGN_OR_RETURN(const auto response,
                      client->Call(stub, &personnel::v1::PersonnelService::Stub::CreateUnit,
                                   request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  session.Say(
      absl::StrCat("已建立 ", response.unit().name(), "：", response.unit().display_name()),
      absl::StrCat("created ", response.unit().name(), ": ", response.unit().display_name()));
  return absl::OkStatus();
}

}  // namespace

const Command kUnitCreate = {
    "unit create", {"建立单位", "creates a unit"}, kUnitCreateFlags, RunUnitCreate};

}  // namespace lianfang::cli
