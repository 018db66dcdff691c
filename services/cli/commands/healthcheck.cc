// lianfang healthcheck: whether a server answers, or one of its services can do its work, for
// scripts and supervisors.
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/id.h"
#include "common/status/error.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

constexpr Flag kHealthcheckFlags[] = {
    {"service",
     "NAME",
     Flag::kValue,
     {"只问该服务（如 risk）能否读写并已追上上游；all 为全部服务；默认只问进程是否应答",
      "whether this service, e.g. risk, can work, or `all`; default whether the process answers"}},
    {"wait",
     "TIME",
     Flag::kValue,
     {"最多等待多久直至就绪，如 20s；默认不等",
      "waits so long until it is ready, e.g. 20s; default 0s"}},
};

constexpr absl::Duration kPause = absl::Milliseconds(100);
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

// One Health/Check. The request's field 1 is the name that is asked for; the answer SERVING is the
// one byte field 1 = 1.
absl::Status Check(const std::shared_ptr<grpc::Channel>& channel, const std::string& name,
                   absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout));
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ByteBuffer response;
  grpc::Status status;
  const grpc::Slice asked(
      name.empty() ? ""
                   : absl::StrCat("\x0a", std::string(1, static_cast<char>(name.size())), name));
  auto call = stub.PrepareUnaryCall(&context, kCheck, grpc::ByteBuffer(&asked, 1), &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return MakeError(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND, "该进程没有这个服务。",
                     "The process does not host this service.");
  }
  if (!status.ok()) return rpc::FromGrpc(status);
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (response.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  if (bytes == std::string("\x08\x01", 2)) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE, "服务尚未就绪。",
                   "The server is not ready.");
}

absl::Status RunHealthcheck(Session& session) {
  absl::Duration wait = absl::ZeroDuration();
  if (session.arguments().Has("wait") &&
      (!absl::ParseDuration(session.arguments().Get("wait"), &wait) ||
       wait < absl::ZeroDuration() || wait > absl::Hours(1))) {
    return UsageError("选项 --wait 须为 20s 这样的时长，不超过 1h。",
                      "The option --wait is a time such as 20s, at most 1h.");
  }
  std::string name;  // as health services are named
  std::string address = session.address();
  if (session.arguments().Has("service")) {
    const std::string service = session.arguments().Get("service");
    // So its length fits one byte of the request.
    if (!IsValidResourceId(service)) {
      return UsageError("选项 --service 须为服务名，如 risk，或 all。",
                        "The option --service is a service's name such as risk, or all.");
    }
    name = service == "all" ? "lianfang" : absl::StrCat("lianfang.", service);
    if (service != "all") address = session.AddressOf(service);
  }
  LF_ASSIGN_OR_RETURN(const auto channel, session.ChannelTo(address));
  const Clock& clock = *session.environment().clock;
  const absl::Time deadline = clock.Now() + wait;
  absl::Status status = Check(channel, name, session.timeout());
  while (!status.ok() && clock.Now() < deadline) {
    const absl::Duration pause = std::min(deadline - clock.Now(), kPause);
    const bool connected = channel->GetState(false) == GRPC_CHANNEL_READY;
    // Returns as soon as there is a connection; a server that has one and is not ready yet is asked
    // again after the pause.
    if (channel->WaitForConnected(std::chrono::system_clock::now() +
                                  absl::ToChronoNanoseconds(pause)) &&
        connected) {
      std::this_thread::sleep_for(absl::ToChronoNanoseconds(pause));
    }
    status = Check(channel, name, session.timeout());
  }
  if (!status.ok()) return status;
  session.Say(absl::StrCat("已就绪：", address), absl::StrCat("ready: ", address));
  return absl::OkStatus();
}

}  // namespace

const Command kHealthcheck = {
    "healthcheck",
    {"查看服务是否就绪（无需凭证）", "asks whether a server is ready (needs no token)"},
    kHealthcheckFlags,
    RunHealthcheck};

}  // namespace lianfang::cli
