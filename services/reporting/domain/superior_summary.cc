#include "services/reporting/domain/superior_summary.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/document/form_words.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting {
namespace {

// A page of tasks stays well below what a message may hold.
constexpr size_t kMaxBytes = size_t{256} << 10;

// `label：text`, a line for each line of the text. Nothing for no text.
void Say(absl::string_view label, absl::string_view text, Lines* lines) {
  if (text.empty()) return;
  bool first = true;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    lines->push_back(first ? absl::StrCat(label, "：", line) : absl::StrCat("　　", line));
    first = false;
  }
}

std::string DayWord(const google::type::Date& date) {
  return absl::StrCat(date.year(), "年", date.month(), "月", date.day(), "日");
}

}  // namespace

Lines Describe(const risk::v1::SelfCheck& form, const std::string& post) {
  Lines lines = {absl::StrCat(form.year(), "年个人廉政风险自查表")};
  Say("岗位", post, &lines);
  Say("岗位职责", form.duties(), &lines);
  Say("履行职责情况", form.conformity().duties(), &lines);
  Say("执行制度情况", form.conformity().rules(), &lines);
  Say("遵守廉政准则情况", form.conformity().integrity_code(), &lines);
  int number = 0;
  for (const auto& finding : form.findings()) {
    const std::string kind = document::WordOf(finding.kind());
    Say(absl::StrCat("风险点", ++number, "（", CategoryWord(finding.category()),
                     kind.empty() ? "" : "，", kind, "）"),
        finding.description(), &lines);
    Say("表现形式", finding.manifestation(), &lines);
  }
  return lines;
}

Lines Describe(const personnel::v1::PostDuty& duty) {
  Lines lines = {absl::StrCat(duty.year(), "年岗位职责")};
  Say("岗位", duty.post_display_name(), &lines);
  int number = 0;
  for (const std::string& item : duty.items()) Say(absl::StrCat("职责", ++number), item, &lines);
  Say("要求", duty.requirements(), &lines);
  return lines;
}

Lines Describe(const grading::v1::Grade& grade) {
  Lines lines = {absl::StrCat(grade.year(), "年岗位廉政风险等级")};
  Say("岗位", grade.post_display_name(), &lines);
  Say("等级", LevelWord(grade.level()), &lines);
  if (grade.confirmed_level() != common::v1::RISK_LEVEL_UNSPECIFIED) {
    Say("此前确认的等级", LevelWord(grade.confirmed_level()), &lines);
  }
  if (grade.level() != grade.proposal().level()) {
    Say("按规则评定的等级", LevelWord(grade.proposal().level()), &lines);
  }
  Say("调整理由", grade.override_reason(), &lines);
  for (const auto& reason : grade.proposal().reasons()) {
    Say("依据",
        reason.input().empty() ? reason.clause()
                               : absl::StrCat(reason.clause(), "（", reason.input(), "）"),
        &lines);
  }
  return lines;
}

Lines Describe(const risk::v1::Submission& form, const std::vector<MeasureOfPoint>& measures) {
  Lines lines = {form.title()};
  Say("说明", form.note(), &lines);
  std::string point;
  int number = 0;
  for (const auto& [measure, of] : measures) {
    if (measure.risk_point() != point) {
      point = measure.risk_point();
      Say(absl::StrCat("风险点", ++number, "（", CategoryWord(of.category()), "）"),
          of.description(), &lines);
      Say("重点环节", of.key_link(), &lines);
      Say("表现形式", of.manifestation(), &lines);
    }
    Say(absl::StrCat("防控措施（", StageWord(measure.stage()), "）"), measure.content(), &lines);
    if (measure.has_due_date()) Say("完成时限", DayWord(measure.due_date()), &lines);
  }
  return lines;
}

Lines Describe(const grading::v1::SelfInspectionReport& report) {
  Lines lines = {absl::StrCat(report.year(), "年自查报告")};
  Say("措施落实情况", report.implementation(), &lines);
  Say("实施前后对比", report.comparison(), &lines);
  int number = 0;
  for (const auto& target : report.targets()) {
    Say(absl::StrCat("目标", ++number, target.met() ? "（已实现）" : "（未实现）"), target.target(),
        &lines);
    Say("原因", target.cause(), &lines);
    Say("完善措施", target.improvement(), &lines);
  }
  return lines;
}

Lines Bounded(Lines lines) {
  size_t bytes = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    bytes += lines[i].size();
    if (bytes <= kMaxBytes) continue;
    lines.resize(i);
    lines.emplace_back("（内容过多，其余部分请在学校的系统中查看）");
    break;
  }
  return lines;
}

google::protobuf::Timestamp WaitsSince(const grading::v1::Review& review) {
  return review.decisions().empty() ? review.create_time() : review.decisions().rbegin()->time();
}

}  // namespace lianfang::reporting
