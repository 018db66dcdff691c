#include "common/crypto/key_file.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/new_file.h"
#include "common/crypto/openssl_pieces.h"

namespace lianfang::crypto {
namespace {

constexpr size_t kMaxKeyFileBytes = size_t{16} * 1024;

// Wipes the secret text on every way out.
class Wipe {
 public:
  explicit Wipe(std::string& text) : text_(text) {}
  Wipe(const Wipe&) = delete;
  Wipe& operator=(const Wipe&) = delete;
  ~Wipe() { OPENSSL_cleanse(text_.data(), text_.size()); }

 private:
  std::string& text_;
};

absl::StatusOr<std::string> Content(const BioPtr& bio, bool written) {
  if (!written) {
    ERR_clear_error();
    return absl::InternalError("a key could not be written as PEM");
  }
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(length));
}

absl::StatusOr<SharedKey> LoadPrivateKey(const std::string& path) {
  absl::StatusOr<std::string> pem = ReadKeyFile(path, /*secret=*/true);
  if (!pem.ok()) return pem.status();
  const Wipe wipe(*pem);
  const BioPtr bio = ReadOnlyBio(*pem);
  SharedKey key =
      bio == nullptr ? nullptr
                     : AdoptKey(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no unencrypted private key"));
  }
  return key;
}

}  // namespace

SharedKey AdoptKey(EVP_PKEY* key) {
  return key == nullptr ? nullptr : SharedKey(key, EVP_PKEY_free);
}

absl::StatusOr<std::string> PrivateKeyToPem(const SharedKey& key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  return Content(
      bio, bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr,
                                                           0, nullptr, nullptr) == 1);
}

absl::StatusOr<std::string> PublicKeyToPem(const SharedKey& key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  return Content(bio, bio != nullptr && PEM_write_bio_PUBKEY(bio.get(), key.get()) == 1);
}

absl::StatusOr<SharedKey> PublicKeyFromPem(absl::string_view pem) {
  if (pem.size() > kMaxKeyFileBytes) return absl::InvalidArgumentError("a public key is too long");
  const BioPtr bio = ReadOnlyBio(pem);
  SharedKey key = bio == nullptr
                      ? nullptr
                      : AdoptKey(PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the text holds no public key in PEM");
  }
  return key;
}

bool IsOpenToOthers(mode_t mode, uid_t owner, uid_t reader) {
  const mode_t group = owner == 0 && reader != 0 ? S_IWGRP | S_IXGRP : S_IRWXG;
  return (mode & (group | S_IRWXO)) != 0;
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path, bool secret) {
  // Without O_NONBLOCK a pipe at this path would hold the program up for ever.
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return FileError("cannot open", path);
  // The rules are checked on what was opened, so that nobody can exchange the file in between.
  struct stat info = {};
  if (fstat(fd.get(), &info) != 0) return FileError("cannot inspect", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no regular file"));
  }
  if (secret && IsOpenToOthers(info.st_mode, info.st_uid, geteuid())) {
    return absl::FailedPreconditionError(
        absl::StrCat("the private key ", path,
                     " is open to its group or to others: allow it to its owner only (mode 0600)"));
  }
  std::string text;
  std::array<char, 4096> buffer;
  while (text.size() <= kMaxKeyFileBytes) {
    const ssize_t n = read(fd.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError("cannot read", path);
    if (n == 0) {
      OPENSSL_cleanse(buffer.data(), buffer.size());
      return text;
    }
    text.append(buffer.data(), static_cast<size_t>(n));
  }
  return absl::InvalidArgumentError(absl::StrCat(path, " is too long for a key"));
}

absl::Status CreateKeyFile(const std::string& path, absl::string_view text, RandomSource& random) {
  std::array<uint8_t, 8> suffix;
  if (absl::Status filled = random.Fill(suffix); !filled.ok()) return filled;
  const std::string temporary =
      absl::StrCat(path, ".new-",
                   absl::BytesToHexString(absl::string_view(
                       reinterpret_cast<const char*>(suffix.data()), suffix.size())));
  absl::Status written = WriteNewFile(temporary, text, 0600);
  // link() names the finished file only where the name is still free, which rename() would not
  // mind.
  if (written.ok() && link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    written = FileError("cannot create", path);
  }
  if (!absl::IsAlreadyExists(written)) unlink(temporary.c_str());
  if (!written.ok()) return written;
  return SyncDirectoryOf(path);
}

absl::StatusOr<SharedKey> LoadOrCreateKeyFile(
    const std::string& path, absl::FunctionRef<absl::StatusOr<SharedKey>()> generate,
    RandomSource& random) {
  absl::StatusOr<SharedKey> found = LoadPrivateKey(path);
  if (found.ok() || !absl::IsNotFound(found.status())) return found;

  absl::StatusOr<SharedKey> fresh = generate();
  if (!fresh.ok()) return fresh.status();
  absl::StatusOr<std::string> pem = PrivateKeyToPem(*fresh);
  if (!pem.ok()) return pem.status();
  const Wipe wipe(*pem);
  if (absl::Status created = CreateKeyFile(path, *pem, random); !created.ok()) return created;
  // What is on the disk counts, whichever process won.
  return LoadPrivateKey(path);
}

}  // namespace lianfang::crypto
