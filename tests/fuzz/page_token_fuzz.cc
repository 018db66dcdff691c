// Page tokens: one that is taken continues this query, and no other.
#include <string>

#include "common/base/utf8.h"
#include "common/rpc/standard.h"
#include "google/protobuf/stubs/logging.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/fuzz/must.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  static auto* const before = google::protobuf::SetLogHandler(nullptr);
  static_cast<void>(before);
  using fuzz::Must;
  absl::string_view bytes = fuzz::Bytes(data, size);
  risk::v1::ListRiskPointsRequest request;
  request.set_parent("units/u");
  request.set_page_size(static_cast<int>(fuzz::Take(&bytes)));
  request.set_page_token(std::string(bytes));
  const auto read = rpc::ReadPageToken(request);
  if (read.ok() && !bytes.empty()) {
    risk::v1::ListRiskPointsRequest other = request;
    other.set_parent("units/v");
    Must(!rpc::ReadPageToken(other).ok(), "a token was taken for another query");
  }
  // Any position, which is of UTF-8, comes back as it was, and for this query only.
  if (!IsValidUtf8(bytes)) return 0;
  request.set_page_token(rpc::MakePageToken(request, bytes));
  const auto again = rpc::ReadPageToken(request);
  Must(again.ok() && *again == bytes, "a position changed in its token");
  request.set_parent("units/w");
  Must(!rpc::ReadPageToken(request).ok(), "a token of ours was taken for another query");
  return 0;
}
