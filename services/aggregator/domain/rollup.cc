#include "services/aggregator/domain/rollup.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/reporting/domain/report_sums.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using google::protobuf::FieldDescriptor;
using reporting::v1::Statistics;
using reporting::v1::UnitReport;

constexpr int kMaxMonths = 1200;
constexpr char kOutOfRange[] = "是负数或过大。";

absl::Status Wrong(const FieldDescriptor* field, absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_MEMBER_UNTRUSTED,
                   absl::StrCat("报告的统计数 ", field->name(), " ", zh),
                   absl::StrCat("The report's count ", field->name(), " ", en));
}

absl::Status CheckCount(const FieldDescriptor* field, int64_t count) {
  if (count >= 0 && count <= kMaxCount) return absl::OkStatus();
  return Wrong(field, "是负数或过大。", "is negative or too large.");
}

absl::Status WrongSums(absl::string_view field, absl::string_view zh) {
  return MakeError(common::v1::ERROR_REASON_MEMBER_UNTRUSTED,
                   absl::StrCat("报告的 ", field, " ", zh),
                   absl::StrCat("The report's ", field, " cannot be true."));
}

bool IsCount(int64_t count) { return count >= 0 && count <= kMaxCount; }

absl::Status CheckMonths(const UnitReport& report) {
  constexpr char kField[] = "risk_points_by_month";
  if (report.risk_points_by_month().empty()) return absl::OkStatus();
  if (report.risk_points_by_month_size() > kMaxMonths) return WrongSums(kField, "的月份过多。");
  int32_t before = 0;
  int64_t sum = 0;
  for (const auto& month : report.risk_points_by_month()) {
    if (!IsCount(month.count())) return WrongSums(kField, kOutOfRange);
    const int32_t number = month.month();
    if (number <= before || number < 200000 || number > 299912 || number % 100 > 12) {
      return WrongSums(kField, "的月份不正确或顺序不对。");
    }
    before = number;
    sum += month.count();
  }
  if (sum != report.total().risk_point_count()) return WrongSums(kField, "之和与总数不符。");
  return absl::OkStatus();
}

absl::Status CheckKinds(const UnitReport& report) {
  constexpr char kField[] = "departments_by_kind";
  if (report.departments_by_kind().empty()) return absl::OkStatus();
  if (report.departments_by_kind_size() > kMaxBuckets) return WrongSums(kField, "的分项过多。");
  int before = -1;
  int64_t points = 0;
  for (const auto& kind : report.departments_by_kind()) {
    if (kind.kind() <= before) return WrongSums(kField, "的类别重复或顺序不对。");
    before = kind.kind();
    if (!IsCount(kind.department_count())) return WrongSums(kField, kOutOfRange);
    LF_RETURN_IF_ERROR(CheckStatistics(kind.statistics()));
    points += kind.statistics().risk_point_count();
  }
  if (points != report.total().risk_point_count()) return WrongSums(kField, "之和与总数不符。");
  return absl::OkStatus();
}

absl::Status CheckCampaigns(const UnitReport& report) {
  constexpr char kField[] = "campaigns";
  if (report.campaigns_size() > reporting::kMaxCampaigns) {
    return WrongSums(kField, "的年度过多。");
  }
  int32_t before = 3000;
  for (const auto& campaign : report.campaigns()) {
    if (campaign.year() >= before || campaign.year() < 2000) {
      return WrongSums(kField, "的年度不正确或顺序不对。");
    }
    before = campaign.year();
    if (campaign.unit_count() < 1 || campaign.unit_count() > kMaxCount ||
        campaign.tasks_size() > kMaxBuckets) {
      return WrongSums(kField, kOutOfRange);
    }
    int kind = -1;
    for (const auto& task : campaign.tasks()) {
      if (task.kind() <= kind) return WrongSums(kField, "的任务重复或顺序不对。");
      kind = task.kind();
      const auto& counts = task.counts();
      for (const int64_t part :
           {counts.handed_in(), counts.done(), counts.late(), counts.overdue()}) {
        if (!IsCount(counts.expected()) || part < 0 || part > counts.expected()) {
          return WrongSums(kField, "的数量超出应交数或为负数。");
        }
      }
    }
  }
  return absl::OkStatus();
}

// The count that a breakdown divides.
int64_t WholeOf(const Statistics& statistics, const FieldDescriptor* breakdown) {
  if (breakdown->name() == "posts_by_level") return statistics.post_count();
  if (breakdown->name() == "measures_by_stage") return statistics.measure_count();
  return statistics.risk_point_count();
}

}  // namespace

absl::Status CheckStatistics(const Statistics& statistics) {
  const auto* type = Statistics::descriptor();
  const auto* reflection = statistics.GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!field->is_repeated()) {
      LF_RETURN_IF_ERROR(CheckCount(field, reflection->GetInt64(statistics, field)));
      continue;
    }
    if (reflection->FieldSize(statistics, field) > kMaxBuckets) {
      return Wrong(field, "的分项过多。", "has too many buckets.");
    }
    const FieldDescriptor* count = field->message_type()->FindFieldByName("count");
    int64_t sum = 0;
    for (int j = 0; j < reflection->FieldSize(statistics, field); ++j) {
      const auto& bucket = reflection->GetRepeatedMessage(statistics, field, j);
      const int64_t value = bucket.GetReflection()->GetInt64(bucket, count);
      LF_RETURN_IF_ERROR(CheckCount(field, value));
      sum += value;
    }
    if (sum != WholeOf(statistics, field)) {
      return Wrong(field, "之和与总数不符。", "does not add up to its total.");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckReport(const UnitReport& report) {
  LF_RETURN_IF_ERROR(CheckStatistics(report.total()));
  LF_RETURN_IF_ERROR(CheckMonths(report));
  LF_RETURN_IF_ERROR(CheckKinds(report));
  LF_RETURN_IF_ERROR(CheckCampaigns(report));
  if (!IsCount(report.school_count())) return WrongSums("school_count", kOutOfRange);
  return absl::OkStatus();
}

UnitReport SumsOf(const Member& member) {
  UnitReport sums;
  if (!Counts(member)) return sums;
  *sums.mutable_risk_points_by_month() = member.report().risk_points_by_month();
  *sums.mutable_departments_by_kind() = member.report().departments_by_kind();
  *sums.mutable_campaigns() = member.report().campaigns();
  return sums;
}

int64_t SchoolCount(const Member& member) {
  if (!Counts(member)) return 0;
  return member.kind() == aggregation::v1::MEMBER_KIND_AGGREGATOR ? member.report().school_count()
                                                                  : 1;
}

bool Counts(const Member& member) {
  return member.has_report() && (member.state() == aggregation::v1::MEMBER_STATE_VERIFIED ||
                                 member.state() == aggregation::v1::MEMBER_STATE_UNREACHABLE);
}

void MoveTotal(const Member& before, const Member& after, Statistics* total) {
  if (Counts(before)) reporting::Add(total, before.report().total(), -1);
  if (Counts(after)) reporting::Add(total, after.report().total(), 1);
}

Member Slim(const Member& member) {
  Member slim;
  slim.set_name(member.name());
  slim.set_unit(member.unit());
  slim.set_kind(member.kind());
  slim.set_display_name(member.display_name());
  slim.set_state(member.state());
  if (member.has_pull_time()) *slim.mutable_pull_time() = member.pull_time();
  if (member.has_verify_time()) *slim.mutable_verify_time() = member.verify_time();
  if (member.has_report()) {
    auto* report = slim.mutable_report();
    report->set_unit(member.report().unit());
    report->set_display_name(member.report().display_name());
    report->set_number(member.report().number());
    report->set_year(member.report().year());
    *report->mutable_total() = member.report().total();
    report->set_school_count(member.report().school_count());
    if (!member.report().campaigns().empty()) {
      *report->add_campaigns() = member.report().campaigns(0);
    }
  }
  return slim;
}

reporting::v1::MemberSummary Summarize(const Member& member) {
  reporting::v1::MemberSummary summary;
  summary.set_unit(member.unit());
  summary.set_display_name(member.display_name());
  summary.set_verified(Counts(member));
  if (member.has_verify_time()) *summary.mutable_pull_time() = member.verify_time();
  if (!Counts(member)) return summary;
  *summary.mutable_total() = member.report().total();
  summary.set_report_number(member.report().number());
  summary.set_year(member.report().year());
  summary.set_school_count(SchoolCount(member));
  if (!member.report().campaigns().empty()) {
    *summary.mutable_campaign() = member.report().campaigns(0);
  }
  return summary;
}

void AddToRollup(const Member& member, aggregation::v1::GetRollupResponse* rollup) {
  if (Counts(member)) *rollup->add_members() = Summarize(member);
  switch (member.state()) {
    case aggregation::v1::MEMBER_STATE_UNREACHABLE:
      rollup->add_unreachable(member.name());
      break;
    case aggregation::v1::MEMBER_STATE_UNTRUSTED:
      rollup->add_untrusted(member.name());
      break;
    case aggregation::v1::MEMBER_STATE_VERIFIED:
      break;
    default:
      rollup->add_pending(member.name());
  }
}

}  // namespace lianfang::aggregator
