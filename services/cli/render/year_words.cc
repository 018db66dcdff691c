#include "services/cli/render/year_words.h"

#include "absl/strings/str_format.h"

namespace lianfang::cli {
namespace {

const char* EnglishTask(reporting::v1::TaskKind kind) {
  switch (kind) {
    case reporting::v1::TASK_KIND_POST_DUTY:
      return "duties of posts";
    case reporting::v1::TASK_KIND_DUTY_VOLUME:
      return "volume of duties";
    case reporting::v1::TASK_KIND_DUTY_PUBLICATION:
      return "publication of duties";
    case reporting::v1::TASK_KIND_SELF_CHECK:
      return "self-checks (annex 2)";
    case reporting::v1::TASK_KIND_DEPARTMENT_RISKS:
      return "risks of departments (annex 5)";
    case reporting::v1::TASK_KIND_POWER_RISKS:
      return "risks of powers (annex 6)";
    case reporting::v1::TASK_KIND_POWER_CATALOGUE:
      return "powers of departments (annex 7)";
    case reporting::v1::TASK_KIND_UNIT_POWER_CATALOGUE:
      return "the unit's catalogue of powers";
    case reporting::v1::TASK_KIND_WORKFLOW_CHARTS:
      return "workflow charts";
    case reporting::v1::TASK_KIND_UNIT_WORKFLOW_CHARTS:
      return "the unit's volume of charts";
    case reporting::v1::TASK_KIND_GRADE:
      return "grades of posts";
    case reporting::v1::TASK_KIND_RISK_PUBLICATION:
      return "publication of risk points";
    case reporting::v1::TASK_KIND_POST_MEASURES:
      return "measures of posts";
    case reporting::v1::TASK_KIND_DEPARTMENT_MEASURES:
      return "measures of departments";
    case reporting::v1::TASK_KIND_UNIT_MEASURES:
      return "measures of the unit";
    case reporting::v1::TASK_KIND_MEASURE_PUBLICATION:
      return "publication of measures";
    case reporting::v1::TASK_KIND_WARNING_SIGN:
      return "warning signs";
    case reporting::v1::TASK_KIND_RESPONSIBILITY_LETTER:
      return "responsibility letters";
    case reporting::v1::TASK_KIND_DEPARTMENT_INSPECTION:
      return "self-inspection of departments";
    case reporting::v1::TASK_KIND_UNIT_INSPECTION:
      return "self-inspection of the unit";
    case reporting::v1::TASK_KIND_EXAMINATION:
      return "examination of departments";
    default:
      return nullptr;
  }
}

}  // namespace

std::string TaskWord(const reporting::v1::CampaignTask& task, Lang lang) {
  const char* english = lang == Lang::kEn ? EnglishTask(task.kind()) : nullptr;
  return english != nullptr ? english : task.title();
}

std::string WarningKindWord(reporting::v1::WarningKind kind, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (kind) {
    case reporting::v1::WARNING_KIND_OVERDUE:
      return zh ? "逾期未交" : "overdue";
    case reporting::v1::WARNING_KIND_HIGH_WITHOUT_MEASURE:
      return zh ? "高风险无措施" : "high risk without measure";
    case reporting::v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT:
      return zh ? "措施无效果" : "measure without effect";
    case reporting::v1::WARNING_KIND_LONG_HOLDER:
      return zh ? "任职过久" : "long in a high post";
    case reporting::v1::WARNING_KIND_REPEATED_FEEDBACK:
      return zh ? "多次反映" : "repeated feedback";
    case reporting::v1::WARNING_KIND_CONFLICTING_POWERS:
      return zh ? "不相容职权" : "conflicting powers";
    default:
      return zh ? "未说明" : "not said";
  }
}

std::string ColourWord(reporting::v1::WarningColour colour, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (colour) {
    case reporting::v1::WARNING_COLOUR_YELLOW:
      return zh ? "黄" : "yellow";
    case reporting::v1::WARNING_COLOUR_ORANGE:
      return zh ? "橙" : "orange";
    case reporting::v1::WARNING_COLOUR_RED:
      return zh ? "红" : "red";
    default:
      return zh ? "未说明" : "not said";
  }
}

std::string WarningStateWord(reporting::v1::WarningState state, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (state) {
    case reporting::v1::WARNING_STATE_OPEN:
      return zh ? "待界定" : "open";
    case reporting::v1::WARNING_STATE_ADJUDICATED:
      return zh ? "已界定" : "adjudicated";
    case reporting::v1::WARNING_STATE_GONE:
      return zh ? "已消除" : "gone";
    default:
      return zh ? "未说明" : "not said";
  }
}

std::string EscalationRoleWord(reporting::v1::EscalationRole role, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (role) {
    case reporting::v1::ESCALATION_ROLE_DEPARTMENT_HEAD:
      return zh ? "科室负责人" : "department head";
    case reporting::v1::ESCALATION_ROLE_VICE_PRINCIPAL:
      return zh ? "分管校领导" : "vice principal";
    case reporting::v1::ESCALATION_ROLE_CONTROL_OFFICE:
      return zh ? "校防控办" : "control office";
    case reporting::v1::ESCALATION_ROLE_PRINCIPAL:
      return zh ? "校主要负责人" : "principal";
    case reporting::v1::ESCALATION_ROLE_SUPERIOR_OFFICE:
      return zh ? "厅防控办" : "superior office";
    default:
      return "";
  }
}

std::string MonthDay(const google::type::Date& day) {
  return day.month() == 0 ? std::string() : absl::StrFormat("%02d-%02d", day.month(), day.day());
}

}  // namespace lianfang::cli
