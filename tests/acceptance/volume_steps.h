// Handing in what the unit's volumes are made of, and compiling them.
#pragma once

#include <set>
#include <string>

#include "tests/acceptance/fails_at.h"
#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {

// A year in which one of the two volumes is compiled.
class VolumeTest : public YearTest {
 protected:
  VolumeTest(risk::v1::VolumeKind volume, risk::v1::SubmissionKind form)
      : volume_(volume), form_(form) {}

  absl::StatusOr<risk::v1::Submission> HandInForm(client::Client& client,
                                                  const std::string& department,
                                                  bool nil_return = false) {
    return HandIn(client, form_, Department(department), nil_return);
  }
  absl::StatusOr<risk::v1::Volume> Compile(client::Client& client) {
    risk::v1::CompileVolumeRequest request;
    request.set_kind(volume_);
    request.set_year(kYear);
    auto response = Call(client, &RiskStub::CompileVolume, request);
    if (!response.ok()) return response.status();
    return response->volume();
  }
  // What the volume still lacks, as the refusal lists it.
  std::set<std::string> Missing() {
    const auto refused = Compile(secretary());
    EXPECT_THAT(refused, FailsWith(common::v1::ERROR_REASON_NOT_COMPILABLE));
    std::set<std::string> names;
    for (const auto& [name, text] : FieldsAtFault(refused.status())) names.insert(name);
    return names;
  }

 private:
  const risk::v1::VolumeKind volume_;
  const risk::v1::SubmissionKind form_;
};

}  // namespace lianfang::acceptance
