#include "common/server/server.h"

#include <grpc/support/log.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/audit/recorder.h"
#include "common/auth/authenticator.h"
#include "common/client/limits.h"
#include "common/directory/account_access.h"
#include "common/directory/directory_kinds.h"
#include "common/follow/follower.h"
#include "common/obs/log.h"
#include "common/obs/metric_table.h"
#include "common/obs/metrics_server.h"
#include "common/obs/process_metrics.h"
#include "common/obs/trace.h"
#include "common/server/audit_handler.h"
#include "common/server/call_limiter.h"
#include "common/server/cosignature_handler.h"
#include "common/server/erasure_handler.h"
#include "common/server/folder_lock.h"
#include "common/server/head_hub.h"
#include "common/server/health.h"
#include "common/server/ledger_handler.h"
#include "common/server/limit_or.h"
#include "common/server/neighbours.h"
#include "common/server/random_ids.h"
#include "common/server/reflection.h"
#include "common/server/storage.h"
#include "common/server/token_mint.h"
#include "common/server/transport.h"
#include "common/sql/migrate.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "grpcpp/health_check_service_interface.h"

namespace lianfang::server {
namespace {

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_STORAGE_FULL,
                   absl::StrCat("无法创建数据文件夹 ", path, "：", std::strerror(errno)),
                   absl::StrCat("Cannot make the data folder ", path, ": ", std::strerror(errno)));
}

// Threads for jobs that wait for others.
constexpr int kBackgroundThreads = 2;

// The libraries' own messages go to our log: one form of lines, and nothing of a request's text.
void CaptureLibraryLogs() {
  static const bool once = [] {
    google::protobuf::SetLogHandler(nullptr);
    gpr_set_log_function([](gpr_log_func_args* args) {
      obs::Log(args->severity == GPR_LOG_SEVERITY_ERROR ? obs::Level::kInfo : obs::Level::kDebug,
               "grpc", {{"text", args->message}});
    });
    return true;
  }();
  static_cast<void>(once);
}

struct Hosted {
  rpc::Service service;
  HeadHub hub;
  std::map<std::string, std::unique_ptr<client::Client>> clients;
  std::vector<std::unique_ptr<follow::Follower>> followers;
  std::vector<Readiness::Measure> measures;
  std::vector<const store::RecordKind*> kinds;
  std::vector<const store::RecordKind*> derived;
};

class ServerImpl final : public Server {
 public:
  ~ServerImpl() override { Shutdown(absl::Seconds(5)); }

  absl::Status Init(const config::v1::ServerConfig& config, const std::vector<ModuleSpec>& modules,
                    const Sources& sources) {
    CaptureLibraryLogs();
    config_ = config;
    clock_ = sources.clock != nullptr ? sources.clock : &system_clock_;
    ids_ = sources.ids != nullptr ? sources.ids : &random_ids_;
    LF_ASSIGN_OR_RETURN(credentials_, CredentialsOf(config_));
    LF_ASSIGN_OR_RETURN(transport_, client::Transport::Of(config_));
    LF_RETURN_IF_ERROR(MakeFolder(config_.data_dir()));
    LF_ASSIGN_OR_RETURN(folder_lock_,
                        FolderLock::Take(config_.data_dir(), FolderLock::Use::kServe));
    LF_RETURN_IF_ERROR(MakeFolder(absl::StrCat(config_.data_dir(), "/keys")));
    LF_ASSIGN_OR_RETURN(policies_, policy::Load(config_.policy_dir()));
    LF_ASSIGN_OR_RETURN(const auto machines, MachinesOf(config_, policies_.roles));
    access_.SetMachines("configuration", machines);
    LF_ASSIGN_OR_RETURN(const auto token_key,
                        crypto::EcPrivateKey::LoadOrCreate(TokenKeyPath(config_)));
    LF_ASSIGN_OR_RETURN(auto signer, auth::TokenSigner::FromKey(token_key));
    signer_.emplace(std::move(signer));
    LF_ASSIGN_OR_RETURN(auto ledger_key, LoadLedgerKey(LedgerKeyPath(config_)));
    ledger_key_.emplace(std::move(ledger_key));
    LF_ASSIGN_OR_RETURN(const std::string public_pem, token_key.PublicPem());
    LF_ASSIGN_OR_RETURN(auto verifier, auth::TokenVerifier::FromPublicPem(public_pem));
    permissions_ = std::make_unique<auth::PermissionTable>(policies_.roles);
    authenticator_ = std::make_unique<auth::Authenticator>(std::move(verifier), permissions_.get(),
                                                           clock_, &access_);
    reads_ = std::make_unique<rpc::ReadPool>(
        rpc::ReadPool::Options{.threads = LimitOr(config_.limits().read_threads(), 4),
                               .queue = LimitOr(config_.limits().read_queue(), 1024),
                               .metrics = &metrics_,
                               .name = "read"});
    background_ = std::make_unique<rpc::ReadPool>(rpc::ReadPool::Options{
        .threads = kBackgroundThreads, .queue = 1024, .metrics = &metrics_, .name = "background"});
    uint64_t seed = 0;
    LF_RETURN_IF_ERROR(
        crypto::SystemRandom().Fill(std::span(reinterpret_cast<uint8_t*>(&seed), sizeof(seed))));
    traces_.emplace(seed);
    limiter_.emplace(config_.limits());
    watch_.emplace(StreamStall(config_.limits()),
                   [cut = metrics_.GetCounter(obs::kStreamsCut)] { cut->Add(); });
    audit_ = std::make_unique<audit::Recorder>(clock_, ids_);
    registry_ = std::make_unique<rpc::Registry>(rpc::Registry::Environment{
        .authenticator = authenticator_.get(),
        .permissions = permissions_.get(),
        .reads = reads_.get(),
        .clock = clock_,
        .metrics = &metrics_,
        .traces = &*traces_,
        .limiter = &*limiter_,
        .audit = audit_.get(),
        .watch = &*watch_,
        .default_deadline =
            absl::Seconds(LimitOr(config_.limits().default_deadline_seconds(), 30))});
    // Where this process finds itself, before it knows its port.
    local_ = absl::StrCat("unix-abstract:lianfang-", ids_->NewId(), random_ids_.NewId());

    const std::set<std::string> wanted(config_.modules().begin(), config_.modules().end());
    for (const ModuleSpec& module : modules) {
      if (wanted.empty() || wanted.contains(module.name)) LF_RETURN_IF_ERROR(Open(module));
    }
    for (const std::string& name : wanted) {
      if (!hosted_.contains(name)) {
        return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                         absl::StrCat("没有名为 ", name, " 的服务。"),
                         absl::StrCat("There is no service ", name, "."));
      }
    }
    for (const ModuleSpec& module : modules) {
      if (!hosted_.contains(module.name)) continue;
      // Kept: handlers may hold on to it.
      auto context = std::make_unique<Context>(this, hosted_.at(module.name).get());
      LF_RETURN_IF_ERROR(module.wire(*context));
      LF_RETURN_IF_ERROR(context->status());
      contexts_.push_back(std::move(context));
    }
    std::map<std::string, HostedLedger>& ledgers = ledgers_;
    for (auto& [name, hosted] : hosted_) {
      ledgers[name] = {&hosted->service, &hosted->hub, hosted->kinds};
    }
    RegisterLedgerService(*registry_, ledgers, *ledger_key_);
    RegisterErasure(*registry_, ledgers);
    RegisterCosignatures(*registry_, ledgers, *ledger_key_);
    RegisterAudit(*registry_, ledgers);
    for (auto& [name, hosted] : hosted_) LF_RETURN_IF_ERROR(hosted->service.writer->Start());
    std::map<std::string, rpc::Service*> services;
    for (auto& [name, hosted] : hosted_) services[name] = &hosted->service;
    audit_->Start(std::move(services));
    LF_RETURN_IF_ERROR(Listen(sources.beside));
    LF_RETURN_IF_ERROR(Observe());
    for (auto& [name, hosted] : hosted_) {
      for (auto& follower : hosted->followers) follower->Start();
    }
    neighbours_.emplace(clock_, &access_);
    neighbours_->Start(SharedServices());
    health_->Start();
    return absl::OkStatus();
  }

  const std::string& address() const override { return address_; }
  std::string metrics_address() const override {
    return metrics_server_ == nullptr ? "" : metrics_server_->address();
  }
  const auth::TokenSigner& signer() const override { return *signer_; }

  absl::StatusOr<std::string> VerifierKey(absl::string_view unit_id,
                                          absl::string_view service) const override {
    LF_ASSIGN_OR_RETURN(
        const auto signer,
        ledger::NoteSigner::Create(store::LedgerOrigin(unit_id, service), ledger_key_->key));
    return signer.verifier().ToString();
  }

  void Drain() override {
    if (health_ != nullptr) health_->StopTelling();
    if (server_ == nullptr) return;
    if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(false);
  }

  void Shutdown(absl::Duration grace) override {
    if (stopped_) return;
    stopped_ = true;
    Drain();
    if (neighbours_) neighbours_->Stop();
    for (auto& [name, hosted] : hosted_) {
      for (auto& follower : hosted->followers) follower->Stop();
    }
    for (auto& [name, hosted] : hosted_) hosted->hub.Close();
    for (const auto& stop : on_shutdown_) stop();
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(grace));
    }
    metrics_server_.reset();
    if (health_ != nullptr) health_->Stop();
    if (background_ != nullptr) background_->Stop();
    // All calls have ended; what is left of them is written now.
    if (audit_ != nullptr) audit_->Stop();
    for (auto& [name, hosted] : hosted_) {
      if (hosted->service.writer != nullptr) hosted->service.writer->Stop();
    }
    if (reads_ != nullptr) reads_->Stop();
  }

 private:
  class Context final : public ModuleContext {
   public:
    Context(ServerImpl* server, Hosted* hosted) : server_(server), hosted_(hosted) {}
    rpc::Registry& registry() override { return *server_->registry_; }
    rpc::Service& service() override { return hosted_->service; }
    const Clock& clock() const override { return *server_->clock_; }
    IdSource& ids() override { return *server_->ids_; }
    const policy::Policies& policies() const override { return server_->policies_; }
    auth::AccessState& access() override { return server_->access_; }
    const auth::TokenSigner& signer() const override { return *server_->signer_; }
    const config::v1::ServerConfig& config() const override { return server_->config_; }
    const crypto::Ed25519PrivateKey& ledger_key() const override {
      return server_->ledger_key_->key;
    }
    const std::vector<std::string>& key_handovers() const override {
      return server_->ledger_key_->handovers;
    }
    client::Client& Upstream(absl::string_view service) override {
      auto& client = hosted_->clients[std::string(service)];
      if (client == nullptr) {
        client = std::make_unique<client::Client>(
            client::MakeChannel(Endpoint(service), server_->transport_),
            ServiceTokens(*server_->signer_, server_->clock_, &server_->random_ids_,
                          absl::StrCat("services/", hosted_->service.name), "service"));
      }
      return *client;
    }
    bool HasUpstream(absl::string_view service) const override {
      if (server_->hosted_.contains(std::string(service))) return true;
      const auto& upstreams = server_->config_.upstreams();
      return std::any_of(upstreams.begin(), upstreams.end(),
                         [&](const auto& upstream) { return upstream.service() == service; });
    }
    void Follow(absl::string_view service, Apply apply) override {
      if (service == "personnel") apply = TellingAccess(std::move(apply), &server_->access_);
      hosted_->followers.push_back(std::make_unique<follow::Follower>(
          &hosted_->service, std::string(service), &Upstream(service), std::move(apply),
          !server_->hosted_.contains(std::string(service)), hosted_->derived));
      hosted_->service.upstreams[std::string(service)] = hosted_->followers.back().get();
    }
    obs::Metrics& metrics() override { return server_->metrics_; }
    void Measure(Readiness::Measure measure) override {
      hosted_->measures.push_back(std::move(measure));
    }
    void RunInBackground(std::function<void()> job) override {
      server_->background_->Submit("", absl::InfiniteFuture(),
                                   [job = std::move(job)](const absl::Status&) { job(); });
    }
    void OnShutdown(std::function<void()> stop) override {
      server_->on_shutdown_.push_back(std::move(stop));
    }
    const absl::Status& status() const { return status_; }

   private:
    // Also tells the process what entries of personnel's ledger say of accounts. That they stand
    // there is settled, whatever becomes of them here.
    static Apply TellingAccess(Apply apply, auth::AccessState* access) {
      return [apply = std::move(apply), access](
                 store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                 const ledger::v1::EntryContent& content) -> absl::Status {
        directory::TellAccess(content, directory::EntryTime(header), access);
        return apply(tx, header, content);
      };
    }

    std::string Endpoint(absl::string_view service) {
      if (server_->hosted_.contains(std::string(service))) return server_->local_;
      for (const auto& upstream : server_->config_.upstreams()) {
        if (upstream.service() == service) return upstream.endpoint();
      }
      status_ = MakeError(
          common::v1::ERROR_REASON_INVALID_FIELD,
          absl::StrCat("配置缺少上游服务 ", service, " 的地址（upstreams）。"),
          absl::StrCat("The configuration lacks the endpoint of ", service, " (upstreams)."));
      return "127.0.0.1:1";
    }

    ServerImpl* server_;
    Hosted* hosted_;
    absl::Status status_;
  };

  absl::Status Open(const ModuleSpec& module) {
    auto hosted = std::make_unique<Hosted>();
    rpc::Service& service = hosted->service;
    service.name = module.name;
    hosted->kinds = module.kinds;
    hosted->derived = module.derived;
    LF_ASSIGN_OR_RETURN(service.database, OpenStorage(config_, module.name));
    const obs::StorageMetrics counts(&metrics_, module.name, service.database->dialect().name);
    service.database->CountBy(counts);
    service.readers = std::make_unique<sql::ConnectionPool>(service.database.get());
    LF_RETURN_IF_ERROR(store::MigrateLedger(*service.database));
    for (const auto& [component, files] : module.schemas) {
      LF_RETURN_IF_ERROR(sql::Migrate(*service.database, component, files));
    }
    service.writer = std::make_unique<store::Writer>(
        store::Writer::Environment{
            .service = module.name,
            .database = service.database.get(),
            .clock = clock_,
            .ids = ids_,
            .on_growth = [hub = &hosted->hub](const std::string& unit_id,
                                              int64_t size) { hub->Grew(unit_id, size); },
            .metrics = counts},
        store::Writer::Options{.queue = LimitOr(config_.limits().write_queue(), 1024),
                               .batch = LimitOr(config_.limits().write_batch(), 128)});
    const auto& derived = module.derived;
    if (std::find(derived.begin(), derived.end(), &directory::AccountAccessKind()) !=
        derived.end()) {
      accounts_in_.insert(module.name);
      LF_RETURN_IF_ERROR(service.readers->Read([this](sql::Connection& connection) {
        return directory::LoadAccess(connection, clock_->Now(), &access_);
      }));
    }
    hosted_[module.name] = std::move(hosted);
    return absl::OkStatus();
  }

  // Those whose databases other processes may write too.
  std::vector<Neighbours::Shared> SharedServices() {
    std::vector<Neighbours::Shared> shared;
    for (auto& [name, hosted] : hosted_) {
      // An engine that locks no rows is written by one process.
      if (hosted->service.database->dialect().lock_rows.empty()) continue;
      shared.push_back({.service = &hosted->service,
                        .hub = &hosted->hub,
                        .accounts = accounts_in_.contains(name)});
    }
    return shared;
  }

  absl::Status Listen(const std::vector<grpc::Service*>& beside) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(config_.listen(), credentials_, &port);
    builder.AddListeningPort(local_, grpc::InsecureServerCredentials());
    // A busy port is an error, not a port to share.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               client::kKeepaliveMillis / 2);
    LimitConnections(config_.limits(), &builder);
    RegisterReflection(*registry_);
    for (grpc::Service* service : registry_->Services()) builder.RegisterService(service);
    for (grpc::Service* service : beside) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                       absl::StrCat("无法监听 ", config_.listen(), "：地址被占用或无效。"),
                       absl::StrCat("Cannot listen on ", config_.listen(),
                                    ": the address is in use or not valid."));
    }
    const std::string host = config_.listen().substr(0, config_.listen().rfind(':'));
    // A Unix socket has no port.
    address_ = host == "unix" ? config_.listen() : absl::StrCat(host, ":", port);
    std::ofstream(absl::StrCat(config_.data_dir(), "/address")) << address_ << "\n";
    return absl::OkStatus();
  }

  absl::Status Observe() {
    std::vector<Readiness::Environment> services;
    for (auto& [name, hosted] : hosted_) {
      Readiness::Environment& service = services.emplace_back();
      service.service = name;
      service.database = hosted->service.database.get();
      service.data_dir = config_.data_dir();
      service.measures = hosted->measures;
      service.metrics = &metrics_;
      for (auto& follower : hosted->followers) {
        service.followers.emplace_back(follower->upstream(), follower.get());
      }
    }
    health_ = std::make_unique<Health>(
        &metrics_, std::move(services),
        [health = server_->GetHealthCheckService()](const std::string& name, bool serving) {
          health->SetServingStatus(name, serving);
        });
    process_ = obs::WatchProcess(&metrics_);
    certificates_ = WatchCertificates(config_, &metrics_);
    time_ = metrics_.BeforeRead([gauge = metrics_.GetGauge(obs::kClock), clock = clock_] {
      gauge->Set(absl::ToUnixMillis(clock->Now()));
    });
    if (config_.metrics_listen().empty()) return absl::OkStatus();
    auto metrics_server = obs::MetricsServer::Start(&metrics_, config_.metrics_listen());
    if (!metrics_server.ok()) {
      obs::Log(obs::Level::kError, "metrics_failed",
               {{"error", metrics_server.status().message()}});
      return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                       absl::StrCat("无法在 ", config_.metrics_listen(),
                                    " 提供指标（metrics_listen）：地址被占用或无效。"),
                       absl::StrCat("Cannot serve metrics on ", config_.metrics_listen(),
                                    " (metrics_listen): the address is in use or not valid."));
    }
    metrics_server_ = *std::move(metrics_server);
    return absl::OkStatus();
  }

  // In the order in which they must outlive each other.
  SystemClock system_clock_;
  crypto::DrawnAhead random_{&crypto::SystemRandom()};
  RandomIds random_ids_{&random_};
  config::v1::ServerConfig config_;
  std::unique_ptr<FolderLock> folder_lock_;
  const Clock* clock_ = nullptr;
  IdSource* ids_ = nullptr;
  policy::Policies policies_;
  std::optional<auth::TokenSigner> signer_;
  std::optional<LedgerKey> ledger_key_;
  std::unique_ptr<auth::PermissionTable> permissions_;
  auth::AccessState access_;
  std::set<std::string> accounts_in_;  // services whose databases keep what holds of accounts
  std::unique_ptr<auth::Authenticator> authenticator_;
  obs::Metrics metrics_;
  std::optional<obs::TraceIds> traces_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;
  client::Transport transport_;
  std::optional<BucketLimiter> limiter_;
  std::optional<rpc::PeerWatch> watch_;
  std::unique_ptr<rpc::ReadPool> reads_;
  std::unique_ptr<rpc::ReadPool> background_;
  std::map<std::string, std::unique_ptr<Hosted>> hosted_;
  std::unique_ptr<audit::Recorder> audit_;
  std::vector<std::unique_ptr<ModuleContext>> contexts_;
  std::map<std::string, HostedLedger> ledgers_;
  std::unique_ptr<rpc::Registry> registry_;
  std::vector<std::function<void()>> on_shutdown_;
  std::string local_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::optional<Neighbours> neighbours_;
  std::unique_ptr<Health> health_;
  std::shared_ptr<void> process_;
  std::shared_ptr<void> certificates_;
  std::shared_ptr<void> time_;
  std::unique_ptr<obs::MetricsServer> metrics_server_;
  bool stopped_ = false;
};

}  // namespace

std::string TokenKeyPath(const config::v1::ServerConfig& config) {
  return config.keys().token_key().empty() ? absl::StrCat(config.data_dir(), "/keys/token.pem")
                                           : config.keys().token_key();
}

std::string LedgerKeyPath(const config::v1::ServerConfig& config) {
  return config.keys().ledger_key().empty() ? absl::StrCat(config.data_dir(), "/keys/ledger.pem")
                                            : config.keys().ledger_key();
}

std::string SecretsKeyPath(const config::v1::ServerConfig& config) {
  return config.keys().secrets_key().empty() ? absl::StrCat(config.data_dir(), "/keys/secrets.key")
                                             : config.keys().secrets_key();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const config::v1::ServerConfig& config,
                                                      const std::vector<ModuleSpec>& modules,
                                                      const Sources& sources) {
  auto server = std::make_unique<ServerImpl>();
  LF_RETURN_IF_ERROR(server->Init(config, modules, sources));
  return server;
}

}  // namespace lianfang::server
