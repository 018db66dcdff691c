// Which reasons the API says a method may answer with: read out of the comments of the .proto
// files, so that what callers are told and what the services do cannot drift apart.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "lianfang/common/v1/errors.pb.h"

namespace lianfang::model {

class Documented {
 public:
  // Reads every .proto below a folder.
  explicit Documented(const std::string& folder);

  // Whether a method (`lianfang.risk.v1.RiskService.SubmitSelfCheck`) may answer with the reason:
  // its comment says `Errors: …` with it, or every change may: the caller's permission, the limits
  // that stand beside the fields, a request_id used twice, and a record that is not there.
  bool Allows(const std::string& method, common::v1::ErrorReason reason) const;

  size_t size() const { return reasons_.size(); }

 private:
  void Read(const std::string& path);

  std::map<std::string, std::set<std::string>> reasons_;  // method → names without the prefix
};

}  // namespace lianfang::model
