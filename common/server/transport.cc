#include "common/server/transport.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/client/address.h"
#include "common/client/limits.h"
#include "common/crypto/certificate.h"
#include "common/obs/log.h"
#include "common/obs/metric_table.h"
#include "common/server/limit_or.h"
#include "common/status/error.h"

namespace lianfang::server {
namespace {

constexpr int kStreams = 256;
constexpr int kHandshakeSeconds = 10;
constexpr int kIdleSeconds = 900;
constexpr int kStreamStallSeconds = 60;
// Headers of a call in all. A token with many units takes 2 KiB.
constexpr int kMaxMetadataBytes = 16 << 10;
// A connection is renewed after this many times the idle time, so that requests that are begun and
// never sent do not stay for good; its calls have this many stalls to end.
constexpr int kAgeInIdleTimes = 2;
constexpr int kGraceInStalls = 5;

absl::Status Wrong(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, absl::StrCat("配置有误：", zh),
                    absl::StrCat("The configuration is wrong: ", en));
}

absl::Status NotUsable(absl::string_view field, const absl::Status& why) {
  return Wrong(field, absl::StrCat(field, "：", why.message()),
               absl::StrCat(field, ": ", why.message()));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> TlsCredentials(
    const config::v1::ServerTls& tls) {
  namespace experimental = grpc::experimental;
  // Looked at before, since the library would start all the same and then refuse whoever calls.
  if (const absl::Status fits = crypto::CheckPair(tls.certificate_file(), tls.key_file());
      !fits.ok()) {
    return NotUsable("tls.certificate_file", fits);
  }
  const bool asks = !tls.client_ca_file().empty();
  if (asks) {
    if (const auto ca = crypto::ReadCertificates(tls.client_ca_file()); !ca.ok()) {
      return NotUsable("tls.client_ca_file", ca.status());
    }
  } else if (tls.require_client_certificate()) {
    return Wrong("tls.client_ca_file", "tls.require_client_certificate 需要 client_ca_file。",
                 "tls.require_client_certificate needs client_ca_file.");
  }
  experimental::TlsServerCredentialsOptions options(
      std::make_shared<experimental::FileWatcherCertificateProvider>(
          tls.key_file(), tls.certificate_file(), tls.client_ca_file(),
          client::kCertificateRefreshSeconds));
  options.watch_identity_key_cert_pairs();
  if (asks) options.watch_root_certs();
  options.set_cert_request_type(tls.require_client_certificate()
                                    ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                : asks ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
                                       : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return experimental::TlsServerCredentials(options);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(
    const config::v1::ServerConfig& config) {
  if (!config.has_client_tls()) {
    for (const auto& upstream : config.upstreams()) {
      if (client::IsLocal(upstream.endpoint())) continue;
      if (!config.allow_plaintext()) {
        return Wrong(
            "client_tls",
            absl::StrCat("上游 ", upstream.service(), " 的地址 ", upstream.endpoint(),
                         " 不在本机，须配置 client_tls，或设 allow_plaintext 明确允许明文。"),
            absl::StrCat("The upstream ", upstream.service(), " at ", upstream.endpoint(),
                         " is not on this machine: set client_tls, or allow_plaintext."));
      }
      obs::Log(obs::Level::kError, "plaintext_allowed",
               {{"calls", upstream.endpoint()},
                {"text", "allow_plaintext: tokens and records travel UNENCRYPTED 明文传输"}});
    }
  }
  if (config.has_tls()) return TlsCredentials(config.tls());
  if (!client::IsLocal(config.listen())) {
    if (!config.allow_plaintext()) {
      return Wrong("tls",
                   absl::StrCat("监听地址 ", config.listen(),
                                " 不限于本机，须配置 tls，或设 allow_plaintext 明确允许明文。"),
                   absl::StrCat("The address ", config.listen(),
                                " is not a loopback address: set tls, or allow_plaintext."));
    }
    obs::Log(obs::Level::kError, "plaintext_allowed",
             {{"listens", config.listen()},
              {"text", "allow_plaintext: tokens and records travel UNENCRYPTED 明文传输"}});
  }
  return grpc::InsecureServerCredentials();
}

absl::StatusOr<std::vector<std::pair<std::string, auth::Machine>>> MachinesOf(
    const config::v1::ServerConfig& config, const config::v1::RolesPolicy& roles) {
  std::set<std::string> known;
  for (const auto& role : roles.roles()) known.insert(role.name());
  std::vector<std::pair<std::string, auth::Machine>> machines;
  std::set<std::string> names;
  for (const auto& machine : config.machines()) {
    const std::string& name = machine.certificate_name();
    if (name.empty() || machine.subject().empty() || machine.units().empty()) {
      return Wrong("machines", "machines 各项须有 certificate_name、subject 与 units。",
                   "each of machines needs certificate_name, subject and units.");
    }
    if (absl::StrContains(machine.subject(), "/persons/")) {
      return Wrong("machines", absl::StrCat("证书 ", name, " 不能代表个人。"),
                   absl::StrCat("the certificate ", name, " cannot stand for a person."));
    }
    if (!names.insert(name).second) {
      return Wrong("machines", absl::StrCat("证书名称重复：", name),
                   absl::StrCat("two machines have the certificate name ", name, "."));
    }
    for (const std::string& role : machine.roles()) {
      if (known.contains(role)) continue;
      return Wrong("machines", absl::StrCat("没有名为 ", role, " 的角色。"),
                   absl::StrCat("there is no role ", role, "."));
    }
    machines.emplace_back(name,
                          auth::Machine{.subject = machine.subject(),
                                        .units = {machine.units().begin(), machine.units().end()},
                                        .roles = {machine.roles().begin(), machine.roles().end()}});
  }
  if (!machines.empty() && config.tls().client_ca_file().empty()) {
    return Wrong("tls.client_ca_file", "machines 需要 tls.client_ca_file。",
                 "machines need tls.client_ca_file.");
  }
  return machines;
}

void LimitConnections(const config::v1::Limits& limits, grpc::ServerBuilder* builder) {
  const int idle = LimitOr(limits.idle_seconds(), kIdleSeconds);
  const int stall = LimitOr(limits.stream_stall_seconds(), kStreamStallSeconds);
  const auto milliseconds = [](int seconds) { return std::min(seconds, 1'000'000) * 1000; };
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              LimitOr(limits.concurrent_streams(), kStreams));
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                              milliseconds(LimitOr(limits.handshake_seconds(), kHandshakeSeconds)));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, milliseconds(idle));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, milliseconds(idle * kAgeInIdleTimes));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                              milliseconds(stall * kGraceInStalls));
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // Counts each call a second time; what is served are the suite's own metrics.
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // Whoever is gone without a word is found out.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, client::kKeepaliveMillis);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, client::kKeepaliveMillis / 2);
  builder->SetMaxReceiveMessageSize(client::kMaxRequestBytes);
}

absl::Duration StreamStall(const config::v1::Limits& limits) {
  return absl::Seconds(LimitOr(limits.stream_stall_seconds(), kStreamStallSeconds));
}

std::shared_ptr<void> WatchCertificates(const config::v1::ServerConfig& config,
                                        obs::Metrics* metrics) {
  std::vector<std::pair<std::string, obs::Gauge*>> files;
  const auto add = [&](const std::string& path, const char* use) {
    if (!path.empty()) {
      files.emplace_back(path, metrics->GetGauge(obs::kCertificateExpiry, {use}));
    }
  };
  add(config.tls().certificate_file(), "server");
  add(config.tls().client_ca_file(), "client_ca");
  add(config.client_tls().certificate_file(), "client");
  add(config.client_tls().ca_file(), "server_ca");
  if (files.empty()) return nullptr;
  return metrics->BeforeRead([files = std::move(files)] {
    for (const auto& [path, gauge] : files) {
      const auto certificates = crypto::ReadCertificates(path);
      // The first is the server's own; of a bundle of authorities the others count as much.
      absl::Time first = absl::InfiniteFuture();
      if (certificates.ok()) {
        for (const auto& certificate : *certificates) {
          first = std::min(first, certificate.not_after);
        }
      }
      gauge->Set(certificates.ok() ? absl::ToUnixSeconds(first) : 0);
    }
  });
}

}  // namespace lianfang::server
