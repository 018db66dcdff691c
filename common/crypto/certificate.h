// X.509 certificates: reading what one says, and making those of a small school, which has no
// authority of its own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace lianfang::crypto {

// What a certificate says.
struct CertificateInfo {
  std::string subject;  // common name
  std::string issuer;   // common name
  std::string serial;   // hexadecimal
  // Subject alternative names, each with its kind: `DNS:…`, `IP:…`, `URI:…`.
  std::vector<std::string> names;
  absl::Time not_before;
  absl::Time not_after;
  bool authority = false;
  bool for_servers = false;  // extended key usage serverAuth
  bool for_clients = false;  // extended key usage clientAuth
};

// All certificates of a PEM file, in its order; at least one. INVALID_ARGUMENT where there is none,
// NOT_FOUND where there is no file.
absl::StatusOr<std::vector<CertificateInfo>> ReadCertificates(const std::string& path);

// OK where the key file, which must not be open to others, holds the private key of the first
// certificate.
absl::Status CheckPair(const std::string& certificate_path, const std::string& key_path);

// PEM texts.
struct CertificateAndKey {
  std::string certificate;
  std::string key;
};

// A new authority that signs leaves only (path length 0), P-256.
absl::StatusOr<CertificateAndKey> MakeAuthority(absl::string_view common_name, absl::Time now,
                                                int days);

// What a leaf is to say.
struct LeafRequest {
  std::string common_name;
  std::vector<std::string> names;  // as in CertificateInfo
  bool for_servers = false;
  bool for_clients = false;
  int days = 0;
};

inline constexpr int kMaxLeafDays = 825;

// OK for a name of one of the kinds above, of sensible form.
absl::Status CheckCertificateName(absl::string_view name);

// A leaf with a new P-256 key, signed by an authority of MakeAuthority. It ends no later than that.
absl::StatusOr<CertificateAndKey> IssueLeaf(const LeafRequest& request,
                                            const CertificateAndKey& authority, absl::Time now);

}  // namespace lianfang::crypto
