// 「五、廉政风险防范工作的组织领导」 and what 「六、工作要求」 asks of everybody: who leads, who
// belongs to the group and its office, how people know what to do, and the volume of duties.
#include <string>

#include "tests/acceptance/volume_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using personnel::v1::LEADING_GROUP_ROLE_DEPUTY_LEADER;
using personnel::v1::LEADING_GROUP_ROLE_LEADER;
using personnel::v1::LEADING_GROUP_ROLE_MEMBER;
using personnel::v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR;
using personnel::v1::LEADING_GROUP_ROLE_OFFICE_MEMBER;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class OrganisationTest : public VolumeTest {
 protected:
  OrganisationTest()
      : VolumeTest(risk::v1::VOLUME_KIND_POWER_CATALOGUE,
                   risk::v1::SUBMISSION_KIND_POWER_CATALOGUE) {}

  // Members by role; those who have left too, if so asked.
  std::map<personnel::v1::LeadingGroupRole, std::set<std::string>> Group(bool with_former = false) {
    personnel::v1::ListLeadingGroupMembersRequest request;
    request.set_page_size(500);
    request.set_show_archived(with_former);
    std::map<personnel::v1::LeadingGroupRole, std::set<std::string>> group;
    const auto members = Must(Call(principal(), &PersonnelStub::ListLeadingGroupMembers, request));
    for (const auto& member : members.leading_group_members()) {
      group[member.role()].insert(member.person().substr(member.person().rfind('/') + 1));
    }
    return group;
  }
  // The place of a person in the group; he has one.
  personnel::v1::LeadingGroupMember PlaceOf(const std::string& person) {
    personnel::v1::ListLeadingGroupMembersRequest request;
    request.set_page_size(500);
    const auto members = Must(Call(principal(), &PersonnelStub::ListLeadingGroupMembers, request));
    for (const auto& member : members.leading_group_members()) {
      if (member.person() == Person(person)) return member;
    }
    throw std::runtime_error(person + " is not in the group");
  }
  personnel::v1::CreateLeadingGroupMemberRequest NewMember(const std::string& person,
                                                           personnel::v1::LeadingGroupRole role) {
    personnel::v1::CreateLeadingGroupMemberRequest request;
    request.mutable_leading_group_member()->set_person(Person(person));
    request.mutable_leading_group_member()->set_role(role);
    return request;
  }
  absl::StatusOr<personnel::v1::CompilePostDutiesResponse> CompileDuties(client::Client& client) {
    personnel::v1::CompilePostDutiesRequest request;
    request.set_year(kYear);
    return Call(client, &DutyStub::CompilePostDuties, request);
  }
  // A form of a department with one power, handed in by its head.
  risk::v1::Submission HandInPower(const std::string& id, const std::string& department) {
    DraftPower(id, department);
    return Must(HandIn(head(department), risk::v1::SUBMISSION_KIND_POWER_CATALOGUE,
                       Department(department)));
  }
  const std::set<std::string> departments_ = {"party-office", "teaching", "moral", "supply",
                                              "finance"};
};

// 「学校廉政风险防控管理工作在学校党总支、学校领导班子统一领导下进行」
// RPCs: DutyService.CompilePostDuties, PersonnelService.UpdateDepartment, ReviewService.GetReview,
// ReviewService.Decide, ReportingService.ListWarnings
TEST_F(OrganisationTest, WhatNobodyElseLeadsComesToSecretaryAndPrincipal) {
  const std::set<std::string> both = {"secretary", "principal"};
  // What stands for the whole school is compiled at the top, by either of them and by nobody else.
  On(5, 14);
  ApproveAllDuties();
  for (const std::string person : {"vp-teaching", "vp-logistics", "supply-head"}) {
    EXPECT_THAT(CompileDuties(As(person)), FailsWith(ERROR_REASON_PERMISSION_DENIED)) << person;
  }
  ASSERT_THAT(CompileDuties(principal()), IsOk());

  // A department without a leader in charge is not without a leader.
  On(6, 10);
  SetVicePrincipal("supply", "");
  const auto form = HandInPower("buying", "supply");
  const auto step = ReviewNamed(form.review()).steps(0);
  EXPECT_EQ(step.role(), grading::v1::REVIEWER_ROLE_PRINCIPAL);
  EXPECT_EQ(step.stood_in_for(), grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL);
  EXPECT_EQ(Ids(step.assignees()), both);
  EXPECT_THAT(Approve(As("vp-teaching"), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Approve(As("vp-logistics"), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "no longer in charge";
  EXPECT_THAT(Approve(secretary(), form.review()), IsOk());

  // What no department has done and nobody has answered for lies before both of them in the end.
  On(6, 16);
  std::set<std::string> reached;
  for (const auto& warning : WarningsOf(secretary(), reporting::v1::WARNING_KIND_OVERDUE)) {
    if (warning.title().find("附件5") == std::string::npos) continue;
    EXPECT_EQ(warning.escalation().role(), reporting::v1::ESCALATION_ROLE_PRINCIPAL);
    EXPECT_EQ(Ids(warning.escalation().persons()), both);
    reached.insert(warning.department().substr(warning.department().rfind('/') + 1));
  }
  EXPECT_EQ(reached, departments_);
}

// 「学校成立廉政风险防控管理工作领导小组，负责廉政风险防范管理工作的组织实施、督查指导、考核评估和建档工作」
// RPCs: RiskService.CompileVolume, RiskService.GetVolume, InspectionService.CreateRectification,
// InspectionService.CreateExamination, ReviewService.Decide,
// PersonnelService.UpdateLeadingGroupMember, PersonnelService.ArchiveLeadingGroupMember
TEST_F(OrganisationTest, TheGroupDirectsSupervisesAssessesAndKeepsTheFiles) {
  auto& of_group = With(Person("vp-teaching"), {"leading_group"});
  EXPECT_EQ(Group()[LEADING_GROUP_ROLE_LEADER], (std::set<std::string>{"secretary", "principal"}));
  EXPECT_EQ(Group()[LEADING_GROUP_ROLE_DEPUTY_LEADER],
            (std::set<std::string>{"vp-teaching", "vp-logistics"}));

  // 组织实施, 建档: the unit's catalogue, once every department has said what it has.
  On(6, 15);
  FilePower("buying", "supply");
  EXPECT_THAT(Compile(head("supply")), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Compile(of_group), FailsWith(ERROR_REASON_NOT_COMPILABLE));
  for (const std::string& department : departments_) {
    if (department == "supply") continue;
    HandInAndApprove(head(department), risk::v1::SUBMISSION_KIND_POWER_CATALOGUE,
                     Department(department), /*nil_return=*/true);
  }
  const auto volume = Must(Compile(of_group));
  ASSERT_THAT(volume.items(), SizeIs(1));
  EXPECT_EQ(volume.items(0).name(), Named("powers", "buying"));
  EXPECT_EQ(volume.compiler(), Person("vp-teaching"));
  // What was put on file stays as it was, whatever becomes of the power.
  risk::v1::UpdatePowerRequest change;
  change.mutable_power()->set_name(Named("powers", "buying"));
  change.mutable_power()->set_content("五千元以上由集体决定。");
  change.mutable_update_mask()->add_paths("content");
  Must(Call(head("supply"), &RiskStub::UpdatePower, change));
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_POWER_CATALOGUE, Department("supply"));
  const auto kept = Must(Do(staff("teacher-a"), &RiskStub::GetVolume, volume.name())).volume();
  EXPECT_EQ(kept.items(0).revision(), 1);
  EXPECT_EQ(kept.digest(), volume.digest());
  EXPECT_EQ(Get(&RiskStub::GetPower, Named("powers", "buying")).power().revision(), 2);

  // 督查指导: a fault that is seen is put on somebody's desk, and not by a head.
  grading::v1::CreateRectificationRequest fault;
  fault.mutable_rectification()->set_source(grading::v1::RECTIFICATION_SOURCE_WARNING);
  fault.mutable_rectification()->set_department(Department("supply"));
  fault.mutable_rectification()->set_year(kYear);
  fault.mutable_rectification()->set_problem("附件5逾期未交。");
  fault.mutable_rectification()->set_responsible(Person("supply-head"));
  *fault.mutable_rectification()->mutable_due_date() = Day(kYear, 6, 30);
  EXPECT_THAT(Call(head("finance"), &InspectionStub::CreateRectification, fault),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  const auto opened = Call(of_group, &InspectionStub::CreateRectification, fault);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(Do(head("supply"), &InspectionStub::GetRectification, opened->rectification().name())
                ->rectification()
                .state(),
            grading::v1::RECTIFICATION_STATE_OPEN);

  // 考核评估: examinations and levels. Not the token makes a leader of the group, but his place in
  // it.
  const auto examination = NewExamination("e1", "supply", "buyer");
  EXPECT_THAT(Call(head("finance"), &InspectionStub::CreateExamination, examination),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Call(of_group, &InspectionStub::CreateExamination, examination), IsOk());
  ApproveSelfCheck("buyer");
  Must(ProposeGrades());
  const std::string review = GradeOf("buyer").review();
  auto& member = With(Person("finance-head"), {"leading_group"});
  EXPECT_THAT(Approve(member, review), FailsWith(ERROR_REASON_NOT_REVIEWER));
  personnel::v1::UpdateLeadingGroupMemberRequest promote;
  *promote.mutable_leading_group_member() = PlaceOf("finance-head");
  promote.mutable_leading_group_member()->set_role(LEADING_GROUP_ROLE_DEPUTY_LEADER);
  promote.mutable_update_mask()->add_paths("role");
  EXPECT_THAT(Call(of_group, &PersonnelStub::UpdateLeadingGroupMember, promote),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  Must(Call(administrator(), &PersonnelStub::UpdateLeadingGroupMember, promote));
  Must(Do(administrator(), &PersonnelStub::ArchiveLeadingGroupMember,
          PlaceOf("vp-teaching").name()));
  EXPECT_THAT(Approve(of_group, review), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "he has left the group";
  EXPECT_THAT(Approve(member, review), IsOk());
}

// 「学校各处室主任、副主任」
// RPCs: PersonnelService.ListLeadingGroupMembers, PersonnelService.ListDepartments,
// PersonnelService.CreateLeadingGroupMember, PersonnelService.ArchiveLeadingGroupMember,
// PersonnelService.ArchivePerson
TEST_F(OrganisationTest, HeadsAndTheirDeputiesAreMembersAndWhoeverLeavesIsRemembered) {
  On(3, 4);
  std::set<std::string> heads;
  const auto departments = Must(Call(principal(), &PersonnelStub::ListDepartments, {}));
  for (const auto& department : departments.departments()) {
    heads.insert(department.head().substr(department.head().rfind('/') + 1));
  }
  EXPECT_EQ(heads.size(), departments_.size());
  EXPECT_EQ(Group()[LEADING_GROUP_ROLE_MEMBER], heads) << "no department is left out";

  // A deputy joins.
  personnel::v1::CreatePersonRequest deputy;
  deputy.set_person_id("supply-deputy");
  deputy.mutable_person()->set_display_name("总务处副主任");
  EXPECT_THAT(Call(administrator(), &PersonnelStub::CreateLeadingGroupMember,
                   NewMember("supply-deputy", LEADING_GROUP_ROLE_MEMBER)),
              FailsAt(ERROR_REASON_REFERENCE_NOT_FOUND, "leading_group_member.person"));
  Must(Call(administrator(), &PersonnelStub::CreatePerson, deputy));
  EXPECT_THAT(Call(administrator(), &PersonnelStub::CreateLeadingGroupMember,
                   NewMember("supply-deputy", personnel::v1::LEADING_GROUP_ROLE_UNSPECIFIED)),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "leading_group_member.role"));
  EXPECT_THAT(Call(office(), &PersonnelStub::CreateLeadingGroupMember,
                   NewMember("supply-deputy", LEADING_GROUP_ROLE_MEMBER)),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  Must(Call(administrator(), &PersonnelStub::CreateLeadingGroupMember,
            NewMember("supply-deputy", LEADING_GROUP_ROLE_MEMBER)));
  auto with_deputy = heads;
  with_deputy.insert("supply-deputy");
  EXPECT_EQ(Group()[LEADING_GROUP_ROLE_MEMBER], with_deputy);

  // A member leads nothing: leaders and their deputies decide.
  On(6, 20);
  ApproveSelfCheck("buyer");
  Must(ProposeGrades());
  EXPECT_THAT(Approve(With(Person("supply-deputy"), {"leading_group"}), GradeOf("buyer").review()),
              FailsWith(ERROR_REASON_NOT_REVIEWER));

  EXPECT_THAT(Do(administrator(), &PersonnelStub::ArchivePerson, Person("supply-deputy")),
              FailsWith(ERROR_REASON_STILL_IN_USE));
  Must(Do(administrator(), &PersonnelStub::ArchiveLeadingGroupMember,
          PlaceOf("supply-deputy").name()));
  EXPECT_THAT(Do(administrator(), &PersonnelStub::ArchivePerson, Person("supply-deputy")), IsOk());
  EXPECT_EQ(Group()[LEADING_GROUP_ROLE_MEMBER], heads);
  EXPECT_EQ(Group(/*with_former=*/true)[LEADING_GROUP_ROLE_MEMBER], with_deputy);
}

// 「领导小组下设防控办公室，办公室设在学校党总支办公室」
// RPCs: PersonnelService.ListLeadingGroupMembers, PersonnelService.GetDepartment,
// PersonnelService.GetPost, RiskService.CreateSubmission, ReviewService.GetReview,
// ReviewService.ListReviewTasks, ReviewService.Decide, PersonnelService.UpdatePerson
TEST_F(OrganisationTest, TheControlOfficeIsThePartyOfficesAndFormsComeTogetherThere) {
  On(6, 10);
  const std::set<std::string> in_office = {"party-office-head", "office-clerk"};
  EXPECT_EQ(Group()[LEADING_GROUP_ROLE_OFFICE_DIRECTOR],
            (std::set<std::string>{"party-office-head"}));
  EXPECT_EQ(Group()[LEADING_GROUP_ROLE_OFFICE_MEMBER], (std::set<std::string>{"office-clerk"}));
  EXPECT_EQ(Get(&PersonnelStub::GetDepartment, Department("party-office")).department().head(),
            Person("party-office-head"));
  for (const std::string& person : in_office) {
    EXPECT_EQ(Get(&PersonnelStub::GetPost, Post(person)).post().department(),
              Department("party-office"));
  }

  // Whatever department hands in, its members file it; nobody else does.
  const auto form = HandInPower("buying", "supply");
  Must(Approve(leader_of("supply"), form.review()));
  EXPECT_EQ(Ids(ReviewNamed(form.review()).steps(1).assignees()), in_office);
  EXPECT_THAT(Inbox(office()), Contains(form.name()));
  EXPECT_THAT(Approve(With(Person("cashier"), {"control_office"}), form.review()),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Approve(principal(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  // The party office's own form is not filed by whoever heads both.
  const auto own = HandInPower("seal", "party-office");
  Must(Approve(secretary(), own.review()));
  EXPECT_EQ(Ids(ReviewNamed(own.review()).steps(1).assignees()),
            (std::set<std::string>{"office-clerk"}));
  EXPECT_THAT(Approve(office(), own.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Inbox(office()), Not(Contains(own.name())));

  // It is of the leading group: while nobody is there, the group's leaders take its step.
  GoOnLeave("party-office-head", Day(kYear, 6, 11), Day(kYear, 6, 12));
  GoOnLeave("office-clerk", Day(kYear, 6, 12), Day(kYear, 6, 12));
  On(6, 11);
  EXPECT_EQ(Ids(ReviewNamed(form.review()).steps(1).assignees()),
            (std::set<std::string>{"office-clerk"}));
  On(6, 12);
  const auto step = ReviewNamed(form.review()).steps(1);
  EXPECT_EQ(step.role(), grading::v1::REVIEWER_ROLE_LEADING_GROUP);
  EXPECT_EQ(step.stood_in_for(), grading::v1::REVIEWER_ROLE_CONTROL_OFFICE);
  EXPECT_THAT(Approve(As("vp-teaching"), form.review()), IsOk());
  EXPECT_EQ(Get(&RiskStub::GetPower, Named("powers", "buying")).power().state(),
            risk::v1::FILING_STATE_FILED);
}

// 「掌握查找风险点、制定防控措施的方法、步骤」
// RPCs: CampaignService.GetCampaign, CampaignService.ListReminders, GradingService.GetPolicy,
// RiskService.CreateSelfCheck, RiskService.CreateMeasure, ReviewService.GetReview
TEST_F(OrganisationTest, EverybodyIsToldWhatToDoByWhenHowAndWhatIsMissing) {
  On(5, 18);
  auto& teacher = staff("teacher-a");
  // The steps: what, by when, to whom, in the scheme's words.
  const auto campaign =
      Must(Do(teacher, &CampaignStub::GetCampaign, Named("campaigns", "2013"))).campaign();
  std::map<std::string, reporting::v1::CampaignTask> tasks;
  for (const auto& task : campaign.tasks()) tasks[task.id()] = task;
  EXPECT_EQ(tasks["self-checks"].clause(),
            "填写《个人廉政风险自查表》（附件2），5月25日交校防控办");
  for (const char* of_holder : {"self-checks", "post-measures"}) {
    EXPECT_EQ(tasks[of_holder].from_role(), reporting::v1::TASK_ROLE_HOLDER) << of_holder;
    EXPECT_EQ(tasks[of_holder].to_role(), reporting::v1::TASK_ROLE_CONTROL_OFFICE) << of_holder;
  }
  const auto policy = Must(Call(teacher, &GradingStub::GetPolicy, {})).policy();
  ASSERT_THAT(policy.rules(), SizeIs(4)) << "how levels are given is no secret";
  EXPECT_EQ(policy.rules(3).clause(), "低级风险岗位设定为：除高、中级以外的其它岗位");
  auto reminders = Reminders(teacher, 7);
  ASSERT_THAT(reminders, SizeIs(1));
  EXPECT_THAT(reminders[0].text(), HasSubstr("《个人廉政风险自查表》"));
  EXPECT_THAT(reminders[0].text(), HasSubstr("5月25日"));

  // The method: a form that leaves something out is told where, in his own language.
  auto form = NewSelfCheck("teacher-a");
  form.mutable_self_check()->mutable_findings(1)->clear_method();
  auto refused = Call(teacher, &RiskStub::CreateSelfCheck, form).status();
  EXPECT_THAT(refused, FailsAt(ERROR_REASON_REQUIRED_FIELD, "self_check.findings[1].method"));
  EXPECT_THAT(FieldsAtFault(refused)["self_check.findings[1].method"], HasSubstr("必须填写"));
  form = NewSelfCheck("teacher-a");
  form.mutable_self_check()->mutable_findings(0)->set_category(RISK_CATEGORY_EXTERNAL_ENVIRONMENT);
  refused = Call(teacher, &RiskStub::CreateSelfCheck, form).status();
  EXPECT_THAT(refused, FailsAt(ERROR_REASON_INVALID_FIELD, "self_check.findings[0].category"));
  EXPECT_THAT(FieldsAtFault(refused)["self_check.findings[0].category"],
              HasSubstr("思想道德、岗位职责、执行制度或教育教学"))
      << "it says what would be right";
  ApproveSelfCheck("teacher-a");
  EXPECT_THAT(Reminders(teacher, 7), IsEmpty());

  // So with the measures: reminded, told what is missing, and shown which way the form goes.
  On(9, 15);
  reminders = Reminders(teacher, 7);
  ASSERT_THAT(reminders, SizeIs(1));
  EXPECT_EQ(reminders[0].item().kind(), reporting::v1::TASK_KIND_POST_MEASURES);
  EXPECT_THAT(reminders[0].text(), HasSubstr("9月20日"));
  auto measure = NewMeasure("m", Named("riskPoints", "sc-teacher-a-1"), "teacher");
  measure.mutable_measure()->clear_content();
  EXPECT_THAT(Call(teacher, &RiskStub::CreateMeasure, measure),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "measure.content"));
  Must(Propose(teacher, "m", Named("riskPoints", "sc-teacher-a-1"), "teacher"));
  const auto handed_in =
      Must(HandIn(teacher, risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("teacher")));
  const auto route = Must(Do(teacher, &ReviewStub::GetReview, handed_in.review())).review();
  std::vector<std::string> clauses;
  for (const auto& step : route.steps()) clauses.push_back(step.clause());
  EXPECT_THAT(clauses, ::testing::ElementsAre("科室全体人员联查和综合评议",
                                              "经分管科室领导审核后，填入表格相应栏目",
                                              "9月20日报学校防控办备案"));
  EXPECT_THAT(Reminders(teacher, 7), IsEmpty());
}

// 「附件二：福州实验小学岗位职责」
// RPCs: DutyService.CompilePostDuties, DutyService.GetDutyVolume, DutyService.GetPostDutyRevision,
// DutyService.RevisePostDuty, DutyService.UpdatePostDuty, DutyService.SubmitPostDuty
TEST_F(OrganisationTest, TheVolumeOfDutiesIsReadByAllAndKeptWhenDutiesChange) {
  On(5, 13);
  ApproveAllDuties();
  On(5, 14);
  const std::string first = Must(CompileDuties(secretary())).duty_volume().name();
  // Whoever opens it finds every post with its name, and behind each the text that was approved.
  auto& reader = staff("teacher-b");
  const auto volume = Must(Do(reader, &DutyStub::GetDutyVolume, first)).duty_volume();
  std::map<std::string, personnel::v1::DutyVolumeItem> items;
  for (const auto& item : volume.items()) {
    items[item.post().substr(item.post().rfind('/') + 1)] = item;
  }
  ASSERT_THAT(items, SizeIs(posts().size()));
  const auto text_of = [&](const personnel::v1::DutyVolumeItem& item) {
    return Must(Do(reader, &DutyStub::GetPostDutyRevision,
                   absl::StrCat(item.post_duty(), "/revisions/", item.revision())))
        .post_duty_revision();
  };
  for (const std::string& post : posts()) {
    ASSERT_TRUE(items.contains(post)) << post;
    EXPECT_FALSE(items[post].post_display_name().empty()) << post;
    const auto text = text_of(items[post]);
    EXPECT_EQ(text.revision_digest(), items[post].revision_digest()) << post;
    ASSERT_THAT(text.items(), SizeIs(2)) << post;
    EXPECT_EQ(text.items(1), "对本岗位的廉政风险防控负责。");
  }
  EXPECT_EQ(items["buyer"].post_display_name(), "采购员");
  EXPECT_EQ(items["buyer"].department(), Department("supply"));

  // A duty that is written anew comes into the next volume; the first says what held then.
  On(9, 2);
  const std::string duty = Named("postDuties", "buyer");
  Must(Do(head("supply"), &DutyStub::RevisePostDuty, duty));
  personnel::v1::UpdatePostDutyRequest rewrite;
  rewrite.mutable_post_duty()->set_name(duty);
  rewrite.mutable_post_duty()->add_items("采购须两人询价，验收由保管员负责。");
  rewrite.mutable_update_mask()->add_paths("items");
  Must(Call(head("supply"), &DutyStub::UpdatePostDuty, rewrite));
  EXPECT_THAT(CompileDuties(secretary()), FailsWith(ERROR_REASON_NOT_COMPILABLE))
      << "one of them is being written";
  ApproveSteps(Must(Do(head("supply"), &DutyStub::SubmitPostDuty, duty)).post_duty().review());
  const auto second = Must(CompileDuties(secretary())).duty_volume();
  EXPECT_EQ(second.number(), 2);
  for (const auto& item : second.items()) {
    const std::string post = item.post().substr(item.post().rfind('/') + 1);
    EXPECT_EQ(item.revision(), post == "buyer" ? 2 : 1) << post;
    if (post == "buyer") {
      EXPECT_EQ(text_of(item).items(0), "采购须两人询价，验收由保管员负责。");
    }
  }
  const auto again = Must(Do(reader, &DutyStub::GetDutyVolume, first)).duty_volume();
  EXPECT_EQ(again.digest(), volume.digest());
  EXPECT_EQ(text_of(items["buyer"]).items_size(), 2);
}

}  // namespace
}  // namespace lianfang::acceptance
