// Reading a sample year from its folder.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lianfang/config/v1/sample.pb.h"
#include "services/cli/core/import_folder.h"

namespace lianfang::cli {

struct Sample {
  config::v1::SampleYear year;
  DirectoryFiles directory;
};

// The sample in a folder: its `*.txtpb`, put together in the order of their names, and
// `directory/*.csv`. An error that names the file when one cannot be read or is wrong.
absl::StatusOr<Sample> ReadSample(const std::string& folder);

}  // namespace lianfang::cli
