// The unit's volumes of powers and workflow charts: when they can be compiled.
// 「领导小组组织编制单位职权目录」
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lianfang/risk/v1/power.pb.h"

namespace lianfang::risk {

// How far one department is with what the volume is made of.
struct Papers {
  std::string department;    // resource name; the unit's for the leadership
  std::string display_name;  // in Chinese
  bool has_posts = false;    // active posts: such a department hands in, if only a nil return
  bool handed_in = false;    // a form of this year was approved
  int filed = 0;             // records in force
  // Records that are being written, under review or returned, by resource name.
  std::vector<std::string> pending;
  // Powers without a chart in force, by resource name; for the volume of charts only.
  std::vector<std::string> without_chart;
  // Registered risk points that their power's chart does not mark, by resource name of the chart;
  // for the volume of charts only.
  std::map<std::string, std::vector<std::string>> unmarked;
};

// NOT_COMPILABLE, with what is missing in the details.
absl::Status CheckCompilable(risk::v1::VolumeKind kind, const std::vector<Papers>& papers);

// SHA-256 over the items and the departments that have nothing of the kind.
std::string VolumeDigest(const risk::v1::Volume& volume);

}  // namespace lianfang::risk
