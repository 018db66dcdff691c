// Marks risk points and the measures against them when something beneath them changed.
// 「及时调整风险点和风险防控措施」
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/risk/domain/change_rules.h"

namespace lianfang::risk {

// Collects what one change of state touches, then writes it once: a change queries before it
// writes. Points that are on the register and measures that are filed are marked; what is being
// written or reviewed is looked at anyway.
class Marking {
 public:
  explicit Marking(store::WriteTx* tx) : tx_(tx) {}

  // Points whose `column` (`owner` or `power`) has this value, and the measures against them.
  absl::Status Points(absl::string_view column, const std::string& value, const Change& change);
  // One point, by resource name, and the measures against it.
  absl::Status Point(const std::string& name, const Change& change);
  // The measures against a point.
  absl::Status Measures(const std::string& point, const Change& change);
  // One measure, by resource name.
  absl::Status Measure(const std::string& name, const Change& change);

  // Writes what was marked and was not before.
  absl::Status Write();

 private:
  absl::Status MarkPoint(const v1::RiskPoint& point, const Change& change);
  void MarkMeasure(const v1::Measure& measure, const Change& change);

  store::WriteTx* tx_;
  // Touched records by resource name, with whether they changed.
  std::map<std::string, std::pair<v1::RiskPoint, bool>> points_;
  std::map<std::string, std::pair<v1::Measure, bool>> measures_;
};

}  // namespace lianfang::risk
