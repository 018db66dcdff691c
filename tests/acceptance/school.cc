#include "tests/acceptance/school.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/rpc/status_grpc.h"
#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"

namespace lianfang::acceptance {
namespace {

using personnel::v1::DirectoryFile;

constexpr char kDepartments[] =
    "code,name,kind,parent,head,vice_principal\n"
    "party-office,党总支办公室,处室,,party-office-head,secretary\n"
    "teaching,教导处,处室,,teaching-head,vp-teaching\n"
    "moral,德育处,处室,,moral-head,vp-teaching\n"
    "supply,总务处,处室,,supply-head,vp-logistics\n"
    "finance,财务室,科室,,finance-head,vp-logistics\n";

constexpr char kPosts[] =
    "code,name,department,functions,unit_head,principal_responsible,duties\n"
    "secretary,党总支书记,,,是,是,主持党总支全面工作\n"
    "principal,校长,,INVESTMENT_DECISION;KEY_PROJECT_MANAGEMENT,是,是,主持学校行政全面工作\n"
    "vp-teaching,副校长（分管教学）,,ADMISSIONS;STAFF_LIFE,否,否,分管教导处、德育处\n"
    "vp-logistics,副校长（分管后勤）,,PROJECT_BIDDING,否,否,分管总务处、财务室\n"
    "party-office-head,党总支办公室主任,party-office,PUBLIC_SERVICE,否,否,党务和防控办工作\n"
    "office-clerk,党总支办公室干事,party-office,,否,否,文书和档案\n"
    "teaching-head,教导处主任,teaching,ADMISSIONS,否,否,教学管理和招生\n"
    "registrar,学籍管理员,teaching,PUBLIC_SERVICE,否,否,学籍管理\n"
    "teacher,学科教师,teaching,,否,否,学科教学\n"
    "moral-head,德育处主任,moral,SOCIAL_AFFAIRS_MANAGEMENT,否,否,德育和校外活动\n"
    "counsellor,少先队辅导员,moral,,否,否,少先队工作\n"
    "supply-head,总务处主任,supply,INFRASTRUCTURE_REPAIR,否,否,后勤和维修\n"
    "buyer,采购员,supply,PROCUREMENT,否,否,物资采购\n"
    "storekeeper,保管员,supply,GENERAL_ECONOMIC_MANAGEMENT,否,否,物资保管\n"
    "finance-head,财务室主任,finance,FINANCE,否,否,会计核算\n"
    "cashier,出纳员,finance,FINANCE,否,否,现金和票据\n";

constexpr char kLeadingGroup[] =
    "person,role\n"
    "secretary,组长\n"
    "principal,组长\n"
    "vp-teaching,副组长\n"
    "vp-logistics,副组长\n"
    "teaching-head,成员\n"
    "moral-head,成员\n"
    "supply-head,成员\n"
    "finance-head,成员\n"
    "party-office-head,成员\n"
    "party-office-head,办公室主任\n"
    "office-clerk,办公室成员\n";

// Whom a service follows.
const std::vector<std::string>& UpstreamsOf(const std::string& service) {
  static const auto& upstreams = *new std::map<std::string, std::vector<std::string>>{
      {"personnel", {"grading"}},
      {"risk", {"personnel", "grading", "reporting"}},
      {"grading", {"personnel", "risk"}},
      {"reporting", {"personnel", "risk", "grading"}}};
  return upstreams.at(service);
}
constexpr const char* kServices[] = {"personnel", "risk", "grading", "reporting"};

// What the directory makes of a person, as roles.txtpb names it.
std::vector<std::string> RolesOf(const std::string& person) {
  if (person == "secretary") return {"staff", "principal", "vice_principal", "leading_group"};
  if (person == "principal") return {"staff", "principal", "leading_group"};
  if (person.starts_with("vp-")) return {"staff", "vice_principal", "leading_group"};
  if (person == "party-office-head") return {"staff", "department_head", "control_office"};
  if (person == "office-clerk") return {"staff", "control_office"};
  if (person.ends_with("-head")) return {"staff", "department_head"};
  return {"staff"};
}

}  // namespace

School::School()
    : server_(std::make_unique<testing::TestServer>(std::vector<server::ModuleSpec>{
          personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
          reporting::ReportingModule(), aggregator::AggregatorModule()})) {
  On(3, 1);
  personnel::v1::CreateUnitRequest unit;
  unit.set_unit_id("school");
  unit.mutable_unit()->set_display_name("实验小学");
  unit.mutable_unit()->set_kind(personnel::v1::UNIT_KIND_SCHOOL);
  unit.mutable_unit()->set_superior("教育厅");
  Must(Call(administrator(), &PersonnelStub::CreateUnit, unit));
  ImportDirectory();
}

void School::ImportDirectory() {
  std::string persons = "code,name\n";
  std::string appointments = "person,post,start,end\n";
  const std::vector<std::string> rows = absl::StrSplit(kPosts, '\n', absl::SkipEmpty());
  for (size_t i = 1; i < rows.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(rows[i], ',');
    posts_.push_back(cells[0]);
    std::vector<std::string> holders = {cells[0]};
    if (cells[0] == "teacher") holders = {"teacher-a", "teacher-b"};
    for (const std::string& holder : holders) {
      persons_.push_back(holder);
      // Roles only: nobody has another name here.
      absl::StrAppend(&persons, holder, ",", cells[1], "\n");
      absl::StrAppend(&appointments, holder, ",", cells[0], ",2010-09-01,\n");
    }
  }
  grpc::ClientContext context;
  const absl::Status ready = administrator().Prepare(context, absl::Seconds(20));
  if (!ready.ok()) throw std::runtime_error(ready.ToString());
  PersonnelStub stub(administrator().channel());
  personnel::v1::ImportDirectoryResponse response;
  const auto writer = stub.ImportDirectory(&context, &response);
  personnel::v1::ImportDirectoryRequest message;
  message.mutable_options()->set_parent(kUnit);
  message.mutable_options()->set_request_id(server_->RequestId());
  writer->Write(message);
  const std::pair<DirectoryFile, std::string> files[] = {
      {personnel::v1::DIRECTORY_FILE_DEPARTMENTS, kDepartments},
      {personnel::v1::DIRECTORY_FILE_POSTS, kPosts},
      {personnel::v1::DIRECTORY_FILE_PERSONS, persons},
      {personnel::v1::DIRECTORY_FILE_APPOINTMENTS, appointments},
      {personnel::v1::DIRECTORY_FILE_LEADING_GROUP, kLeadingGroup}};
  for (const auto& [file, text] : files) {
    message.mutable_csv()->set_file(file);
    message.mutable_csv()->set_data(text);
    writer->Write(message);
  }
  writer->WritesDone();
  const absl::Status imported = rpc::FromGrpc(writer->Finish());
  if (!imported.ok()) throw std::runtime_error(imported.ToString());
  unsettled_ = true;
}

void School::OnDay(int year, int month, int day, int hour) {
  server_->clock().Set(
      absl::FromCivil(absl::CivilSecond(year, month, day, hour), absl::FixedTimeZone(8 * 60 * 60)));
}

client::Client& School::With(const std::string& subject, const std::vector<std::string>& roles) {
  client::Client*& client = clients_[absl::StrCat(subject, " ", absl::StrJoin(roles, ","))];
  if (client == nullptr) client = &server_->As(subject, roles, {"school"});
  return *client;
}

client::Client& School::As(const std::string& person) {
  return With(Person(person), RolesOf(person));
}

client::Client& School::office() { return With(Person("party-office-head"), {"control_office"}); }

client::Client& School::leader_of(const std::string& department) {
  if (department == "party-office") return secretary();
  const bool logistics = department == "supply" || department == "finance";
  return As(logistics ? "vp-logistics" : "vp-teaching");
}

int64_t School::HeadOf(const std::string& service) {
  ledger::v1::GetCheckpointRequest request;
  request.set_name(absl::StrCat(kUnit, "/ledgers/", service));
  return Must(Once(auditor(), &LedgerStub::GetCheckpoint, request)).size();
}

void School::Settle() {
  // A round in which nobody wrote anything has let everybody see everything. What follows from a
  // decision takes a few (grading decides, risk registers, grading and reporting take note); forty
  // would be services that answer each other for ever.
  std::map<std::string, int64_t> heads;
  for (const char* service : kServices) heads[service] = HeadOf(service);
  for (int round = 0; round < 40; ++round) {
    const auto fill = [&heads](const char* service, auto& request) {
      request.set_parent(kUnit);
      for (const std::string& upstream : UpstreamsOf(service)) {
        if (heads[upstream] == 0) continue;
        common::v1::LedgerPosition& position = *request.add_not_before();
        position.set_unit(kUnit);
        position.set_service(upstream);
        position.set_sequence(heads[upstream]);
      }
      request.set_page_size(1);
    };
    personnel::v1::ListPostDutiesRequest duties;
    fill("personnel", duties);
    Must(Once(auditor(), &DutyStub::ListPostDuties, duties));
    risk::v1::ListRiskPointsRequest points;
    fill("risk", points);
    Must(Once(auditor(), &RiskStub::ListRiskPoints, points));
    grading::v1::ListGradesRequest grades;
    fill("grading", grades);
    Must(Once(auditor(), &GradingStub::ListGrades, grades));
    reporting::v1::ListPublicationsRequest publications;
    fill("reporting", publications);
    Must(Once(auditor(), &ReportingStub::ListPublications, publications));
    bool quiet = true;
    for (const char* service : kServices) {
      const int64_t now = HeadOf(service);
      quiet = quiet && now == heads[service];
      heads[service] = now;
    }
    if (quiet) {
      unsettled_ = false;
      return;
    }
  }
  throw std::runtime_error("the services do not come to rest");
}

}  // namespace lianfang::acceptance
