#include "services/cli/render/words.h"

#include "absl/time/time.h"

namespace lianfang::cli {

std::string LevelWord(common::v1::RiskLevel level, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (level) {
    case common::v1::RISK_LEVEL_HIGH:
      return zh ? "一级" : "1 high";
    case common::v1::RISK_LEVEL_MEDIUM:
      return zh ? "二级" : "2 medium";
    case common::v1::RISK_LEVEL_LOW:
      return zh ? "三级" : "3 low";
    default:
      return zh ? "未定" : "none yet";
  }
}

std::string CategoryWord(common::v1::RiskCategory category, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (category) {
    case common::v1::RISK_CATEGORY_MORALITY:
      return zh ? "思想道德" : "morality";
    case common::v1::RISK_CATEGORY_POST_DUTY:
      return zh ? "岗位职责" : "post duty";
    case common::v1::RISK_CATEGORY_BUSINESS_PROCESS:
      return zh ? "业务流程" : "business process";
    case common::v1::RISK_CATEGORY_INSTITUTIONAL_MECHANISM:
      return zh ? "制度机制" : "institutional mechanism";
    case common::v1::RISK_CATEGORY_EXTERNAL_ENVIRONMENT:
      return zh ? "外部环境" : "external environment";
    case common::v1::RISK_CATEGORY_RULE_EXECUTION:
      return zh ? "执行制度" : "rule execution";
    case common::v1::RISK_CATEGORY_TEACHING:
      return zh ? "教育教学" : "teaching";
    default:
      return zh ? "未说明" : "not said";
  }
}

std::string LayerWord(common::v1::RiskLayer layer, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (layer) {
    case common::v1::RISK_LAYER_POST:
      return zh ? "岗位" : "post";
    case common::v1::RISK_LAYER_DEPARTMENT:
      return zh ? "科室" : "department";
    case common::v1::RISK_LAYER_UNIT:
      return zh ? "单位" : "unit";
    default:
      return zh ? "未说明" : "not said";
  }
}

std::string StageWord(common::v1::MeasureStage stage, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (stage) {
    case common::v1::MEASURE_STAGE_EARLY_PREVENTION:
      return zh ? "前期预防" : "early prevention";
    case common::v1::MEASURE_STAGE_INTERIM_MONITORING:
      return zh ? "中期监控" : "interim monitoring";
    case common::v1::MEASURE_STAGE_LATER_DISPOSAL:
      return zh ? "后期处置" : "later disposal";
    default:
      return zh ? "未说明" : "not said";
  }
}

std::string MemberStateWord(aggregation::v1::MemberState state, Lang lang) {
  const bool zh = lang == Lang::kZh;
  switch (state) {
    case aggregation::v1::MEMBER_STATE_REGISTERED:
      return zh ? "未抽取" : "never pulled";
    case aggregation::v1::MEMBER_STATE_VERIFIED:
      return zh ? "已核验" : "verified";
    case aggregation::v1::MEMBER_STATE_UNTRUSTED:
      return zh ? "不可信" : "untrusted";
    case aggregation::v1::MEMBER_STATE_UNREACHABLE:
      return zh ? "无法连接" : "unreachable";
    default:
      return zh ? "未说明" : "not said";
  }
}

std::string DayOf(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(time.seconds()), absl::LocalTimeZone());
}

}  // namespace lianfang::cli
