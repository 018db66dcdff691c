// The values of the API in the words of the scheme, and in English.
#pragma once

#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/common/v1/types.pb.h"
#include "services/cli/term/lang.h"

namespace lianfang::cli {

// `一级`, `1 high`; `未定` for none.
std::string LevelWord(common::v1::RiskLevel level, Lang lang);
std::string CategoryWord(common::v1::RiskCategory category, Lang lang);
std::string LayerWord(common::v1::RiskLayer layer, Lang lang);
std::string StageWord(common::v1::MeasureStage stage, Lang lang);
std::string MemberStateWord(aggregation::v1::MemberState state, Lang lang);

// `2026-06-25` in the machine's time zone; empty for no time.
std::string DayOf(const google::protobuf::Timestamp& time);

}  // namespace lianfang::cli
