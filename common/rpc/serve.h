// The one wrapper around every RPC: identity → permission → deadline → validation → unit → handler
// → status. Handlers are plain functions; how they are registered decides where they run:
//   Inline  pure computation, in gRPC's thread;
//   Read    with a connection of the read pool;
//   Write   in the service's writer (store::WriteTx), answered when durable.
// Server streams are for feeds; client streams end in one change; bidirectional streams answer each
// message inline.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/authenticator.h"
#include "common/base/clock.h"
#include "common/rpc/call_hooks.h"
#include "common/rpc/call_record.h"
#include "common/rpc/method.h"
#include "common/rpc/peer_watch.h"
#include "common/rpc/read_pool.h"
#include "common/rpc/service.h"
#include "common/store/reader.h"
#include "common/store/write_tx.h"
#include "grpcpp/impl/service_type.h"

namespace lianfang::rpc {

// What a handler knows of its call.
struct CallContext {
  const Method* method = nullptr;
  std::shared_ptr<const auth::Identity> identity;  // of an open method: with no subject and no role
  std::string address;  // where an open call comes from, without the port; empty: this machine
  std::string unit_id;  // empty for methods that touch no unit
  absl::Time deadline;  // of the real world
  absl::Time now;       // by the server's clock
};

// Messages of a server stream, given when asked; see Registry::ServerStream.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  enum class Step { kMessage, kWait, kDone };
  // Fills `message` and returns kMessage; or returns kWait, and the waker is called when there is
  // more; or sets `result` and returns kDone. Must not block. Called by one thread at a time.
  virtual Step Next(google::protobuf::Message* message, absl::Status* result) = 0;
};

// Tells a server stream that its source has more. Safe to call from any thread, also after the call
// is over.
using Waker = std::function<void()>;

class Registry {
 public:
  struct Environment {
    auth::Authenticator* authenticator = nullptr;
    auth::PermissionTable* permissions = nullptr;
    ReadPool* reads = nullptr;
    const Clock* clock = nullptr;
    obs::Metrics* metrics = nullptr;
    obs::TraceIds* traces = nullptr;
    CallLimiter* limiter = nullptr;  // null: no limits
    AuditSink* audit = nullptr;      // null: nothing is kept
    PeerWatch* watch = nullptr;      // null: peers may take their time
    absl::Duration default_deadline = absl::Seconds(30);
  };

  explicit Registry(Environment environment);
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  template <class Req, class Resp>
  void Inline(absl::string_view service, absl::string_view method,
              std::function<absl::Status(const CallContext&, const Req&, Resp*)> handler) {
    AddInline(service, method, Req::default_instance(), Resp::default_instance(),
              [handler = std::move(handler)](const CallContext& call, const Message& request,
                                             Message* response) {
                return handler(call, static_cast<const Req&>(request),
                               static_cast<Resp*>(response));
              });
  }

  template <class Req, class Resp>
  void Read(
      absl::string_view service, absl::string_view method, Service& host,
      std::function<absl::Status(const CallContext&, store::Reader&, const Req&, Resp*)> handler) {
    AddRead(service, method, host, Req::default_instance(), Resp::default_instance(),
            [handler = std::move(handler)](const CallContext& call, sql::Connection& connection,
                                           const Message& request, Message* response) {
              store::ConnectionReader reader(&connection);
              return handler(call, reader, static_cast<const Req&>(request),
                             static_cast<Resp*>(response));
            });
  }

  // Like Read, with the connection itself: for reading the ledger.
  template <class Req, class Resp>
  void ReadLedger(
      absl::string_view service, absl::string_view method,
      std::function<absl::StatusOr<Service*>(const Req&)> host,
      std::function<absl::Status(const CallContext&, Service&, sql::Connection&, const Req&, Resp*)>
          handler) {
    AddReadOf(
        service, method, Req::default_instance(), Resp::default_instance(),
        [host = std::move(host)](const Message& request) {
          return host(static_cast<const Req&>(request));
        },
        [handler = std::move(handler)](const CallContext& call, Service& of,
                                       sql::Connection& connection, const Message& request,
                                       Message* response) {
          return handler(call, of, connection, static_cast<const Req&>(request),
                         static_cast<Resp*>(response));
        });
  }

  // `change` runs in the writer. The response is made from what it wrote (see FillResponse).
  template <class Req, class Resp>
  void Write(absl::string_view service, absl::string_view method, Service& host,
             std::function<absl::Status(store::WriteTx&, const Req&)> change) {
    AddWrite(service, method, host, Req::default_instance(), Resp::default_instance(),
             [change = std::move(change)](store::WriteTx& tx, const Message& request) {
               return change(tx, static_cast<const Req&>(request));
             });
  }

  // A unary call that answers later, from any thread, by calling `done` once. For work that waits
  // for others.
  template <class Req, class Resp>
  void Async(absl::string_view service, absl::string_view method,
             std::function<void(const CallContext&, std::shared_ptr<const Req>,
                                std::function<void(absl::StatusOr<Resp>)>)>
                 handler) {
    AddAsync(service, method, Req::default_instance(), Resp::default_instance(),
             [handler = std::move(handler)](
                 const CallContext& call, std::shared_ptr<const Message> request,
                 std::function<void(absl::Status, const Message*)> done) {
               handler(call, std::static_pointer_cast<const Req>(request),
                       [done = std::move(done)](absl::StatusOr<Resp> response) {
                         done(response.status(), response.ok() ? &*response : nullptr);
                       });
             });
  }

  // A client stream whose messages become one change. At most `max_bytes` in all. The first message
  // names the unit and the request_id. A stream that breaks off changes nothing.
  template <class Req, class Resp>
  void ClientStreamWrite(
      absl::string_view service, absl::string_view method, Service& host, size_t max_bytes,
      std::function<absl::Status(store::WriteTx&, const std::vector<std::shared_ptr<Req>>&)>
          change) {
    AddClientStream(service, method, host, max_bytes, Req::default_instance(),
                    Resp::default_instance(),
                    [change = std::move(change)](
                        store::WriteTx& tx, const std::vector<std::shared_ptr<Message>>& messages) {
                      std::vector<std::shared_ptr<Req>> typed;
                      typed.reserve(messages.size());
                      for (const auto& message : messages) {
                        typed.push_back(std::static_pointer_cast<Req>(message));
                      }
                      return change(tx, typed);
                    });
  }

  template <class Req, class Resp>
  void ServerStream(absl::string_view service, absl::string_view method,
                    std::function<absl::StatusOr<std::shared_ptr<StreamSource>>(const CallContext&,
                                                                                const Req&, Waker)>
                        handler) {
    AddServerStream(service, method, Req::default_instance(), Resp::default_instance(),
                    [handler = std::move(handler)](const CallContext& call, const Message& request,
                                                   Waker waker) {
                      return handler(call, static_cast<const Req&>(request), std::move(waker));
                    });
  }

  // Answers each message with one message, in order. `handler` must not block; an error ends the
  // stream.
  template <class Req, class Resp>
  void BidiInline(absl::string_view service, absl::string_view method,
                  std::function<absl::Status(const CallContext&, const Req&, Resp*)> handler) {
    AddBidi(service, method, Req::default_instance(), Resp::default_instance(),
            [handler = std::move(handler)](const CallContext& call, const Message& request,
                                           Message* response) {
              return handler(call, static_cast<const Req&>(request), static_cast<Resp*>(response));
            });
  }

  // The gRPC services of everything registered, one for each proto service. Registers every
  // permission, so it comes before the first call. Methods of a registered service that have no
  // handler answer UNIMPLEMENTED.
  std::vector<grpc::Service*> Services();

  // Full names of the registered services, sorted.
  std::vector<std::string> ServiceNames() const;
  // Everything registered, for tests that walk all methods.
  const std::vector<std::unique_ptr<Method>>& methods() const { return methods_; }

  const Environment& environment() const { return environment_; }

 private:
  using Message = google::protobuf::Message;
  using InlineFn = std::function<absl::Status(const CallContext&, const Message&, Message*)>;
  using ReadFn =
      std::function<absl::Status(const CallContext&, sql::Connection&, const Message&, Message*)>;
  using HostFn = std::function<absl::StatusOr<Service*>(const Message&)>;
  using ReadOfFn = std::function<absl::Status(const CallContext&, Service&, sql::Connection&,
                                              const Message&, Message*)>;
  using WriteFn = std::function<absl::Status(store::WriteTx&, const Message&)>;
  using AsyncFn = std::function<void(const CallContext&, std::shared_ptr<const Message>,
                                     std::function<void(absl::Status, const Message*)>)>;
  using CollectFn =
      std::function<absl::Status(store::WriteTx&, const std::vector<std::shared_ptr<Message>>&)>;
  using StreamFn = std::function<absl::StatusOr<std::shared_ptr<StreamSource>>(
      const CallContext&, const Message&, Waker)>;

  void AddInline(absl::string_view service, absl::string_view method, const Message& request,
                 const Message& response, InlineFn handler);
  void AddRead(absl::string_view service, absl::string_view method, Service& host,
               const Message& request, const Message& response, ReadFn handler);
  void AddReadOf(absl::string_view service, absl::string_view method, const Message& request,
                 const Message& response, HostFn host, ReadOfFn handler);
  void AddWrite(absl::string_view service, absl::string_view method, Service& host,
                const Message& request, const Message& response, WriteFn change);
  void AddAsync(absl::string_view service, absl::string_view method, const Message& request,
                const Message& response, AsyncFn handler);
  void AddClientStream(absl::string_view service, absl::string_view method, Service& host,
                       size_t max_bytes, const Message& request, const Message& response,
                       CollectFn change);
  void AddServerStream(absl::string_view service, absl::string_view method, const Message& request,
                       const Message& response, StreamFn handler);
  void AddBidi(absl::string_view service, absl::string_view method, const Message& request,
               const Message& response, InlineFn handler);

  class TableService;
  struct UnaryCall;
  struct StreamCall;
  TableService& TableOf(absl::string_view service);
  const Method* Describe(absl::string_view service, absl::string_view method,
                         const Message& request, const Message& response);

  Environment environment_;
  std::vector<std::unique_ptr<Method>> methods_;
  std::vector<std::unique_ptr<TableService>> tables_;
  std::map<std::string, std::shared_ptr<const ErrorCounters>, std::less<>> errors_;  // by service
  std::shared_ptr<void> running_;  // keeps the gauges of running calls up to date
};

// Runs a change that an RPC or a follower wants: when it fails only for lack of an upstream's
// newest entries, catches up and runs it again, once an upstream. `done` gets the final outcome.
void Transact(Service& host, store::Mutation mutation);

}  // namespace lianfang::rpc
