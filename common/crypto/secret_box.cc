#include "common/crypto/secret_box.h"

#include <sodium.h>

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/key_file.h"
#include "common/crypto/raw_bytes.h"

namespace lianfang::crypto {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

absl::Status NotSealed() {
  return absl::InvalidArgumentError("what is kept in secret was not sealed with this key");
}

}  // namespace

// One key a use, derived of the file's.
struct SecretBox::Keys {
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> seal{};
  std::array<unsigned char, crypto_auth_hmacsha512256_KEYBYTES> mac{};

  ~Keys() {
    sodium_memzero(seal.data(), seal.size());
    sodium_memzero(mac.data(), mac.size());
  }
};

absl::StatusOr<SecretBox> SecretBox::LoadOrCreate(const std::string& path, RandomSource& random) {
  if (sodium_init() < 0) return absl::UnavailableError("the library for secrets does not start");
  absl::StatusOr<std::string> text = ReadKeyFile(path, /*secret=*/true);
  if (absl::IsNotFound(text.status())) {
    std::string fresh(kKeyBytes, '\0');
    const absl::Status filled =
        random.Fill(std::span(reinterpret_cast<uint8_t*>(fresh.data()), fresh.size()));
    if (!filled.ok()) return filled;
    const absl::Status created =
        CreateKeyFile(path, absl::StrCat(absl::Base64Escape(fresh), "\n"), random);
    sodium_memzero(fresh.data(), fresh.size());
    if (!created.ok()) return created;
    text = ReadKeyFile(path, /*secret=*/true);
  }
  if (!text.ok()) return text.status();
  std::string key;
  if (!absl::Base64Unescape(absl::StripAsciiWhitespace(*text), &key) || key.size() != kKeyBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " holds no key of ", kKeyBytes, " bytes in Base64"));
  }
  auto keys = std::make_shared<Keys>();
  crypto_generichash(keys->seal.data(), keys->seal.size(), Bytes("seal"), 4, Bytes(key),
                     key.size());
  crypto_generichash(keys->mac.data(), keys->mac.size(), Bytes("mac"), 3, Bytes(key), key.size());
  sodium_memzero(key.data(), key.size());
  sodium_memzero(text->data(), text->size());
  return SecretBox(std::move(keys));
}

absl::StatusOr<std::string> SecretBox::Seal(absl::string_view text, absl::string_view purpose,
                                            RandomSource& random) const {
  std::string sealed(kNonceBytes + text.size() + kTagBytes, '\0');
  const absl::Status filled =
      random.Fill(std::span(reinterpret_cast<uint8_t*>(sealed.data()), kNonceBytes));
  if (!filled.ok()) return filled;
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed) + kNonceBytes, nullptr, Bytes(text),
                                             text.size(), Bytes(purpose), purpose.size(), nullptr,
                                             Bytes(sealed), keys_->seal.data());
  return sealed;
}

absl::StatusOr<std::string> SecretBox::Open(absl::string_view sealed,
                                            absl::string_view purpose) const {
  if (sealed.size() < kNonceBytes + kTagBytes) return NotSealed();
  const absl::string_view body = sealed.substr(kNonceBytes);
  std::string text(body.size() - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(Bytes(text), nullptr, nullptr, Bytes(body),
                                                 body.size(), Bytes(purpose), purpose.size(),
                                                 Bytes(sealed), keys_->seal.data()) != 0) {
    return NotSealed();
  }
  return text;
}

std::string SecretBox::Mac(absl::string_view text) const {
  std::string mac(crypto_auth_hmacsha512256_BYTES, '\0');
  crypto_auth_hmacsha512256(Bytes(mac), Bytes(text), text.size(), keys_->mac.data());
  return mac;
}

}  // namespace lianfang::crypto
