#include "common/client/transport.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/client/address.h"
#include "common/client/limits.h"
#include "common/crypto/certificate.h"
#include "common/status/error.h"

namespace lianfang::client {
namespace {

absl::Status Wrong(absl::string_view field, const absl::Status& why) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field,
                    absl::StrCat("证书配置有误：", why.message()),
                    absl::StrCat("The certificates are not usable: ", why.message()));
}

}  // namespace

Transport Transport::PlainAnywhere() {
  Transport transport;
  transport.plain_anywhere_ = true;
  return transport;
}

absl::StatusOr<Transport> Transport::Tls(const config::v1::ClientTls& tls) {
  namespace experimental = grpc::experimental;
  // Looked at before, since the library says nothing of files that it cannot use.
  if (!tls.ca_file().empty()) {
    if (const auto ca = crypto::ReadCertificates(tls.ca_file()); !ca.ok()) {
      return Wrong("client_tls.ca_file", ca.status());
    }
  }
  if (tls.certificate_file().empty() != tls.key_file().empty()) {
    return Wrong("client_tls.key_file",
                 absl::InvalidArgumentError("certificate_file and key_file go together"));
  }
  if (!tls.certificate_file().empty()) {
    if (const absl::Status fits = crypto::CheckPair(tls.certificate_file(), tls.key_file());
        !fits.ok()) {
      return Wrong("client_tls.certificate_file", fits);
    }
  }
  experimental::TlsChannelCredentialsOptions options;
  if (!tls.ca_file().empty() || !tls.certificate_file().empty()) {
    options.set_certificate_provider(std::make_shared<experimental::FileWatcherCertificateProvider>(
        tls.key_file(), tls.certificate_file(), tls.ca_file(), kCertificateRefreshSeconds));
    if (!tls.ca_file().empty()) options.watch_root_certs();
    if (!tls.certificate_file().empty()) options.watch_identity_key_cert_pairs();
  }
  Transport transport;
  transport.tls_ = experimental::TlsCredentials(options);
  if (transport.tls_ == nullptr) {
    return Wrong("client_tls", absl::InternalError("the TLS library refuses them"));
  }
  return transport;
}

absl::StatusOr<Transport> Transport::Of(const config::v1::ServerConfig& config) {
  if (config.has_client_tls()) return Tls(config.client_tls());
  return config.allow_plaintext() ? PlainAnywhere() : Transport();
}

absl::Status Transport::MayReach(const std::string& address) const {
  if (tls_ != nullptr || plain_anywhere_ || IsLocal(address)) return absl::OkStatus();
  return ErrorBuilder(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                      absl::StrCat("拒绝以明文访问 ", address,
                                   "：本机以外的地址须配置 TLS，或明确允许明文。"),
                      absl::StrCat("Refused to call ", address,
                                   " in plain text: beyond this machine TLS must be configured, or "
                                   "plain text be allowed."))
      .Meta("address", address);
}

std::shared_ptr<grpc::ChannelCredentials> Transport::CredentialsFor(
    const std::string& address) const {
  if (!MayReach(address).ok()) return nullptr;
  if (tls_ == nullptr || absl::StartsWith(address, "unix:") ||
      absl::StartsWith(address, "unix-abstract:")) {
    return grpc::InsecureChannelCredentials();
  }
  return tls_;
}

}  // namespace lianfang::client
