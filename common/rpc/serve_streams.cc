// The streaming half of the wrapper.
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/message/canonical.h"
#include "common/rpc/admission.h"
#include "common/rpc/respond.h"
#include "common/rpc/serve.h"
#include "common/rpc/table_service.h"
#include "common/status/error.h"

namespace lianfang::rpc {

using google::protobuf::Message;
using message::CanonicalRequest;

namespace {

// A stream of empty messages has no bytes to count.
constexpr size_t kMaxStreamMessages = 50'000;

// Null where nobody watches.
std::shared_ptr<PeerWait> WatchPeer(const Registry::Environment& environment,
                                    grpc::CallbackServerContext* context) {
  return environment.watch == nullptr ? nullptr : environment.watch->Watch(context);
}

// Collects a client stream, then runs its change.
class Collector final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  // Called with the messages when the stream is complete; answers by Finish of the reactor.
  using Complete = std::function<void(std::vector<std::shared_ptr<Message>>, Collector*)>;

  Collector(const Registry::Environment& environment, std::shared_ptr<const CallContext> call,
            const CallRecord& record, const Method* method, const Message* prototype,
            size_t max_bytes, grpc::CallbackServerContext* context, Complete complete)
      : environment_(environment),
        call_(std::move(call)),
        record_(record),
        method_(method),
        prototype_(prototype),
        max_bytes_(max_bytes),
        context_(context),
        complete_(std::move(complete)),
        wait_(WatchPeer(environment, context)) {
    Read();
  }

  grpc::CallbackServerContext* context() const { return context_; }
  const CallRecord& record() const { return record_; }
  // `first` is the message that named the unit; null before it came.
  void End(const absl::Status& status, const Message* first) {
    Audit(environment_, *call_, first, status);
    Finish(record_.End(status));
  }

  void OnReadDone(bool ok) override {
    if (wait_ != nullptr) wait_->Goes();
    if (!ok) {
      // Half-closed by the caller, or broken off: a broken stream changes nothing.
      if (context_->IsCancelled()) {
        End(MakeError(common::v1::ERROR_REASON_INCOMPLETE_STREAM, "传输中断，没有做任何更改。",
                      "The stream broke off; nothing was changed."),
            nullptr);
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
      End(status, nullptr);
      return;
    }
    messages_.push_back(std::move(message));
    buffer_.Clear();
    Read();
  }
  void OnDone() override {
    if (wait_ != nullptr) wait_->Over();
    delete this;
  }

 private:
  void Read() {
    if (wait_ != nullptr) wait_->Begin();
    StartRead(&buffer_);
  }

  const Registry::Environment& environment_;
  const std::shared_ptr<const CallContext> call_;
  const CallRecord record_;
  const Method* method_;
  const Message* prototype_;
  const size_t max_bytes_;
  grpc::CallbackServerContext* context_;
  Complete complete_;
  const std::shared_ptr<PeerWait> wait_;
  grpc::ByteBuffer buffer_;
  size_t bytes_ = 0;
  std::vector<std::shared_ptr<Message>> messages_;
};

// Ends a call that was refused before it began.
template <class Reactor>
class Refusal final : public Reactor {
 public:
  Refusal(const CallRecord& record, const absl::Status& status) {
    end_.Finish(this, record.End(status));
  }
  void OnDone() override { delete this; }

 private:
  CallEnd end_;
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
        const CallRecord record(*method, *context, *environment_.traces);
        auto call = std::make_shared<CallContext>();
        const absl::Status admitted = Admit(environment_, *method, *context, call.get());
        if (!admitted.ok()) {
          Audit(environment_, *call, nullptr, admitted);
          return new Refusal<grpc::ServerReadReactor<grpc::ByteBuffer>>(record, admitted);
        }
        return new Collector(
            environment_, call, record, method, request, max_bytes, context,
            [call, method, &host, out, response, shared_change](
                std::vector<std::shared_ptr<Message>> messages, Collector* reactor) {
              if (messages.empty()) {
                reactor->End(MakeError(common::v1::ERROR_REASON_INCOMPLETE_STREAM,
                                       "没有收到任何数据。", "The stream is empty."),
                             nullptr);
                return;
              }
              auto unit = UnitOf(*method, *messages[0]);
              if (unit.ok()) {
                call->unit_id = *unit;
                if (absl::Status covered = CheckCovers(*call->identity, *unit); !covered.ok()) {
                  unit = std::move(covered);
                }
              }
              if (!unit.ok()) {
                reactor->End(unit.status(), messages[0].get());
                return;
              }
              store::Mutation mutation;
              mutation.unit_id = *unit;
              mutation.actor = call->identity;
              mutation.method = method->full_name;
              mutation.request_id = StreamRequestId(*messages[0]);
              std::string all;
              for (const auto& message : messages) {
                all.append(crypto::ToBytes(crypto::Sha256(CanonicalRequest(*message))));
              }
              mutation.request_digest = crypto::Sha256(all);
              mutation.deadline = call->deadline;
              mutation.cancelled = [reactor] { return reactor->context()->IsCancelled(); };
              const std::shared_ptr<const Message> first = messages[0];
              mutation.apply = [messages = std::move(messages), shared_change,
                                trace = reactor->record().trace()](store::WriteTx& tx) {
                const obs::ScopedTrace scope(trace);
                return (*shared_change)(tx, messages);
              };
              mutation.done = [call, &host, reactor, out, response,
                               first](absl::StatusOr<store::Committed> outcome) {
                if (!outcome.ok()) {
                  reactor->End(outcome.status(), first.get());
                  return;
                }
                std::unique_ptr<Message> answer(response->New());
                FillResponse(*outcome, call->unit_id, host.name, answer.get());
                reactor->Finish(reactor->record().End(Serialize(*answer, out)));
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
  Feed(const CallRecord& record, const Message* prototype, std::shared_ptr<PeerWait> wait)
      : record_(record), prototype_(prototype), wait_(std::move(wait)) {}

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
    if (wait_ != nullptr) wait_->Goes();
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
    if (wait_ != nullptr) wait_->Over();
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
      Finish(record_.End(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled")));
      return;
    }
    const obs::ScopedTrace scope(record_.trace());
    std::unique_ptr<Message> message(prototype_->New());
    absl::Status result;
    switch (source_->Next(message.get(), &result)) {
      case StreamSource::Step::kWait:
        return;
      case StreamSource::Step::kDone:
        finished_ = true;
        Finish(record_.End(result));
        return;
      case StreamSource::Step::kMessage:
        if (const grpc::Status status = Serialize(*message, &buffer_); !status.ok()) {
          finished_ = true;
          Finish(record_.End(status));
          return;
        }
        writing_ = true;
        if (wait_ != nullptr) wait_->Begin();
        StartWrite(&buffer_);
    }
  }

  const CallRecord record_;
  const Message* prototype_;
  const std::shared_ptr<PeerWait> wait_;
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
        const CallRecord record(*method, *context, *environment_.traces);
        const obs::ScopedTrace scope(record.trace());
        std::unique_ptr<Message> typed(request->New());
        auto feed = std::make_shared<Feed>(record, response, WatchPeer(environment_, context));
        CallContext call;
        auto source = [&]() -> absl::StatusOr<std::shared_ptr<StreamSource>> {
          LF_RETURN_IF_ERROR(Admit(environment_, *method, *context, &call));
          LF_RETURN_IF_ERROR(Parse(*method, *in, typed.get()));
          LF_RETURN_IF_ERROR(Check(&call, *typed));
          return handler(call, *typed, [weak = std::weak_ptr<Feed>(feed)] {
            if (const auto alive = weak.lock()) alive->Wake();
          });
        }();
        // A feed is let in or refused at its begin.
        Audit(environment_, call, typed.get(), source.status());
        if (!source.ok()) {
          return new Refusal<grpc::ServerWriteReactor<grpc::ByteBuffer>>(record, source.status());
        }
        feed->Start(*std::move(source));
        return feed.get();
      });
}

namespace {

class Dialogue final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  using Handler = std::function<absl::Status(const CallContext&, const Message&, Message*)>;
  Dialogue(const Registry::Environment& environment, const CallRecord& record,
           grpc::CallbackServerContext* context, CallContext call, const Message* request,
           const Message* response, const Handler* handler)
      : environment_(environment),
        record_(record),
        call_(std::move(call)),
        request_(request),
        response_(response),
        handler_(handler),
        wait_(WatchPeer(environment, context)) {
    if (wait_ != nullptr) wait_->Begin();
    StartRead(&in_);
  }

  // From one read to the next it is the caller's turn: to send, then to take the answer, which
  // waits for nothing else.
  void OnReadDone(bool ok) override {
    if (wait_ != nullptr) wait_->Begin();
    if (!ok) {
      Finish(record_.End(grpc::Status::OK));
      return;
    }
    const obs::ScopedTrace scope(record_.trace());
    const std::unique_ptr<Message> request(request_->New());
    const std::unique_ptr<Message> response(response_->New());
    const absl::Status status = [&]() -> absl::Status {
      LF_RETURN_IF_ERROR(Parse(*call_.method, in_, request.get()));
      LF_RETURN_IF_ERROR(Check(&call_, *request));
      return (*handler_)(call_, *request, response.get());
    }();
    in_.Clear();
    if (!status.ok()) {
      Audit(environment_, call_, request.get(), status);
      Finish(record_.End(status));
      return;
    }
    if (const grpc::Status serialized = Serialize(*response, &out_); !serialized.ok()) {
      Finish(record_.End(serialized));
      return;
    }
    StartWrite(&out_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(record_.End(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled")));
      return;
    }
    if (wait_ != nullptr) wait_->Begin();
    StartRead(&in_);
  }
  void OnDone() override {
    if (wait_ != nullptr) wait_->Over();
    delete this;
  }

 private:
  const Registry::Environment& environment_;
  const CallRecord record_;
  CallContext call_;
  const Message* request_;
  const Message* response_;
  const Handler* handler_;
  const std::shared_ptr<PeerWait> wait_;
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
        const CallRecord record(*method, *context, *environment_.traces);
        CallContext call;
        const absl::Status admitted = Admit(environment_, *method, *context, &call);
        if (!admitted.ok()) {
          Audit(environment_, call, nullptr, admitted);
          return new Refusal<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>>(record,
                                                                                          admitted);
        }
        return new Dialogue(environment_, record, context, std::move(call), request, response,
                            handler.get());
      });
}

}  // namespace lianfang::rpc
