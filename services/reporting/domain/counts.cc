#include "services/reporting/domain/counts.h"

#include <algorithm>
#include <tuple>

#include "common/base/resource_name.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::FieldDescriptor;
using state::v1::Cell;
using state::v1::Counts;
using state::v1::Owner;
using state::v1::YearCounts;

auto KeyOf(const Cell& cell) {
  return std::make_tuple(cell.level(), cell.category(), cell.layer(), cell.stage(), cell.month(),
                         cell.rule_change());
}

// Counted whatever the year: they have none.
bool IsStanding(const FieldDescriptor& field) {
  switch (field.number()) {
    case v1::Statistics::kPostCountFieldNumber:
    case v1::Statistics::kPersonCountFieldNumber:
    case v1::Statistics::kSelfChecksDueFieldNumber:
    case v1::Statistics::kPowerCountFieldNumber:
    case v1::Statistics::kWorkflowCountFieldNumber:
      return true;
    default:
      return false;
  }
}

// Counted year by year and for all years together: they stay on the register until they are
// archived.
bool IsLasting(const FieldDescriptor& field) {
  switch (field.number()) {
    case v1::Statistics::kRiskPointCountFieldNumber:
    case v1::Statistics::kMeasureCountFieldNumber:
    case v1::Statistics::kRiskPointsWithoutMeasureFieldNumber:
    case v1::Statistics::kRulesMadeFieldNumber:
    case v1::Statistics::kRulesRevisedFieldNumber:
      return true;
    default:
      return field.is_repeated();
  }
}

// Takes the single counts that `wanted` says from `from` to `to`.
void CopyCounts(const v1::Statistics& from, v1::Statistics* to,
                bool (*wanted)(const FieldDescriptor&)) {
  const auto* type = v1::Statistics::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->is_repeated() || !wanted(*field)) continue;
    to->GetReflection()->SetInt64(to, field, from.GetReflection()->GetInt64(from, field));
  }
}

const YearCounts& FindYear(const Counts& counts, int32_t year) {
  for (const YearCounts& counted : counts.years()) {
    if (counted.year() == year) return counted;
  }
  return YearCounts::default_instance();
}

int64_t SumOf(const google::protobuf::RepeatedPtrField<v1::LevelCount>& levels) {
  int64_t sum = 0;
  for (const v1::LevelCount& level : levels) sum += level.count();
  return sum;
}

void AddLevel(google::protobuf::RepeatedPtrField<v1::LevelCount>* levels,
              common::v1::RiskLevel level, int64_t count) {
  v1::LevelCount* added = levels->Add();
  added->set_level(level);
  added->set_count(count);
}

}  // namespace

bool IsPost(absl::string_view name) { return !IdIn("posts", name).empty(); }

void AddCells(Cells* to, const Cells& delta, int sign) {
  for (const Cell& cell : delta) {
    const auto key = KeyOf(cell);
    const auto at = std::lower_bound(to->begin(), to->end(), key,
                                     [](const Cell& a, const auto& b) { return KeyOf(a) < b; });
    const int index = static_cast<int>(at - to->begin());
    if (at == to->end() || KeyOf(*at) != key) {
      Cell* added = to->Add();
      *added = cell;
      added->set_count(sign * cell.count());
      for (int i = to->size() - 1; i > index; --i) to->SwapElements(i, i - 1);
    } else {
      at->set_count(at->count() + sign * cell.count());
    }
    if (to->Get(index).count() == 0) to->DeleteSubrange(index, 1);
  }
}

YearCounts* YearOf(Counts* counts, int32_t year) {
  auto* years = counts->mutable_years();
  int at = 0;
  while (at < years->size() && years->Get(at).year() < year) ++at;
  if (at == years->size() || years->Get(at).year() != year) {
    years->Add()->set_year(year);
    for (int i = years->size() - 1; i > at; --i) years->SwapElements(i, i - 1);
  }
  return years->Mutable(at);
}

void AddCounts(Counts* to, const Counts& delta, int sign) {
  Add(to->mutable_statistics(), delta.statistics(), sign);
  for (const YearCounts& change : delta.years()) {
    YearCounts* year = YearOf(to, change.year());
    Add(year->mutable_statistics(), change.statistics(), sign);
    AddCells(year->mutable_cells(), change.cells(), sign);
    year->set_grades(year->grades() + sign * change.grades());
  }
  auto* years = to->mutable_years();
  for (int i = years->size() - 1; i >= 0; --i) {
    const YearCounts& year = years->Get(i);
    // An empty Statistics has no bytes: zero is not written.
    if (year.statistics().ByteSizeLong() == 0 && year.cells().empty() && year.grades() == 0) {
      years->DeleteSubrange(i, 1);
    }
  }
}

common::v1::RiskLevel LevelIn(const Owner& owner, int32_t year) {
  for (const auto& level : owner.year_levels()) {
    if (level.year() == year) return level.level();
  }
  auto level = common::v1::RISK_LEVEL_UNSPECIFIED;
  for (const auto& grade : owner.grades()) {
    if (grade.year() == year) level = grade.level();
  }
  return level;
}

Counts OfOwner(const Owner& owner) {
  Counts counts = owner.found();
  v1::Statistics* statistics = counts.mutable_statistics();
  if (statistics->risk_point_count() != 0) {
    AddLevel(statistics->mutable_risk_points_by_level(), owner.level(),
             statistics->risk_point_count());
  }
  for (YearCounts& year : *counts.mutable_years()) {
    const auto level = LevelIn(owner, year.year());
    if (year.statistics().risk_point_count() != 0) {
      AddLevel(year.mutable_statistics()->mutable_risk_points_by_level(), level,
               year.statistics().risk_point_count());
    }
    for (Cell& cell : *year.mutable_cells()) cell.set_level(level);
  }
  const bool counts_as_post = IsPost(owner.name()) && owner.active();
  if (counts_as_post) {
    statistics->set_post_count(1);
    statistics->set_self_checks_due(owner.holdings_size());
    AddLevel(statistics->mutable_posts_by_level(), owner.level(), 1);
  }
  for (const state::v1::ConfirmedGrade& grade : owner.grades()) {
    YearCounts* year = YearOf(&counts, grade.year());
    year->set_grades(year->grades() + 1);
    if (counts_as_post && year->statistics().posts_by_level().empty()) {
      AddLevel(year->mutable_statistics()->mutable_posts_by_level(), LevelIn(owner, grade.year()),
               1);
    }
  }
  return counts;
}

Counts OfPoint(const state::v1::Point& point) {
  Counts counts;
  const risk::v1::RiskPoint& record = point.risk_point();
  v1::Statistics* statistics = counts.mutable_statistics();
  v1::Statistics stages;
  Cells cells;
  for (Cell cell : point.measures()) {
    v1::StageCount* stage = stages.add_measures_by_stage();
    stage->set_stage(static_cast<common::v1::MeasureStage>(cell.stage()));
    stage->set_count(cell.count());
    stages.set_measure_count(stages.measure_count() + cell.count());
    if (cell.rule_change() == risk::v1::RULE_CHANGE_NEW) {
      stages.set_rules_made(stages.rules_made() + cell.count());
    } else if (cell.rule_change() == risk::v1::RULE_CHANGE_REVISED) {
      stages.set_rules_revised(stages.rules_revised() + cell.count());
    }
    cell.clear_rule_change();
    cell.set_category(record.category());
    cell.set_layer(record.layer());
    Cells one;
    *one.Add() = cell;
    AddCells(&cells, one, 1);
  }
  Add(statistics, stages, 1);
  if (point.registered()) {
    statistics->set_risk_point_count(1);
    if (statistics->measure_count() == 0) statistics->set_risk_points_without_measure(1);
    v1::CategoryCount* category = statistics->add_risk_points_by_category();
    category->set_category(record.category());
    category->set_count(1);
    v1::LayerCount* layer = statistics->add_risk_points_by_layer();
    layer->set_layer(record.layer());
    layer->set_count(1);
    v1::MethodCount* method = statistics->add_risk_points_by_method();
    method->set_method(record.method());
    method->set_count(1);
    v1::TopicCount* topic = statistics->add_risk_points_by_topic();
    topic->set_topic(record.sensitive_topic());
    topic->set_count(1);
    Cell* cell = cells.Add();
    cell->set_category(record.category());
    cell->set_layer(record.layer());
    cell->set_month(MonthOf(record.create_time()));
    cell->set_count(1);
  }
  if (statistics->ByteSizeLong() == 0) return counts;
  YearCounts* year = YearOf(&counts, record.year());
  *year->mutable_statistics() = *statistics;
  AddCells(year->mutable_cells(), cells, 1);
  return counts;
}

Counts OfKnown(const state::v1::Known& known) {
  Counts counts;
  v1::Statistics statistics = known.statistics();
  if (known.superseded()) statistics.clear_targets_unmet();
  if (statistics.ByteSizeLong() == 0) return counts;
  if (known.year() == 0) {
    *counts.mutable_statistics() = statistics;
  } else {
    *YearOf(&counts, known.year())->mutable_statistics() = statistics;
  }
  return counts;
}

v1::Statistics Shown(const Counts& counts, int32_t year) {
  v1::Statistics statistics = Complete(counts.statistics());
  CopyCounts(FindYear(counts, year).statistics(), &statistics,
             [](const FieldDescriptor& field) { return !IsStanding(field) && !IsLasting(field); });
  return statistics;
}

v1::Statistics ShownYear(const Counts& counts, int32_t year) {
  v1::Statistics statistics = FindYear(counts, year).statistics();
  CopyCounts(counts.statistics(), &statistics, IsStanding);
  // Posts without a grade of the year are not counted in it.
  const int64_t graded = SumOf(statistics.posts_by_level());
  statistics = Complete(statistics);
  statistics.mutable_posts_by_level(0)->set_count(statistics.post_count() - graded);
  return statistics;
}

bool HasCounts(const v1::Statistics& statistics) {
  const auto* type = v1::Statistics::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!field->is_repeated() && statistics.GetReflection()->GetInt64(statistics, field) != 0) {
      return true;
    }
  }
  return false;
}

int32_t NewestYear(const Counts& counts) {
  for (int i = counts.years_size() - 1; i >= 0; --i) {
    const YearCounts& year = counts.years(i);
    v1::Statistics begun = year.statistics();
    begun.clear_measure_count();
    begun.clear_rules_made();
    begun.clear_rules_revised();
    if (year.grades() != 0 || HasCounts(begun)) return year.year();
  }
  return 0;
}

}  // namespace lianfang::reporting
