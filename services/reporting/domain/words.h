// What people write for the numbers of enumerations, in Chinese.
#pragma once

#include <string>

#include "lianfang/common/v1/types.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"

namespace lianfang::reporting {

// 一级(高), …; 未定级.
std::string LevelWord(int level);
std::string CategoryWord(int category);
std::string LayerWord(int layer);
std::string StageWord(int stage);
std::string FunctionWord(common::v1::PostFunction function);
std::string ColourWord(v1::WarningColour colour);

}  // namespace lianfang::reporting
