#include "services/cli/core/pages.h"

#include <algorithm>
#include <cstdint>

#include "lianfang/common/v1/options.pb.h"

namespace lianfang::cli {
namespace {

constexpr int64_t kPageSize = 500;

}  // namespace

int PageSizeOf(const google::protobuf::Descriptor& request) {
  const auto* field = request.FindFieldByName("page_size");
  if (field == nullptr) return kPageSize;
  const auto& limits = field->options().GetExtension(common::v1::limits);
  return static_cast<int>(limits.has_range() ? std::min(kPageSize, limits.max()) : kPageSize);
}

}  // namespace lianfang::cli
