#include "services/aggregator/domain/rollup.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using google::protobuf::FieldDescriptor;
using reporting::v1::Statistics;

absl::Status Wrong(const FieldDescriptor* field, absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_MEMBER_UNTRUSTED,
                   absl::StrCat("报告的统计数 ", field->name(), " ", zh),
                   absl::StrCat("The report's count ", field->name(), " ", en));
}

absl::Status CheckCount(const FieldDescriptor* field, int64_t count) {
  if (count >= 0 && count <= kMaxCount) return absl::OkStatus();
  return Wrong(field, "是负数或过大。", "is negative or too large.");
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
  }
  return slim;
}

reporting::v1::MemberSummary Summarize(const Member& member) {
  reporting::v1::MemberSummary summary;
  summary.set_unit(member.unit());
  summary.set_display_name(member.display_name());
  summary.set_verified(Counts(member));
  if (member.has_verify_time()) *summary.mutable_pull_time() = member.verify_time();
  if (Counts(member)) *summary.mutable_total() = member.report().total();
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
