#include "common/access/rules.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "common/status/error.h"
#include "common/store/reader.h"

namespace lianfang::access {
namespace {

using common::v1::ERROR_REASON_NOT_RECORD_OWNER;
using common::v1::ERROR_REASON_OWN_RECORD;
using common::v1::ERROR_REASON_RESOURCE_NOT_FOUND;

// How a caller stands to a record.
enum Relation : uint32_t {
  kSelf = 1 << 0,       // it is his, or makes him responsible
  kTakesPart = 1 << 1,  // he reviews it, is a member or a party
  kHolder = 1 << 2,     // he holds the post that it is of
  kMember = 1 << 3,     // he holds a post in its department
  kHead = 1 << 4,       // he heads its department
  kInCharge = 1 << 5,   // he is the leader in charge of its department
  // He heads a department or is in charge of one, and the record is the unit's own or before the
  // meeting of the cadres.
  // 「针对学校领导干部自查出的风险点、防范举措以及科室、学校自查、评查的所有风险点和防范举措，召开中层以上干部会议」
  kCadre = 1 << 6,
  // The superior's office, and the superior decides on the record.
  kSuperior = 1 << 7,
  kColleague = 1 << 8,  // he works in the unit: holds a post, heads a department or is in charge
};

constexpr uint32_t kOfDepartment = kHead | kInCharge;

// Roles by which somebody acts for the whole unit, from the directory or the superior.
enum Office : uint32_t {
  kControlOffice = 1 << 0,
  kPrincipal = 1 << 1,
  kLeadingGroup = 1 << 2,
  kAuditor = 1 << 3,
  kService = 1 << 4,  // another service of the suite, which has rules of its own
  kSuperiorLeader = 1 << 5,
  kSuperiorOffice = 1 << 6,
  kDistrictAdmin = 1 << 7,
  kReminderGateway = 1 << 8,
};

constexpr std::array<std::pair<absl::string_view, Office>, 9> kOffices = {{
    {"control_office", kControlOffice},
    {"principal", kPrincipal},
    {"leading_group", kLeadingGroup},
    {"auditor", kAuditor},
    {"service", kService},
    {"superior_leader", kSuperiorLeader},
    {"superior_office", kSuperiorOffice},
    {"district_admin", kDistrictAdmin},
    {"reminder_gateway", kReminderGateway},
}};

constexpr uint32_t kReaders = kAuditor | kService;
constexpr uint32_t kSchool = kControlOffice | kPrincipal | kLeadingGroup;
constexpr uint32_t kAboveSchool = kSuperiorLeader | kSuperiorOffice;

struct Rule {
  Action action;
  uint32_t offices;    // any of them suffices
  uint32_t relations;  // so does any of them
  uint32_t forbidden;  // none of them may be, whatever the office
  ErrorReason reason = ERROR_REASON_RESOURCE_NOT_FOUND;
  absl::string_view zh = "";
  absl::string_view en = "";
};

constexpr absl::string_view kNotHisPaperZh = "您无权取得这份文书。";
constexpr absl::string_view kNotHisPaperEn = "This document is not the caller's business.";

// What everybody may who is not forbidden it.
constexpr uint32_t kAnyone = ~uint32_t{0};

constexpr Rule kRules[] = {
    // ---- seeing ----
    {Action::kSeeSelfCheck, kControlOffice | kPrincipal | kReaders, kSelf | kSuperior, 0},
    {Action::kSeeRisk, kSchool | kReaders | kAboveSchool,
     kSelf | kTakesPart | kHolder | kMember | kOfDepartment | kCadre, 0},
    {Action::kSeeGrade, kSchool | kReaders | kSuperiorOffice, kSelf | kHolder | kOfDepartment, 0},
    {Action::kSeeReview, kSchool | kReaders, kSelf | kTakesPart | kOfDepartment | kSuperior, 0},
    {Action::kSeeSelfInspection, kSchool | kReaders | kSuperiorOffice, kOfDepartment | kCadre, 0},
    {Action::kSeeExamination, kSchool | kReaders, kTakesPart | kOfDepartment, 0},
    {Action::kSeeRectification, kSchool | kReaders, kSelf | kOfDepartment, 0},
    {Action::kSeeLetter, kSchool | kReaders, kSelf | kTakesPart | kOfDepartment, 0},
    {Action::kSeeCampaign, kSchool | kReaders | kDistrictAdmin | kReminderGateway,
     kSelf | kHolder | kOfDepartment, 0},
    {Action::kSeeReminder, kSchool | kReaders | kDistrictAdmin | kReminderGateway, kSelf, 0},
    // Whom it is about neither sees it nor works on it.
    {Action::kSeeFeedback, kAnyone, 0, kHolder | kHead},
    // ---- doing ----
    {Action::kWriteSelfCheck, 0, kSelf, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "自查表只能由本人填写、修改、提交和撤回。",
     "A self-check is written, changed, handed in and taken back by the person himself only."},
    {Action::kBringInSelfCheck, kControlOffice, kSelf, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "他人的自查表只能由防控办代为录入草稿。",
     "Drafts of others' self-checks are brought in by the control office only."},
    {Action::kKeepDepartmentRisk, kControlOffice | kPrincipal, kOfDepartment, 0,
     ERROR_REASON_NOT_RECORD_OWNER,
     "处室的风险点、职权和流程图只能由该处室负责人、分管领导、校长或防控办登记和修改。",
     "A department's risk points, powers and charts are kept by its head, the leader in charge of "
     "it, the principal or the control office."},
    {Action::kKeepUnitRisk, kControlOffice | kPrincipal, 0, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "单位和岗位的风险点、单位的职权和流程图只能由校长或防控办登记和修改。",
     "Risk points of the unit and of posts, and the unit's powers and charts, are kept by the "
     "principal or the control office."},
    // 「由本人对照与岗位职责、业务工作相关的各项法规制度，提出防控风险的具体措施和办法」
    // 「由科室负责人填报有关表格」
    {Action::kProposeMeasure, kControlOffice, kHolder | kOfDepartment, 0,
     ERROR_REASON_NOT_RECORD_OWNER,
     "只有本岗位人员、所在科室负责人、分管领导和防控办可以为该风险点提出或修改措施。",
     "Only the holder of the post, the department's head, the leader in charge and the control "
     "office propose or change measures against this risk point."},
    {Action::kProposeUnitMeasure, kControlOffice | kPrincipal, 0, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "学校风险点的措施只能由校长或防控办提出和修改。",
     "Measures against the unit's risk points are proposed and changed by the principal or the "
     "control office."},
    // The leading group examines all.
    {Action::kAssessMeasure, kControlOffice | kLeadingGroup, kHolder | kOfDepartment, 0,
     ERROR_REASON_NOT_RECORD_OWNER,
     "措施的成效由本岗位人员、所在科室负责人、分管领导、领导小组或防控办评价。",
     "What a measure has brought is assessed by the holder of the post, the department's head, the "
     "leader in charge, the leading group or the control office."},
    {Action::kAssessUnitMeasure, kControlOffice | kLeadingGroup | kPrincipal, 0, 0,
     ERROR_REASON_NOT_RECORD_OWNER, "学校措施的成效由校长、领导小组或防控办评价。",
     "What a measure of the unit has brought is assessed by the principal, the leading group or "
     "the "
     "control office."},
    {Action::kHandInOfPost, kControlOffice, kHolder, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "岗位的表只能由本岗位人员或防控办提交和撤回。",
     "The forms of a post are handed in and taken back by its holder or the control office."},
    {Action::kHandInOfDepartment, kControlOffice | kPrincipal, kOfDepartment, 0,
     ERROR_REASON_NOT_RECORD_OWNER,
     "处室的表只能由该处室负责人、分管领导、校长或防控办提交和撤回。",
     "The forms of a department are handed in and taken back by its head, the leader in charge of "
     "it, the principal or the control office."},
    {Action::kHandInOfUnit, kControlOffice | kPrincipal, 0, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "单位的表只能由校长或防控办提交和撤回。",
     "The forms of the unit are handed in and taken back by the principal or the control office."},
    {Action::kWriteDutyOfDepartment, kControlOffice, kHead, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "岗位职责只能由该岗位所在科室的负责人或防控办编制。",
     "A duty is written by the head of the post's department or by the control office."},
    {Action::kWriteDutyOfLeader, kControlOffice, kHolder, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "该岗位不属于任何科室，其岗位职责只能由任职人或防控办编制。",
     "The post belongs to no department: its duty is written by a holder or by the control "
     "office."},
    {Action::kWriteSelfInspectionOfDepartment, kControlOffice, kHead, 0,
     ERROR_REASON_NOT_RECORD_OWNER, "自查报告由科室负责人或者校防控办填报。",
     "A report is written by the head of the department or by the control office."},
    {Action::kWriteSelfInspectionOfUnit, kControlOffice, 0, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "学校的自查报告由校防控办填报。", "The unit's report is written by the control office."},
    {Action::kDisplaySign, kControlOffice, kHead, 0, ERROR_REASON_NOT_RECORD_OWNER,
     "只能公示本科室的警示牌。", "A head puts up the signs of his own department only."},
    {Action::kRenderOfUnit, kSchool | kAuditor, 0, 0, ERROR_REASON_NOT_RECORD_OWNER, kNotHisPaperZh,
     kNotHisPaperEn},
    {Action::kRenderOfDepartment, kSchool | kAuditor, kOfDepartment, 0,
     ERROR_REASON_NOT_RECORD_OWNER, kNotHisPaperZh, kNotHisPaperEn},
    // On paper as on the screen: the form goes from whoever fills it in to the office and the
    // reviewer.
    // 「填写《个人廉政风险自查表》（附件2），5月25日交校防控办」
    {Action::kRenderSelfCheck, kControlOffice | kPrincipal | kAuditor, kSelf, 0,
     ERROR_REASON_NOT_RECORD_OWNER, kNotHisPaperZh, kNotHisPaperEn},
    {Action::kRenderOfPerson, kSchool | kAuditor, kSelf | kTakesPart | kOfDepartment, 0,
     ERROR_REASON_NOT_RECORD_OWNER, kNotHisPaperZh, kNotHisPaperEn},
    {Action::kRenderPublic, kSchool | kAuditor, kColleague, 0, ERROR_REASON_NOT_RECORD_OWNER,
     kNotHisPaperZh, kNotHisPaperEn},
};

const Rule& RuleOf(Action action) {
  for (const Rule& rule : kRules) {
    if (rule.action == action) return rule;
  }
  // Every action has a rule; a test walks them all.
  std::abort();
}

bool Names(const std::vector<std::string>& names, absl::string_view name) {
  return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

uint32_t OfficesOf(const auth::Identity& caller) {
  uint32_t offices = 0;
  for (const auto& [role, office] : kOffices) {
    if (caller.HasRole(role)) offices |= office;
  }
  return offices;
}

uint32_t RelationsOf(const auth::Identity& caller, const Place& place, const Facts& facts) {
  uint32_t relations = 0;
  const auto add = [&relations](bool holds, Relation relation) {
    if (holds) relations |= relation;
  };
  add(Names(facts.persons, caller.subject), kSelf);
  add(Names(facts.others, caller.subject), kTakesPart);
  add(Names(place.posts, facts.post), kHolder);
  add(Names(place.departments, facts.department), kMember);
  add(Names(place.heads, facts.department), kHead);
  add(Names(place.in_charge, facts.department), kInCharge);
  const bool cadre = !place.heads.empty() || !place.in_charge.empty();
  add(cadre || !place.posts.empty(), kColleague);
  const bool of_a_post_below = !facts.post.empty() && !facts.department.empty();
  add(cadre && (facts.of_unit || (facts.under_review && !of_a_post_below)), kCadre);
  add(facts.for_superior && (OfficesOf(caller) & kAboveSchool) != 0, kSuperior);
  return relations;
}

}  // namespace

bool RolesSuffice(const auth::Identity& caller, Action action) {
  const Rule& rule = RuleOf(action);
  return rule.forbidden == 0 && (OfficesOf(caller) & rule.offices) != 0;
}

absl::Status Check(const auth::Identity& caller, const Place& place, Action action,
                   const Facts& facts) {
  const Rule& rule = RuleOf(action);
  const uint32_t relations = RelationsOf(caller, place, facts);
  const bool allowed = rule.offices == kAnyone || (OfficesOf(caller) & rule.offices) != 0 ||
                       (relations & rule.relations) != 0;
  if (allowed && (relations & rule.forbidden) == 0) return absl::OkStatus();
  if (rule.reason == ERROR_REASON_RESOURCE_NOT_FOUND) {
    return Hide(store::NotFound(facts.name),
                allowed ? ERROR_REASON_OWN_RECORD : ERROR_REASON_NOT_RECORD_OWNER);
  }
  return MakeError(rule.reason, rule.zh, rule.en);
}

absl::Status Hidden(absl::string_view name) {
  return Hide(store::NotFound(name), ERROR_REASON_NOT_RECORD_OWNER);
}

}  // namespace lianfang::access
