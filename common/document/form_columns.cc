#include "common/document/form_columns.h"

#include <algorithm>

namespace lianfang::document {
namespace {

constexpr ColumnType kNumber = ColumnType::kNumber;
constexpr ColumnType kLevel = ColumnType::kLevel;
constexpr ColumnType kDate = ColumnType::kDate;
constexpr ColumnType kOrder = ColumnType::kOrder;

constexpr Column kOrderColumn = {"序号", "number of the row, from 1", 5, kOrder};

constexpr Column kSelfCheck[] = {
    kOrderColumn,
    {"姓名", "who fills it in", 8},
    {"处室", "department of the post; 校领导 for the leadership", 10},
    {"岗位", "the post", 10},
    {"岗位职责", "duties, as the person states them", 24},
    {"履行职责情况", "conformity: duties", 18},
    {"执行制度情况", "conformity: rules", 18},
    {"遵守廉政准则情况", "conformity: integrity code", 18},
    {"风险类别", "category of the finding", 9},
    {"风险点", "what the risk is", 26},
    {"表现形式", "how it shows", 26},
    {"存在或潜在", "kind of the finding: 存在 or 潜在", 7},
    {"查找方式", "how it was found", 9},
    {"风险等级", "confirmed level of the post", 9, kLevel},
    {"防控措施", "measures against it", 28},
};

constexpr Column kSelfCheckFindings[] = {
    kOrderColumn,
    {"风险类别", "category of the finding", 9},
    {"风险点", "what the risk is", 22},
    {"表现形式", "how it shows", 22},
    {"存在或潜在", "kind of the finding: 存在 or 潜在", 7},
    {"防控措施", "measures against it", 26},
};

constexpr Column kDepartmentRisk[] = {
    kOrderColumn,
    {"处室（单位）", "whose risk it is", 10},
    {"风险类别", "category", 9},
    {"重点岗位、环节、部位", "where in the work it lies", 13},
    {"风险点", "what the risk is", 24},
    {"表现形式", "how it shows", 24},
    {"风险等级", "level of the owner", 8, kLevel},
    {"防控措施", "measures against it", 26},
    {"科室负责人", "head of the department", 9},
    {"责任领导", "leader in charge", 9},
};

constexpr Column kPowerRisk[] = {
    kOrderColumn,
    {"处室（单位）", "whose risk it is", 10},
    {"职权名称", "power in whose exercise it lies", 13},
    {"运行环节", "nodes of the workflow on which it is marked, or where in the work it lies", 13},
    {"涉及岗位", "posts that act at these nodes", 11},
    {"风险点", "what the risk is", 22},
    {"表现形式", "how it shows", 22},
    {"风险等级", "level of the owner", 8, kLevel},
    {"防控措施", "measures against it", 24},
    {"责任人", "who answers", 10},
};

constexpr Column kPower[] = {
    kOrderColumn,
    {"编码", "id of the power, by which charts and other systems name it; given by the suite", 12},
    {"处室", "whose power it is; 校领导 for the leadership", 9},
    {"职权类别", "type", 9},
    {"职权名称", "name of the power", 14},
    {"职权内容", "content", 24},
    {"行使主体", "who exercises it", 11},
    {"行使依据", "legal basis", 22},
    {"责任事项", "responsibilities", 20},
    {"承办岗位", "post that exercises it", 10},
    {"公开形式、范围、时限", "how, how far and when it is made public", 14},
    {"收费依据与标准", "basis of fees; empty: none", 12},
    {"联系电话", "telephone", 9},
    {"流程图", "chart of the power; given by the suite", 12},
    {"备注", "remark", 8},
};

constexpr Column kRiskSummary[] = {
    kOrderColumn,
    {"处室（单位）", "department; 校领导 for the leadership", 10},
    {"岗位", "post", 10},
    {"人员", "holders", 8},
    {"风险点", "what the risk is", 24},
    {"表现形式", "how it shows", 24},
    {"风险类别", "category", 9},
    {"风险等级", "level that the superior confirmed", 8, kLevel},
    {"防控措施", "measures by stage", 30},
    {"责任岗位", "posts that answer for the measures", 10},
    {"校审核日期", "when the leading group agreed", 12, kDate},
    {"上级审核日期", "when the superior confirmed", 12, kDate},
};

constexpr Column kStatistics[] = {
    {"处室", "department; 校领导 for the leadership; the last row is the sum", 16},
    {"等级", "highest level of its posts", 9, kLevel},
    {"岗位数", "posts in use", 6, kNumber},
    {"人数", "persons who hold a post", 6, kNumber},
    {"自查表应交", "self-checks due", 6, kNumber},
    {"自查表已交", "self-checks handed in", 6, kNumber},
    {"职权数", "powers filed", 6, kNumber},
    {"流程图数", "workflow charts filed", 6, kNumber},
    {"风险点总数", "risk points on the register", 6, kNumber},
    {"风险点（一级）", "risk points of level 1", 6, kNumber},
    {"风险点（二级）", "risk points of level 2", 6, kNumber},
    {"风险点（三级）", "risk points of level 3", 6, kNumber},
    {"风险点（未定级）", "risk points whose owner has no confirmed level", 6, kNumber},
    {"思想道德", "risk points of the category", 6, kNumber},
    {"岗位职责", "risk points of the category", 6, kNumber},
    {"业务流程", "risk points of the category", 6, kNumber},
    {"制度机制", "risk points of the category", 6, kNumber},
    {"外部环境", "risk points of the category", 6, kNumber},
    {"执行制度", "risk points of the category", 6, kNumber},
    {"教育教学", "risk points of the category", 6, kNumber},
    {"个人层次", "risk points of posts", 6, kNumber},
    {"科室层次", "risk points of departments", 6, kNumber},
    {"学校层次", "risk points of the unit", 6, kNumber},
    {"高风险岗位", "posts of level 1", 6, kNumber},
    {"中风险岗位", "posts of level 2", 6, kNumber},
    {"低风险岗位", "posts of level 3", 6, kNumber},
    {"前期预防", "measures of the stage", 6, kNumber},
    {"中期监控", "measures of the stage", 6, kNumber},
    {"后期处置", "measures of the stage", 6, kNumber},
    {"制度新建", "rules made", 6, kNumber},
    {"制度修订", "rules revised", 6, kNumber},
    {"责任书签订", "letters in force", 6, kNumber},
    {"警示牌", "signs in use", 6, kNumber},
    {"公示次数", "publications", 6, kNumber},
    {"整改项", "rectifications", 6, kNumber},
    {"整改完成", "rectifications closed", 6, kNumber},
    {"未达标目标", "targets not met", 6, kNumber},
};

constexpr Column kTask[] = {
    kOrderColumn,
    {"阶段", "phase of the campaign", 14},
    {"任务", "what is to be done", 24},
    {"责任部门、责任人", "who hands in", 12},
    {"完成时限", "last day", 12, kDate},
    {"输出材料", "what comes of it", 18},
    {"报送对象", "to whom", 12},
    {"依据", "the scheme's clause", 34},
    {"应交", "pieces expected", 6, kNumber},
    {"完成", "pieces done", 6, kNumber},
    {"状态", "已完成, 进行中, 有逾期 or 未开始", 8},
};

constexpr Column kDuty[] = {
    kOrderColumn,
    {"处室", "department of the post; 校领导 for the leadership", 10},
    {"岗位", "the post", 11},
    {"任职人", "holders", 9},
    {"岗位职责", "items of the duty, one a line", 50},
    {"任职和履职要求", "requirements", 24},
    {"分管校领导", "leader in charge", 9},
    {"版本", "number of the approved revision", 5, kNumber},
    {"生效日期", "day from which it holds", 12, kDate},
};

bool LooksLikeFormula(absl::string_view text) {
  return !text.empty() && absl::string_view("=+-@\t\r").find(text.front()) != text.npos;
}

}  // namespace

std::span<const Column> SelfCheckColumns() { return kSelfCheck; }
std::span<const Column> SelfCheckFindingColumns() { return kSelfCheckFindings; }
std::span<const Column> DepartmentRiskColumns() { return kDepartmentRisk; }
std::span<const Column> PowerRiskColumns() { return kPowerRisk; }
std::span<const Column> PowerColumns() { return kPower; }
std::span<const Column> RiskSummaryColumns() { return kRiskSummary; }
std::span<const Column> StatisticsColumns() { return kStatistics; }
std::span<const Column> TaskColumns() { return kTask; }
std::span<const Column> DutyColumns() { return kDuty; }

std::string GuardCell(absl::string_view text) {
  // A text that begins with apostrophes before a formula gets one more, so that one can be taken
  // away from every guarded cell.
  const absl::string_view rest = text.substr(std::min(text.find_first_not_of('\''), text.size()));
  return LooksLikeFormula(rest) ? "'" + std::string(text) : std::string(text);
}

std::string UnguardCell(absl::string_view text) {
  const absl::string_view rest = text.substr(std::min(text.find_first_not_of('\''), text.size()));
  return !text.empty() && text.front() == '\'' && LooksLikeFormula(rest)
             ? std::string(text.substr(1))
             : std::string(text);
}

}  // namespace lianfang::document
