#include "common/rpc/serve.h"

#include <algorithm>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/rpc/respond.h"
#include "common/rpc/status_grpc.h"
#include "common/rpc/table_service.h"
#include "common/status/error.h"
#include "google/protobuf/arena.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::rpc {

using google::protobuf::Arena;
using google::protobuf::Message;

Registry::Registry(Environment environment) : environment_(environment) {}
Registry::~Registry() = default;

namespace {

absl::Status Parse(const Method& method, const grpc::ByteBuffer& bytes, Message* message) {
  grpc::ByteBuffer copy = bytes;  // shares the slices
  bool parsed = false;
  {
    grpc::ProtoBufferReader reader(&copy);
    parsed = reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
  }
  if (parsed) return absl::OkStatus();
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (bytes.Dump(&slices).ok()) {
    for (const auto& slice : slices) {
      flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  const std::string field = InvalidUtf8Field(method.descriptor->input_type(), flat);
  if (!field.empty()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_UTF8, field, "不是有效的 UTF-8 文字。",
                      "is not valid UTF-8.");
  }
  return MakeError(
      common::v1::ERROR_REASON_MALFORMED_MESSAGE, "请求内容无法解析。",
      absl::StrCat("The request is not a ", method.descriptor->input_type()->full_name(), "."));
}

grpc::Status Serialize(const Message& message, grpc::ByteBuffer* out) {
  // gRPC ends the process when a stream's buffer still holds the message before.
  out->Clear();
  bool own = false;
  return grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, out, &own);
}

// Identity and permission; needs nothing of the request.
absl::StatusOr<CallContext> Admit(const Registry::Environment& environment, const Method& method,
                                  const grpc::CallbackServerContext& context) {
  absl::string_view authorization;
  const auto& metadata = context.client_metadata();
  if (const auto it = metadata.find("authorization"); it != metadata.end()) {
    authorization = absl::string_view(it->second.data(), it->second.size());
  }
  CallContext call;
  call.method = &method;
  LF_ASSIGN_OR_RETURN(call.identity, environment.authenticator->Authenticate(authorization));
  if (method.permission >= static_cast<int>(call.identity->granted.size()) ||
      !call.identity->granted[method.permission]) {
    return ErrorBuilder(common::v1::ERROR_REASON_PERMISSION_DENIED,
                        "您的角色没有执行此操作的权限。",
                        "No role of the caller grants the permission for this method.")
        .Meta("method", method.full_name)
        .Build();
  }
  const auto deadline = context.deadline();
  const absl::Time real_now = absl::Now();
  call.deadline = deadline == std::chrono::system_clock::time_point::max()
                      ? real_now + environment.default_deadline
                      : absl::FromChrono(deadline);
  if (real_now >= call.deadline) {
    return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过。",
                     "The deadline has passed.");
  }
  call.now = environment.clock->Now();
  return call;
}

// Validation and unit; needs the parsed request.
absl::Status Check(CallContext* call, const Message& request) {
  LF_RETURN_IF_ERROR(call->method->validator->Check(request));
  LF_ASSIGN_OR_RETURN(call->unit_id, UnitOf(*call->method, request));
  if (!call->unit_id.empty() && !call->identity->Covers(call->unit_id)) {
    return MakeError(common::v1::ERROR_REASON_UNIT_NOT_COVERED, "您的身份不属于该单位。",
                     "The caller's identity does not cover this unit.");
  }
  return absl::OkStatus();
}

}  // namespace

// A unary call that is answered after the handler's thread has left.
struct Registry::UnaryCall {
  grpc::CallbackServerContext* context;
  grpc::ServerUnaryReactor* reactor;
  grpc::ByteBuffer* out;
  CallContext call;
  std::unique_ptr<Message> request;
  std::unique_ptr<Message> response;

  void Finish(const absl::Status& status) const {
    reactor->Finish(status.ok() ? Serialize(*response, out) : ToGrpc(status));
  }
};

const Method* Registry::Describe(absl::string_view service, absl::string_view name,
                                 const Message& request, const Message& response) {
  auto method = std::make_unique<Method>(DescribeMethod(service, name, *environment_.permissions));
  if (method->descriptor->input_type() != request.GetDescriptor() ||
      method->descriptor->output_type() != response.GetDescriptor()) {
    std::fprintf(stderr, "%s is registered with other messages\n", method->full_name.c_str());
    std::abort();
  }
  methods_.push_back(std::move(method));
  return methods_.back().get();
}

Registry::TableService& Registry::TableOf(absl::string_view service) {
  for (auto& table : tables_) {
    if (table->name() == service) return *table;
  }
  tables_.push_back(std::make_unique<TableService>(service));
  return *tables_.back();
}

std::vector<grpc::Service*> Registry::Services() {
  std::vector<grpc::Service*> services;
  for (auto& table : tables_) services.push_back(table.get());
  return services;
}

std::vector<std::string> Registry::ServiceNames() const {
  std::vector<std::string> names;
  for (const auto& table : tables_) names.push_back(table->name());
  std::sort(names.begin(), names.end());
  return names;
}

void Registry::AddInline(absl::string_view service, absl::string_view name, const Message& request,
                         const Message& response, InlineFn handler) {
  const Method* method = Describe(service, name, request, response);
  TableOf(service).AddUnary(
      *method,
      [this, method, request = &request, response = &response, handler = std::move(handler)](
          grpc::CallbackServerContext* context, const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
        auto* reactor = context->DefaultReactor();
        // Most requests fit into the block on the stack; large batches grow on the heap.
        alignas(8) char block[4096];
        Arena arena(block, sizeof(block));
        Message* typed_response = response->New(&arena);
        const absl::Status status = [&]() -> absl::Status {
          LF_ASSIGN_OR_RETURN(CallContext call, Admit(environment_, *method, *context));
          Message* typed_request = request->New(&arena);
          LF_RETURN_IF_ERROR(Parse(*method, *in, typed_request));
          LF_RETURN_IF_ERROR(Check(&call, *typed_request));
          return handler(call, *typed_request, typed_response);
        }();
        reactor->Finish(status.ok() ? Serialize(*typed_response, out) : ToGrpc(status));
        return reactor;
      });
}

namespace {

// Waits until all positions that the request names are reached, one after the other, then calls
// `run`.
void AwaitPositions(Service& host,
                    const std::shared_ptr<std::vector<common::v1::LedgerPosition>>& positions,
                    size_t next, const std::string& unit_id, absl::Time deadline,
                    std::function<void(absl::Status)> run) {
  for (; next < positions->size(); ++next) {
    const auto& position = (*positions)[next];
    const auto it = host.upstreams.find(position.service());
    // The service's own ledger is always as fresh as its database.
    if (it == host.upstreams.end()) continue;
    it->second->Await(unit_id, position.sequence(), deadline,
                      [&host, positions, next, unit_id, deadline,
                       run = std::move(run)](absl::Status status) mutable {
                        if (!status.ok()) {
                          run(std::move(status));
                          return;
                        }
                        AwaitPositions(host, positions, next + 1, unit_id, deadline,
                                       std::move(run));
                      });
    return;
  }
  run(absl::OkStatus());
}

}  // namespace

void Registry::AddReadOf(absl::string_view service, absl::string_view name, const Message& request,
                         const Message& response, HostFn host_of, ReadOfFn handler) {
  const Method* method = Describe(service, name, request, response);
  TableOf(service).AddUnary(
      *method,
      [this, method, request = &request, response = &response, host_of = std::move(host_of),
       handler = std::make_shared<ReadOfFn>(std::move(handler))](
          grpc::CallbackServerContext* context, const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
        auto* reactor = context->DefaultReactor();
        auto unary = std::make_shared<UnaryCall>();
        unary->context = context;
        unary->reactor = reactor;
        unary->out = out;
        unary->request.reset(request->New());
        unary->response.reset(response->New());
        Service* host = nullptr;
        auto positions = std::make_shared<std::vector<common::v1::LedgerPosition>>();
        const absl::Status admitted = [&]() -> absl::Status {
          LF_ASSIGN_OR_RETURN(unary->call, Admit(environment_, *method, *context));
          LF_RETURN_IF_ERROR(Parse(*method, *in, unary->request.get()));
          LF_RETURN_IF_ERROR(Check(&unary->call, *unary->request));
          LF_ASSIGN_OR_RETURN(host, host_of(*unary->request));
          if (method->not_before != nullptr) {
            const auto* reflection = unary->request->GetReflection();
            for (int i = 0; i < reflection->FieldSize(*unary->request, method->not_before); ++i) {
              positions->push_back(static_cast<const common::v1::LedgerPosition&>(
                  reflection->GetRepeatedMessage(*unary->request, method->not_before, i)));
            }
          }
          return absl::OkStatus();
        }();
        if (!admitted.ok()) {
          reactor->Finish(ToGrpc(admitted));
          return reactor;
        }
        AwaitPositions(*host, positions, 0, unary->call.unit_id, unary->call.deadline,
                       [this, unary, host, handler](absl::Status fresh) {
                         if (!fresh.ok()) {
                           unary->Finish(fresh);
                           return;
                         }
                         environment_.reads->Submit(
                             unary->call.deadline, [unary, host, handler](absl::Status status) {
                               if (status.ok() && unary->context->IsCancelled()) {
                                 status = MakeError(common::v1::ERROR_REASON_CANCELLED,
                                                    "请求已取消。", "The call was cancelled.");
                               }
                               if (status.ok()) {
                                 auto connection = host->readers->Borrow();
                                 status = connection.ok()
                                              ? (*handler)(unary->call, *host, **connection,
                                                           *unary->request, unary->response.get())
                                              : connection.status();
                               }
                               unary->Finish(status);
                             });
                       });
        return reactor;
      });
}

void Registry::AddRead(absl::string_view service, absl::string_view name, Service& host,
                       const Message& request, const Message& response, ReadFn handler) {
  AddReadOf(
      service, name, request, response, [&host](const Message&) { return &host; },
      [handler = std::move(handler)](const CallContext& call, Service&, sql::Connection& connection,
                                     const Message& typed, Message* answer) {
        return handler(call, connection, typed, answer);
      });
}

namespace {

// The deterministic serialization of a request: what its digest is of.
std::string Canonical(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

void Registry::AddWrite(absl::string_view service, absl::string_view name, Service& host,
                        const Message& request, const Message& response, WriteFn change) {
  const Method* method = Describe(service, name, request, response);
  auto shared_change = std::make_shared<WriteFn>(std::move(change));
  TableOf(service).AddUnary(
      *method,
      [this, method, &host, request = &request, response = &response, shared_change](
          grpc::CallbackServerContext* context, const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
        auto* reactor = context->DefaultReactor();
        auto unary = std::make_shared<UnaryCall>();
        unary->context = context;
        unary->reactor = reactor;
        unary->out = out;
        unary->request.reset(request->New());
        unary->response.reset(response->New());
        const absl::Status admitted = [&]() -> absl::Status {
          LF_ASSIGN_OR_RETURN(unary->call, Admit(environment_, *method, *context));
          LF_RETURN_IF_ERROR(Parse(*method, *in, unary->request.get()));
          return Check(&unary->call, *unary->request);
        }();
        if (!admitted.ok()) {
          reactor->Finish(ToGrpc(admitted));
          return reactor;
        }
        store::Mutation mutation;
        mutation.unit_id = unary->call.unit_id;
        mutation.actor = unary->call.identity;
        mutation.method = method->full_name;
        if (method->request_id != nullptr) {
          mutation.request_id =
              unary->request->GetReflection()->GetString(*unary->request, method->request_id);
        }
        mutation.request_digest = crypto::Sha256(Canonical(*unary->request));
        mutation.deadline = unary->call.deadline;
        mutation.cancelled = [unary] { return unary->context->IsCancelled(); };
        mutation.apply = [unary, shared_change](store::WriteTx& tx) {
          return (*shared_change)(tx, *unary->request);
        };
        mutation.done = [unary, &host](absl::StatusOr<store::Committed> outcome) {
          if (outcome.ok()) {
            FillResponse(*outcome, unary->call.unit_id, host.name, unary->response.get());
          }
          unary->Finish(outcome.status());
        };
        Transact(host, std::move(mutation));
        return reactor;
      });
}

void Registry::AddAsync(absl::string_view service, absl::string_view name, const Message& request,
                        const Message& response, AsyncFn handler) {
  const Method* method = Describe(service, name, request, response);
  TableOf(service).AddUnary(
      *method,
      [this, method, request = &request, handler = std::move(handler)](
          grpc::CallbackServerContext* context, const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
        auto* reactor = context->DefaultReactor();
        std::shared_ptr<Message> typed(request->New());
        CallContext call;
        const absl::Status admitted = [&]() -> absl::Status {
          LF_ASSIGN_OR_RETURN(call, Admit(environment_, *method, *context));
          LF_RETURN_IF_ERROR(Parse(*method, *in, typed.get()));
          return Check(&call, *typed);
        }();
        if (!admitted.ok()) {
          reactor->Finish(ToGrpc(admitted));
          return reactor;
        }
        handler(call, typed, [reactor, out](const absl::Status& status, const Message* answer) {
          reactor->Finish(status.ok() ? Serialize(*answer, out) : ToGrpc(status));
        });
        return reactor;
      });
}

namespace {

// A stream of empty messages has no bytes to count.
constexpr size_t kMaxStreamMessages = 50'000;

// Collects a client stream, then runs its change.
class Collector final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  // Called with the messages when the stream is complete; answers by Finish of the reactor.
  using Complete = std::function<void(std::vector<std::shared_ptr<Message>>, Collector*)>;

  Collector(const Method* method, const Message* prototype, size_t max_bytes,
            grpc::CallbackServerContext* context, Complete complete)
      : method_(method),
        prototype_(prototype),
        max_bytes_(max_bytes),
        context_(context),
        complete_(std::move(complete)) {
    StartRead(&buffer_);
  }

  grpc::CallbackServerContext* context() const { return context_; }

  void OnReadDone(bool ok) override {
    if (!ok) {
      // Half-closed by the caller, or broken off: a broken stream changes nothing.
      if (context_->IsCancelled()) {
        Finish(ToGrpc(MakeError(common::v1::ERROR_REASON_INCOMPLETE_STREAM,
                                "传输中断，没有做任何更改。",
                                "The stream broke off; nothing was changed.")));
      } else {
        complete_(std::move(messages_), this);
      }
      return;
    }
    bytes_ += buffer_.Length();
    std::shared_ptr<Message> message(prototype_->New());
    absl::Status status;
    if (messages_.size() >= kMaxStreamMessages) {
      status = MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                         absl::StrCat("消息过多：最多 ", kMaxStreamMessages, " 条。"),
                         absl::StrCat("Too many messages: at most ", kMaxStreamMessages, "."));
    } else if (bytes_ > max_bytes_) {
      status = MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                         absl::StrCat("数据过大：总共最多 ", max_bytes_ >> 20, " MiB。"),
                         absl::StrCat("Too much data: at most ", max_bytes_ >> 20, " MiB in all."));
    } else {
      status = Parse(*method_, buffer_, message.get());
      if (status.ok()) status = method_->validator->Check(*message);
    }
    if (!status.ok()) {
      Finish(ToGrpc(status));
      return;
    }
    messages_.push_back(std::move(message));
    buffer_.Clear();
    StartRead(&buffer_);
  }
  void OnDone() override { delete this; }

 private:
  const Method* method_;
  const Message* prototype_;
  const size_t max_bytes_;
  grpc::CallbackServerContext* context_;
  Complete complete_;
  grpc::ByteBuffer buffer_;
  size_t bytes_ = 0;
  std::vector<std::shared_ptr<Message>> messages_;
};

// Ends a call that was refused before it began.
template <class Reactor>
class Refusal final : public Reactor {
 public:
  explicit Refusal(const absl::Status& status) { this->Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

// `options.request_id` of a stream's first message.
std::string StreamRequestId(const Message& first) {
  const auto* options = first.GetDescriptor()->FindFieldByName("options");
  if (options == nullptr || options->message_type() == nullptr) return "";
  const Message& inner = first.GetReflection()->GetMessage(first, options);
  const auto* field = inner.GetDescriptor()->FindFieldByName("request_id");
  return field == nullptr ? "" : inner.GetReflection()->GetString(inner, field);
}

}  // namespace

void Registry::AddClientStream(absl::string_view service, absl::string_view name, Service& host,
                               size_t max_bytes, const Message& request, const Message& response,
                               CollectFn change) {
  const Method* method = Describe(service, name, request, response);
  auto shared_change = std::make_shared<CollectFn>(std::move(change));
  TableOf(service).AddClientStream(
      *method,
      [this, method, &host, max_bytes, request = &request, response = &response, shared_change](
          grpc::CallbackServerContext* context,
          grpc::ByteBuffer* out) -> grpc::ServerReadReactor<grpc::ByteBuffer>* {
        auto admitted = Admit(environment_, *method, *context);
        if (!admitted.ok()) {
          return new Refusal<grpc::ServerReadReactor<grpc::ByteBuffer>>(admitted.status());
        }
        auto call = std::make_shared<CallContext>(*std::move(admitted));
        return new Collector(
            method, request, max_bytes, context,
            [call, method, &host, out, response, shared_change](
                std::vector<std::shared_ptr<Message>> messages, Collector* reactor) {
              if (messages.empty()) {
                reactor->Finish(ToGrpc(MakeError(common::v1::ERROR_REASON_INCOMPLETE_STREAM,
                                                 "没有收到任何数据。", "The stream is empty.")));
                return;
              }
              auto unit = UnitOf(*method, *messages[0]);
              if (unit.ok() && !call->identity->Covers(*unit)) {
                unit =
                    MakeError(common::v1::ERROR_REASON_UNIT_NOT_COVERED, "您的身份不属于该单位。",
                              "The caller's identity does not cover this unit.");
              }
              if (!unit.ok()) {
                reactor->Finish(ToGrpc(unit.status()));
                return;
              }
              call->unit_id = *unit;
              store::Mutation mutation;
              mutation.unit_id = *unit;
              mutation.actor = call->identity;
              mutation.method = method->full_name;
              mutation.request_id = StreamRequestId(*messages[0]);
              std::string all;
              for (const auto& message : messages) {
                all.append(crypto::ToBytes(crypto::Sha256(Canonical(*message))));
              }
              mutation.request_digest = crypto::Sha256(all);
              mutation.deadline = call->deadline;
              mutation.cancelled = [reactor] { return reactor->context()->IsCancelled(); };
              mutation.apply = [messages = std::move(messages), shared_change](store::WriteTx& tx) {
                return (*shared_change)(tx, messages);
              };
              mutation.done = [call, &host, reactor, out,
                               response](absl::StatusOr<store::Committed> outcome) {
                if (!outcome.ok()) {
                  reactor->Finish(ToGrpc(outcome.status()));
                  return;
                }
                std::unique_ptr<Message> answer(response->New());
                FillResponse(*outcome, call->unit_id, host.name, answer.get());
                reactor->Finish(Serialize(*answer, out));
              };
              Transact(host, std::move(mutation));
            });
      });
}

namespace {

// Feeds a server stream from its source. Lives until the call is over and the last waker is gone.
class Feed final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                   public std::enable_shared_from_this<Feed> {
 public:
  explicit Feed(const Message* prototype) : prototype_(prototype) {}

  void Start(std::shared_ptr<StreamSource> source) {
    {
      const std::lock_guard lock(mutex_);
      self_ = shared_from_this();
      source_ = std::move(source);
    }
    Pump();
  }

  // More may be there.
  void Wake() { Pump(); }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) over_ = true;
    }
    Pump();
  }
  void OnCancel() override {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    Pump();
  }
  void OnDone() override {
    std::shared_ptr<Feed> self;  // dropped after the lock
    std::shared_ptr<StreamSource> source;
    const std::lock_guard lock(mutex_);
    source = std::move(source_);
    self = std::move(self_);
  }

 private:
  // Starts the next write, or finishes, when nothing is under way.
  void Pump() {
    const std::lock_guard lock(mutex_);
    if (source_ == nullptr || writing_ || finished_) return;
    if (over_) {
      finished_ = true;
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled"));
      return;
    }
    std::unique_ptr<Message> message(prototype_->New());
    absl::Status result;
    switch (source_->Next(message.get(), &result)) {
      case StreamSource::Step::kWait:
        return;
      case StreamSource::Step::kDone:
        finished_ = true;
        Finish(ToGrpc(result));
        return;
      case StreamSource::Step::kMessage:
        if (const grpc::Status status = Serialize(*message, &buffer_); !status.ok()) {
          finished_ = true;
          Finish(status);
          return;
        }
        writing_ = true;
        StartWrite(&buffer_);
    }
  }

  const Message* prototype_;
  std::mutex mutex_;
  std::shared_ptr<StreamSource> source_;  // under mutex_
  std::shared_ptr<Feed> self_;            // under mutex_
  bool writing_ = false;                  // under mutex_
  bool over_ = false;                     // under mutex_
  bool finished_ = false;                 // under mutex_
  grpc::ByteBuffer buffer_;
};

}  // namespace

void Registry::AddServerStream(absl::string_view service, absl::string_view name,
                               const Message& request, const Message& response, StreamFn handler) {
  const Method* method = Describe(service, name, request, response);
  TableOf(service).AddServerStream(
      *method,
      [this, method, request = &request, response = &response, handler = std::move(handler)](
          grpc::CallbackServerContext* context,
          const grpc::ByteBuffer* in) -> grpc::ServerWriteReactor<grpc::ByteBuffer>* {
        std::unique_ptr<Message> typed(request->New());
        auto feed = std::make_shared<Feed>(response);
        auto source = [&]() -> absl::StatusOr<std::shared_ptr<StreamSource>> {
          LF_ASSIGN_OR_RETURN(CallContext call, Admit(environment_, *method, *context));
          LF_RETURN_IF_ERROR(Parse(*method, *in, typed.get()));
          LF_RETURN_IF_ERROR(Check(&call, *typed));
          return handler(call, *typed, [weak = std::weak_ptr<Feed>(feed)] {
            if (const auto alive = weak.lock()) alive->Wake();
          });
        }();
        if (!source.ok()) {
          return new Refusal<grpc::ServerWriteReactor<grpc::ByteBuffer>>(source.status());
        }
        feed->Start(*std::move(source));
        return feed.get();
      });
}

namespace {

class Dialogue final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  using Handler = std::function<absl::Status(const CallContext&, const Message&, Message*)>;
  Dialogue(CallContext call, const Message* request, const Message* response,
           const Handler* handler)
      : call_(std::move(call)), request_(request), response_(response), handler_(handler) {
    StartRead(&in_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    const std::unique_ptr<Message> request(request_->New());
    const std::unique_ptr<Message> response(response_->New());
    const absl::Status status = [&]() -> absl::Status {
      LF_RETURN_IF_ERROR(Parse(*call_.method, in_, request.get()));
      LF_RETURN_IF_ERROR(Check(&call_, *request));
      return (*handler_)(call_, *request, response.get());
    }();
    in_.Clear();
    if (!status.ok()) {
      Finish(ToGrpc(status));
      return;
    }
    if (const grpc::Status serialized = Serialize(*response, &out_); !serialized.ok()) {
      Finish(serialized);
      return;
    }
    StartWrite(&out_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled"));
      return;
    }
    StartRead(&in_);
  }
  void OnDone() override { delete this; }

 private:
  CallContext call_;
  const Message* request_;
  const Message* response_;
  const Handler* handler_;
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
};

}  // namespace

void Registry::AddBidi(absl::string_view service, absl::string_view name, const Message& request,
                       const Message& response, InlineFn handler) {
  const Method* method = Describe(service, name, request, response);
  TableOf(service).AddBidi(
      *method,
      [this, method, request = &request, response = &response,
       handler =
           std::make_shared<InlineFn>(std::move(handler))](grpc::CallbackServerContext* context)
          -> grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* {
        auto call = Admit(environment_, *method, *context);
        if (!call.ok()) {
          return new Refusal<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>>(
              call.status());
        }
        return new Dialogue(*std::move(call), request, response, handler.get());
      });
}

}  // namespace lianfang::rpc
