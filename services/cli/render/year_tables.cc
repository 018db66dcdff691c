#include "services/cli/render/year_tables.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/cli/render/columns.h"
#include "services/cli/render/words.h"
#include "services/cli/render/year_words.h"

namespace lianfang::cli {
namespace {

using reporting::v1::CountDimension;
using reporting::v1::CrossTable;
using reporting::v1::CrossTableHead;
using reporting::v1::ProgressCounts;
using reporting::v1::Warning;

// Counts of the department in a task, or of all; null when the task does not concern it.
const ProgressCounts* CountsOf(const reporting::v1::TaskProgress& task,
                               const std::string& department) {
  if (department.empty()) return &task.total();
  for (const auto& row : task.departments()) {
    if (row.department() == department) return &row.counts();
  }
  return nullptr;
}

void AddCounts(const ProgressCounts& counts, Layout layout, std::vector<std::string>* cells) {
  if (layout == Layout::kCompact) {
    cells->push_back(absl::StrCat(counts.expected(), "/", counts.handed_in(), "/", counts.done()));
    cells->push_back(absl::StrCat(counts.late(), "/", counts.overdue()));
    return;
  }
  for (const int64_t count :
       {counts.expected(), counts.handed_in(), counts.done(), counts.late(), counts.overdue()}) {
    cells->push_back(absl::StrCat(count));
  }
}

void Add(const ProgressCounts& counts, ProgressCounts* sum) {
  sum->set_expected(sum->expected() + counts.expected());
  sum->set_handed_in(sum->handed_in() + counts.handed_in());
  sum->set_done(sum->done() + counts.done());
  sum->set_late(sum->late() + counts.late());
  sum->set_overdue(sum->overdue() + counts.overdue());
}

// Whose turn it is, or what was decided.
std::string HandledBy(const Warning& warning, Lang lang) {
  if (warning.state() == reporting::v1::WARNING_STATE_OPEN) {
    return EscalationRoleWord(warning.escalation().role(), lang);
  }
  if (!warning.has_adjudication()) return "";
  const bool risk = warning.adjudication().verdict() == reporting::v1::WARNING_VERDICT_RISK;
  return Text(risk ? Text{"属实", "a risk"} : Text{"不构成风险", "no risk"}).In(lang);
}

std::string HeadWord(const CrossTableHead& head, CountDimension dimension, Lang lang) {
  if (lang == Lang::kZh) return head.display_name();
  switch (dimension) {
    case reporting::v1::COUNT_DIMENSION_LEVEL:
      return LevelWord(static_cast<common::v1::RiskLevel>(head.value()), lang);
    case reporting::v1::COUNT_DIMENSION_CATEGORY:
      return CategoryWord(static_cast<common::v1::RiskCategory>(head.value()), lang);
    case reporting::v1::COUNT_DIMENSION_LAYER:
      return LayerWord(static_cast<common::v1::RiskLayer>(head.value()), lang);
    case reporting::v1::COUNT_DIMENSION_STAGE:
      return StageWord(static_cast<common::v1::MeasureStage>(head.value()), lang);
    case reporting::v1::COUNT_DIMENSION_MONTH:
      return absl::StrFormat("%02d", head.value());
    default:
      return head.department().empty() ? "leadership" : head.display_name();
  }
}

template <class Counts>
int64_t At(const Counts& counts, int index) {
  return index < counts.size() ? counts.Get(index) : 0;
}

}  // namespace

Table CampaignTable(const reporting::v1::GetCampaignProgressResponse& progress,
                    const std::string& department, Lang lang, Layout layout) {
  std::vector<Column> columns = {Words(lang, {"任务", "task"}), Words(lang, {"时限", "due"})};
  if (layout == Layout::kCompact) {
    columns.push_back(Numbers(lang, {"应交/已交/完成", "due/in/done"}));
    columns.push_back(Numbers(lang, {"迟交/逾期", "late/overdue"}));
  } else {
    columns.push_back(Numbers(lang, {"应交", "expected"}));
    columns.push_back(Numbers(lang, {"已交", "handed in"}));
    columns.push_back(Numbers(lang, {"完成", "done"}));
    columns.push_back(Numbers(lang, {"迟交", "late"}));
    columns.push_back(Numbers(lang, {"逾期未交", "overdue"}));
  }
  Table table(std::move(columns));
  ProgressCounts sum;
  for (const auto& task : progress.tasks()) {
    const ProgressCounts* counts = CountsOf(task, department);
    if (counts == nullptr) continue;
    Add(*counts, &sum);
    std::vector<std::string> cells = {TaskWord(task.task(), lang),
                                      MonthDay(task.task().due_date())};
    AddCounts(*counts, layout, &cells);
    table.AddRow(std::move(cells));
  }
  table.AddSeparator();
  std::vector<std::string> cells = {Text("合计", "total").In(lang), ""};
  AddCounts(sum, layout, &cells);
  table.AddRow(std::move(cells));
  return table;
}

Table WarningsTable(const google::protobuf::RepeatedPtrField<Warning>& warnings, Lang lang,
                    Layout layout) {
  const bool compact = layout == Layout::kCompact;
  std::vector<Column> columns = {Words(lang, {"颜色", "colour"})};
  if (!compact) columns.push_back(Words(lang, {"类别", "kind"}));
  columns.push_back(Words(lang, {"预警", "warning"}));
  columns.push_back(Numbers(lang, {"数值", "value"}));
  columns.push_back(Words(lang, {"状态", "state"}));
  if (!compact) columns.push_back(Words(lang, {"处理", "with"}));
  Table table(std::move(columns));
  for (const Warning& warning : warnings) {
    std::vector<std::string> cells = {ColourWord(warning.colour(), lang)};
    // The title is one line of Chinese that says all; in English the kind says what it is about.
    const std::string kind = WarningKindWord(warning.kind(), lang);
    if (!compact) cells.push_back(kind);
    cells.push_back(compact && lang == Lang::kEn ? absl::StrCat(kind, "\n", warning.title())
                                                 : warning.title());
    cells.push_back(absl::StrCat(warning.value()));
    const std::string state = WarningStateWord(warning.state(), lang);
    const std::string with = HandledBy(warning, lang);
    cells.push_back(compact && !with.empty() ? absl::StrCat(state, "\n", with) : state);
    if (!compact) cells.push_back(with);
    table.AddRow(std::move(cells));
  }
  return table;
}

Table CrossCountTable(const reporting::v1::GetCrossTableResponse& answer, CountDimension row,
                      CountDimension column, Lang lang) {
  const bool beside = answer.has_compared();
  const auto cell = [&](int64_t count, int64_t other) {
    return beside ? absl::StrCat(count, " (", other, ")") : absl::StrCat(count);
  };
  std::vector<Column> columns = {{"", Align::kLeft}};
  for (const CrossTableHead& head : answer.columns()) {
    columns.push_back({HeadWord(head, column, lang), Align::kRight});
  }
  columns.push_back(Numbers(lang, {"合计", "total"}));
  Table table(std::move(columns));
  const CrossTable& counts = answer.table();
  const CrossTable& other = answer.compared();
  for (int r = 0; r < answer.rows_size(); ++r) {
    std::vector<std::string> cells = {HeadWord(answer.rows(r), row, lang)};
    for (int c = 0; c < answer.columns_size(); ++c) {
      const int index = r * answer.columns_size() + c;
      cells.push_back(cell(At(counts.cells(), index), At(other.cells(), index)));
    }
    cells.push_back(cell(At(counts.row_totals(), r), At(other.row_totals(), r)));
    table.AddRow(std::move(cells));
  }
  table.AddSeparator();
  std::vector<std::string> cells = {Text("合计", "total").In(lang)};
  for (int c = 0; c < answer.columns_size(); ++c) {
    cells.push_back(cell(At(counts.column_totals(), c), At(other.column_totals(), c)));
  }
  cells.push_back(cell(counts.total(), other.total()));
  table.AddRow(std::move(cells));
  return table;
}

}  // namespace lianfang::cli
