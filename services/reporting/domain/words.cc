#include "services/reporting/domain/words.h"

#include <iterator>

#include "common/document/form_words.h"

namespace lianfang::reporting {
namespace {

template <size_t N>
std::string At(const char* const (&words)[N], int number) {
  return number >= 0 && static_cast<size_t>(number) < N ? words[number] : std::to_string(number);
}

}  // namespace

std::string LevelWord(int level) {
  static constexpr const char* kWords[] = {"未定级", "一级（高）", "二级（中）", "三级（低）"};
  return At(kWords, level);
}

std::string CategoryWord(int category) {
  if (category == common::v1::RISK_CATEGORY_UNSPECIFIED) return "未分类";
  return document::WordOf(static_cast<common::v1::RiskCategory>(category));
}

std::string LayerWord(int layer) {
  static constexpr const char* kWords[] = {"未分层", "岗位", "科室", "单位"};
  static_assert(std::size(kWords) == common::v1::RiskLayer_ARRAYSIZE);
  return At(kWords, layer);
}

std::string StageWord(int stage) {
  static constexpr const char* kWords[] = {"未分阶段", "前期预防", "中期监控", "后期处置"};
  static_assert(std::size(kWords) == common::v1::MeasureStage_ARRAYSIZE);
  return At(kWords, stage);
}

std::string FunctionWord(common::v1::PostFunction function) {
  static constexpr const char* kWords[] = {
      "未说明",       "执法权",       "投资决策权", "财务",
      "物资采购",     "基建维修",     "工程招投标", "重要项目管理",
      "工程建设基建", "招生",         "招聘",       "与教职工教育教学生活密切相关",
      "一般经济管理", "社会事务管理", "公共服务"};
  static_assert(std::size(kWords) == common::v1::PostFunction_ARRAYSIZE);
  return At(kWords, function);
}

std::string ColourWord(v1::WarningColour colour) {
  static constexpr const char* kWords[] = {"无", "黄色", "橙色", "红色"};
  static_assert(std::size(kWords) == v1::WarningColour_ARRAYSIZE);
  return At(kWords, colour);
}

}  // namespace lianfang::reporting
