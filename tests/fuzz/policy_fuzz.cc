// Configurations and policies in text form: read, checked, and what was read reads the same again.
// The first byte chooses the message.
#include <memory>
#include <string>

#include "common/message/text_proto.h"
#include "common/policy/check.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/text_format.h"
#include "tests/fuzz/must.h"

namespace lianfang {
namespace {

template <class T>
void Check(const std::string& text, absl::Status (*check)(const T&)) {
  T policy;
  if (!message::ParseTextProto(text, &policy).empty()) return;
  if (check != nullptr) static_cast<void>(check(policy));
  std::string written;
  fuzz::Must(google::protobuf::TextFormat::PrintToString(policy, &written), "cannot be written");
  T again;
  // Text that is not UTF-8 is not written as it was.
  if (!message::ParseTextProto(written, &again).empty()) return;
  fuzz::Must(again.SerializeAsString().size() == policy.SerializeAsString().size(),
             "a policy changes by being written");
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  static auto* const before = google::protobuf::SetLogHandler(nullptr);
  static_cast<void>(before);
  absl::string_view bytes = fuzz::Bytes(data, size);
  const unsigned kind = fuzz::Take(&bytes) % 7;
  const std::string text(bytes);
  switch (kind) {
    case 0:
      Check<grading::v1::GradingPolicy>(text, policy::CheckGrading);
      break;
    case 1:
      Check<config::v1::RoutesPolicy>(text, policy::CheckRoutes);
      break;
    case 2:
      Check<config::v1::LettersPolicy>(text, policy::CheckLetters);
      break;
    case 3:
      Check<config::v1::RolesPolicy>(text, policy::CheckRoles);
      break;
    case 4:
      Check<config::v1::CampaignTemplate>(text, policy::CheckCampaign);
      break;
    case 5:
      Check<config::v1::WarningsPolicy>(text, policy::CheckWarnings);
      break;
    default:
      Check<config::v1::ServerConfig>(text, nullptr);
  }
  return 0;
}
