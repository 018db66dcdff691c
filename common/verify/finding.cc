#include "common/verify/finding.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "common/crypto/sha256.h"

namespace lianfang::verify {
namespace {

constexpr size_t kDigestShown = 12;
constexpr size_t kNameShown = 200;

}  // namespace

void Findings::Add(Finding finding) {
  ++count_;
  if (kept_.size() < most_) kept_.push_back(std::move(finding));
}

std::string Shown(absl::string_view bytes) {
  if (bytes.empty()) return "0 B";
  const std::string digest = absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(bytes)));
  return absl::StrCat(bytes.size(), " B sha256:", digest.substr(0, kDigestShown));
}

std::string ShownName(absl::string_view name) {
  if (name.empty()) return "\"\"";
  if (name.size() > kNameShown || !IsValidUtf8(name)) return Shown(name);
  return Printable(name);
}

}  // namespace lianfang::verify
