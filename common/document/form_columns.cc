#include "common/document/form_columns.h"

#include <algorithm>

namespace lianfang::document {
namespace {

constexpr ColumnType kNumber = ColumnType::kNumber;
constexpr ColumnType kLevel = ColumnType::kLevel;
constexpr ColumnType kDate = ColumnType::kDate;
constexpr ColumnType kOrder = ColumnType::kOrder;

constexpr Column kOrderColumn = {"序号", "行号，从 1 起", 5, kOrder};

constexpr Column kSelfCheck[] = {
    kOrderColumn,
    {"姓名", "填表人姓名", 8},
    {"处室", "岗位所在处室；校领导填“校领导”", 10},
    {"岗位", "岗位名称", 10},
    {"岗位职责", "本人陈述的岗位职责", 24},
    {"履行职责情况", "与履行职责的要求对照，情况如何", 18},
    {"执行制度情况", "与各项制度对照，情况如何", 18},
    {"遵守廉政准则情况", "与廉政准则对照，情况如何", 18},
    {"风险类别", "这一条风险的类别", 9},
    {"风险点", "风险是什么", 26},
    {"表现形式", "具体怎样表现", 26},
    {"存在或潜在", "已经存在还是潜在", 7},
    {"查找方式", "怎样查找出来的", 9},
    {"风险等级", "岗位经上级审核的等级", 9, kLevel},
    {"防控措施", "针对它的防控措施", 28},
};

constexpr Column kSelfCheckFindings[] = {
    kOrderColumn,
    {"风险类别", "这一条风险的类别", 9},
    {"风险点", "风险是什么", 22},
    {"表现形式", "具体怎样表现", 22},
    {"存在或潜在", "已经存在还是潜在", 7},
    {"防控措施", "针对它的防控措施", 26},
};

constexpr Column kDepartmentRisk[] = {
    kOrderColumn,
    {"处室（单位）", "风险所属的处室或单位", 10},
    {"风险类别", "风险的类别", 9},
    {"重点岗位、环节、部位", "工作中的哪个岗位、环节或部位", 13},
    {"风险点", "风险是什么", 24},
    {"表现形式", "具体怎样表现", 24},
    {"风险等级", "所属处室或岗位的等级", 8, kLevel},
    {"防控措施", "针对它的防控措施", 26},
    {"科室负责人", "处室负责人", 9},
    {"责任领导", "分管校领导", 9},
};

constexpr Column kPowerRisk[] = {
    kOrderColumn,
    {"处室（单位）", "风险所属的处室或单位", 10},
    {"职权名称", "行使哪一项职权时的风险", 13},
    {"运行环节", "标在工作流程的哪些环节，或工作中的哪个环节", 13},
    {"涉及岗位", "在这些环节办事的岗位", 11},
    {"风险点", "风险是什么", 22},
    {"表现形式", "具体怎样表现", 22},
    {"风险等级", "所属处室或岗位的等级", 8, kLevel},
    {"防控措施", "针对它的防控措施", 24},
    {"责任人", "由谁负责", 10},
};

constexpr Column kPower[] = {
    kOrderColumn,
    {"编码", "职权的编码，流程图和其他系统以它指明职权；由系统给出", 12},
    {"处室", "职权所属的处室；校领导的填“校领导”", 9},
    {"职权类别", "职权的类别", 9},
    {"职权名称", "职权的名称", 14},
    {"职权内容", "职权的内容", 24},
    {"行使主体", "行使职权的处室或人员", 11},
    {"行使依据", "法律法规和制度依据", 22},
    {"责任事项", "应负的责任", 20},
    {"承办岗位", "具体承办的岗位", 10},
    {"公开形式、范围、时限", "以什么形式、在什么范围、何时公开", 14},
    {"收费依据与标准", "收费的依据和标准；不收费的留空", 12},
    {"联系电话", "联系电话", 9},
    {"流程图", "该职权的工作流程图；由系统给出", 12},
    {"备注", "备注", 8},
};

constexpr Column kRiskSummary[] = {
    kOrderColumn,
    {"处室（单位）", "处室；校领导为“校领导”", 10},
    {"岗位", "岗位", 10},
    {"人员", "任职人员", 8},
    {"风险点", "风险是什么", 24},
    {"表现形式", "具体怎样表现", 24},
    {"风险类别", "风险的类别", 9},
    {"风险等级", "经上级审核的等级", 8, kLevel},
    {"防控措施", "分阶段的防控措施", 30},
    {"责任岗位", "对措施负责的岗位", 10},
    {"校审核日期", "校领导小组通过的日期", 12, kDate},
    {"上级审核日期", "上级审核通过的日期", 12, kDate},
};

constexpr Column kStatistics[] = {
    {"处室", "处室；校领导为“校领导”；末行为合计", 16},
    {"等级", "其岗位的最高等级", 9, kLevel},
    {"岗位数", "在用的岗位数", 6, kNumber},
    {"人数", "任职人数", 6, kNumber},
    {"自查表应交", "应交的自查表", 6, kNumber},
    {"自查表已交", "已交的自查表", 6, kNumber},
    {"职权数", "已备案的职权", 6, kNumber},
    {"流程图数", "已备案的工作流程图", 6, kNumber},
    {"风险点总数", "登记在册的风险点", 6, kNumber},
    {"风险点（一级）", "一级（高）风险点", 6, kNumber},
    {"风险点（二级）", "二级（中）风险点", 6, kNumber},
    {"风险点（三级）", "三级（低）风险点", 6, kNumber},
    {"风险点（未定级）", "所属尚无审核等级的风险点", 6, kNumber},
    {"思想道德", "该类别的风险点", 6, kNumber},
    {"岗位职责", "该类别的风险点", 6, kNumber},
    {"业务流程", "该类别的风险点", 6, kNumber},
    {"制度机制", "该类别的风险点", 6, kNumber},
    {"外部环境", "该类别的风险点", 6, kNumber},
    {"执行制度", "该类别的风险点", 6, kNumber},
    {"教育教学", "该类别的风险点", 6, kNumber},
    {"个人层次", "岗位的风险点", 6, kNumber},
    {"科室层次", "处室的风险点", 6, kNumber},
    {"学校层次", "学校的风险点", 6, kNumber},
    {"高风险岗位", "一级（高）岗位", 6, kNumber},
    {"中风险岗位", "二级（中）岗位", 6, kNumber},
    {"低风险岗位", "三级（低）岗位", 6, kNumber},
    {"前期预防", "该阶段的措施", 6, kNumber},
    {"中期监控", "该阶段的措施", 6, kNumber},
    {"后期处置", "该阶段的措施", 6, kNumber},
    {"制度新建", "新建的制度", 6, kNumber},
    {"制度修订", "修订的制度", 6, kNumber},
    {"责任书签订", "有效的责任书", 6, kNumber},
    {"警示牌", "在用的警示牌", 6, kNumber},
    {"公示次数", "公示的次数", 6, kNumber},
    {"整改项", "整改的项数", 6, kNumber},
    {"整改完成", "已完成的整改", 6, kNumber},
    {"未达标目标", "未达到的目标", 6, kNumber},
};

constexpr Column kTask[] = {
    kOrderColumn,
    {"阶段", "工作的阶段", 14},
    {"任务", "要做什么", 24},
    {"责任部门、责任人", "由谁完成并报送", 12},
    {"完成时限", "最后期限", 12, kDate},
    {"输出材料", "形成的材料", 18},
    {"报送对象", "报送给谁", 12},
    {"依据", "方案中的依据", 34},
    {"应交", "应交的件数", 6, kNumber},
    {"完成", "已完成的件数", 6, kNumber},
    {"状态", "已完成、进行中、有逾期或未开始", 8},
};

constexpr Column kDuty[] = {
    kOrderColumn,
    {"处室", "岗位所在处室；校领导填“校领导”", 10},
    {"岗位", "岗位名称", 11},
    {"任职人", "任职人员", 9},
    {"岗位职责", "职责各项，每行一项", 50},
    {"任职和履职要求", "任职和履职的要求", 24},
    {"分管校领导", "分管校领导", 9},
    {"版本", "已批准的版本号", 5, kNumber},
    {"生效日期", "从哪一天起生效", 12, kDate},
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
