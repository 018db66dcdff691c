// lianfang healthcheck: whether a server answers, for scripts and supervisors.
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/cli/commands/commands.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

constexpr Flag kFlags[] = {
    {"wait", "TIME", Flag::kValue,
     {"最多等待多久直至就绪，如 20s；默认不等", "waits so long until it is ready, e.g. 20s; default 0s"}},
};

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

// One Health/Check for the whole server: the request is empty, and the answer SERVING is the one
// byte field 1 = 1.
absl::Status Check(grpc::Channel* channel, absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout));
  grpc::GenericStub stub(std::shared_ptr<grpc::Channel>(channel, [](grpc::Channel*) {}));
  grpc::CompletionQueue queue;
  grpc::ByteBuffer response;
  grpc::Status status;
  auto call = stub.PrepareUnaryCall(&context, kCheck, grpc::ByteBuffer(), &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
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
  const auto channel = client::MakeChannel(session.address());
  const absl::Time deadline = session.environment().clock->Now() + wait;
  absl::Status status = Check(channel.get(), session.timeout());
  while (!status.ok() && session.environment().clock->Now() < deadline) {
    // gRPC itself waits for the connection; a server that answers and is not ready is asked again.
    const absl::Duration left = deadline - session.environment().clock->Now();
    const absl::Time next = absl::Now() + std::min(left, absl::Milliseconds(200));
    channel->WaitForConnected(std::chrono::system_clock::now() +
                              absl::ToChronoNanoseconds(std::min(left, absl::Milliseconds(200))));
    if (const absl::Duration pause = next - absl::Now(); pause > absl::ZeroDuration()) {
      std::this_thread::sleep_for(absl::ToChronoNanoseconds(std::min(pause, absl::Milliseconds(50))));
    }
    status = Check(channel.get(), std::min(session.timeout(), std::max(left, absl::Seconds(1))));
  }
  if (!status.ok()) return status;
  session.Say(absl::StrCat("已就绪：", session.address()),
              absl::StrCat("ready: ", session.address()));
  return absl::OkStatus();
}

}  // namespace

const Command kHealthcheck = {
    "healthcheck",
    {"查看服务是否就绪（无需凭证）", "asks whether a server is ready (needs no token)"},
    kFlags,
    RunHealthcheck};

}  // namespace lianfang::cli
