#include "common/crypto/certificate.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/key_file.h"
#include "common/crypto/new_file.h"
#include "common/crypto/openssl_pieces.h"

namespace lianfang::crypto {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 20;
constexpr size_t kMaxCertificates = 1024;
constexpr int kSerialBytes = 16;
// Clocks of others may be behind.
constexpr absl::Duration kBackdate = absl::Minutes(5);

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using CertificatePtr = std::unique_ptr<X509, Deleter<X509, X509_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION, X509_EXTENSION_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES, GENERAL_NAMES_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BIGNUM, BN_free>>;

absl::Status Failed(absl::string_view what) {
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("the crypto library failed to ", what));
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return FileError("cannot read", path);
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is too large"));
  }
  return text;
}

absl::StatusOr<std::vector<CertificatePtr>> Parse(const std::string& text,
                                                  const std::string& path) {
  const BioPtr bio = ReadOnlyBio(text);
  std::vector<CertificatePtr> certificates;
  while (bio != nullptr && certificates.size() < kMaxCertificates) {
    CertificatePtr next(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
    if (next == nullptr) break;
    certificates.push_back(std::move(next));
  }
  ERR_clear_error();
  if (certificates.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no certificate in PEM form"));
  }
  return certificates;
}

SharedKey ParseKey(const std::string& pem) {
  const BioPtr bio = ReadOnlyBio(pem);
  SharedKey key =
      bio == nullptr ? nullptr
                     : AdoptKey(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

std::string CommonName(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return "";
  unsigned char* utf8 = nullptr;
  const int length =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (length < 0) return "";
  std::string text(reinterpret_cast<char*>(utf8), static_cast<size_t>(length));
  OPENSSL_free(utf8);
  return text;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string TextOf(const ASN1_STRING* text) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<size_t>(ASN1_STRING_length(text)));
}

std::vector<std::string> NamesOf(X509* certificate) {
  std::vector<std::string> all;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) all.push_back(absl::StrCat("DNS:", TextOf(name->d.dNSName)));
    if (name->type == GEN_URI) {
      all.push_back(absl::StrCat("URI:", TextOf(name->d.uniformResourceIdentifier)));
    }
    if (name->type == GEN_IPADD) {
      const std::string bytes = TextOf(name->d.iPAddress);
      std::array<char, INET6_ADDRSTRLEN> text{};
      const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
      if ((bytes.size() == 4 || bytes.size() == 16) &&
          inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr) {
        all.push_back(absl::StrCat("IP:", text.data()));
      }
    }
  }
  return all;
}

CertificateInfo Describe(X509* certificate) {
  CertificateInfo info;
  info.subject = CommonName(X509_get_subject_name(certificate));
  info.issuer = CommonName(X509_get_issuer_name(certificate));
  if (const NumberPtr serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
      serial != nullptr) {
    char* hex = BN_bn2hex(serial.get());
    if (hex != nullptr) info.serial = absl::AsciiStrToLower(hex);
    OPENSSL_free(hex);
  }
  info.names = NamesOf(certificate);
  info.not_before = TimeOf(X509_get0_notBefore(certificate));
  info.not_after = TimeOf(X509_get0_notAfter(certificate));
  info.authority = X509_check_ca(certificate) == 1;
  const uint32_t usage = X509_get_extended_key_usage(certificate);
  const bool any = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) == 0;
  info.for_servers = any || (usage & XKU_SSL_SERVER) != 0;
  info.for_clients = any || (usage & XKU_SSL_CLIENT) != 0;
  ERR_clear_error();
  return info;
}

bool SetTime(ASN1_TIME* to, absl::Time time) {
  return ASN1_TIME_set(to, absl::ToTimeT(time)) != nullptr;
}

bool SetSerial(X509* certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7F) | 0x40);  // positive, of full length
  const NumberPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetCommonName(X509_NAME* name, absl::string_view text) {
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

bool Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

absl::StatusOr<CertificatePtr> Begin(const SharedKey& key, absl::string_view common_name,
                                     absl::Time now, absl::Time end) {
  if (key == nullptr) return Failed("make a key");
  CertificatePtr certificate(X509_new());
  if (certificate == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !SetSerial(certificate.get()) ||
      !SetTime(X509_getm_notBefore(certificate.get()), now - kBackdate) ||
      !SetTime(X509_getm_notAfter(certificate.get()), end) ||
      X509_set_pubkey(certificate.get(), key.get()) != 1 ||
      !SetCommonName(X509_get_subject_name(certificate.get()), common_name)) {
    return Failed("make a certificate");
  }
  return certificate;
}

absl::StatusOr<CertificateAndKey> Sign(X509* certificate, const SharedKey& key,
                                       const SharedKey& signer) {
  if (X509_sign(certificate, signer.get(), EVP_sha256()) == 0) return Failed("sign a certificate");
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), certificate) != 1) {
    return Failed("write a certificate");
  }
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  CertificateAndKey made;
  made.certificate.assign(data, static_cast<size_t>(length));
  auto pem = PrivateKeyToPem(key);
  if (!pem.ok()) return pem.status();
  made.key = *std::move(pem);
  return made;
}

SharedKey NewKey() { return AdoptKey(EVP_EC_gen(SN_X9_62_prime256v1)); }

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._~/:%@", c);
}

absl::Status CheckCommonName(absl::string_view name) {
  const bool fine =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isprint(static_cast<unsigned char>(c));
      });
  return fine ? absl::OkStatus()
              : absl::InvalidArgumentError("a common name is 1 to 64 printable ASCII characters");
}

}  // namespace

absl::StatusOr<std::vector<CertificateInfo>> ReadCertificates(const std::string& path) {
  auto text = ReadText(path);
  if (!text.ok()) return text.status();
  const auto certificates = Parse(*text, path);
  if (!certificates.ok()) return certificates.status();
  std::vector<CertificateInfo> all;
  all.reserve(certificates->size());
  for (const CertificatePtr& certificate : *certificates) {
    all.push_back(Describe(certificate.get()));
  }
  return all;
}

absl::Status CheckPair(const std::string& certificate_path, const std::string& key_path) {
  auto text = ReadText(certificate_path);
  if (!text.ok()) return text.status();
  const auto certificates = Parse(*text, certificate_path);
  if (!certificates.ok()) return certificates.status();
  auto pem = ReadKeyFile(key_path, /*secret=*/true);
  if (!pem.ok()) return pem.status();
  const SharedKey key = ParseKey(*pem);
  OPENSSL_cleanse(pem->data(), pem->size());
  if (key == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(key_path, " holds no unencrypted private key"));
  }
  const bool fits = X509_check_private_key((*certificates)[0].get(), key.get()) == 1;
  ERR_clear_error();
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(key_path, " is not the key of ", certificate_path));
}

absl::StatusOr<CertificateAndKey> MakeAuthority(absl::string_view common_name, absl::Time now,
                                                int days) {
  if (absl::Status fine = CheckCommonName(common_name); !fine.ok()) return fine;
  if (days < 1 || days > 36'500) return absl::InvalidArgumentError("days: 1 to 36500");
  const SharedKey key = NewKey();
  auto begun = Begin(key, common_name, now, now + absl::Hours(24) * days);
  if (!begun.ok()) return begun.status();
  X509* certificate = begun->get();
  if (!SetCommonName(X509_get_issuer_name(certificate), common_name) ||
      !Extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !Extend(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !Extend(certificate, certificate, NID_subject_key_identifier, "hash")) {
    return Failed("make an authority");
  }
  return Sign(certificate, key, key);
}

absl::Status CheckCertificateName(absl::string_view name) {
  const absl::Status wrong = absl::InvalidArgumentError(
      absl::StrCat("not a name of a certificate: ", name,
                   " (DNS:host, IP:address or URI:scheme://path, at most 255 characters)"));
  if (name.size() > 255 || !std::all_of(name.begin(), name.end(), IsNameCharacter)) return wrong;
  if (absl::ConsumePrefix(&name, "DNS:")) {
    return name.empty() || absl::StrContains(name, '/') || absl::StrContains(name, ':')
               ? wrong
               : absl::OkStatus();
  }
  if (absl::ConsumePrefix(&name, "URI:")) {
    const size_t scheme = name.find("://");
    return scheme == 0 || scheme == absl::string_view::npos || scheme + 3 == name.size()
               ? wrong
               : absl::OkStatus();
  }
  if (absl::ConsumePrefix(&name, "IP:")) {
    std::array<unsigned char, 16> bytes{};
    const std::string text(name);
    return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
                   inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1
               ? absl::OkStatus()
               : wrong;
  }
  return wrong;
}

absl::StatusOr<CertificateAndKey> IssueLeaf(const LeafRequest& request,
                                            const CertificateAndKey& authority, absl::Time now) {
  if (absl::Status fine = CheckCommonName(request.common_name); !fine.ok()) return fine;
  if (request.names.empty() || request.names.size() > 32) {
    return absl::InvalidArgumentError("a leaf has 1 to 32 names");
  }
  for (const std::string& name : request.names) {
    if (absl::Status fine = CheckCertificateName(name); !fine.ok()) return fine;
  }
  if (request.days < 1 || request.days > kMaxLeafDays) {
    return absl::InvalidArgumentError(absl::StrCat("days: 1 to ", kMaxLeafDays));
  }
  if (!request.for_servers && !request.for_clients) {
    return absl::InvalidArgumentError("a leaf is for servers, for clients or for both");
  }
  const auto issuers = Parse(authority.certificate, "the authority's certificate");
  if (!issuers.ok()) return issuers.status();
  X509* issuer = (*issuers)[0].get();
  const SharedKey signer = ParseKey(authority.key);
  if (signer == nullptr || X509_check_private_key(issuer, signer.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the authority's key is not that of its certificate");
  }
  if (X509_check_ca(issuer) != 1) {
    return absl::InvalidArgumentError("the authority's certificate is none of an authority");
  }
  const absl::Time last = TimeOf(X509_get0_notAfter(issuer));
  if (last <= now) return absl::FailedPreconditionError("the authority's certificate has expired");
  const absl::Time end = std::min(now + absl::Hours(24) * request.days, last);
  const SharedKey key = NewKey();
  auto begun = Begin(key, request.common_name, now, end);
  if (!begun.ok()) return begun.status();
  X509* certificate = begun->get();
  std::vector<std::string> usages;
  if (request.for_servers) usages.emplace_back("serverAuth");
  if (request.for_clients) usages.emplace_back("clientAuth");
  if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1 ||
      !Extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
      !Extend(certificate, issuer, NID_key_usage, "critical,digitalSignature") ||
      !Extend(certificate, issuer, NID_ext_key_usage, absl::StrJoin(usages, ",")) ||
      !Extend(certificate, issuer, NID_subject_key_identifier, "hash") ||
      !Extend(certificate, issuer, NID_authority_key_identifier, "keyid:always") ||
      !Extend(certificate, issuer, NID_subject_alt_name, absl::StrJoin(request.names, ","))) {
    return Failed("make a leaf");
  }
  return Sign(certificate, key, signer);
}

}  // namespace lianfang::crypto
