#include "common/rpc/serve.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/auth/share.h"
#include "common/message/canonical.h"
#include "common/obs/metric_table.h"
#include "common/rpc/admission.h"
#include "common/rpc/respond.h"
#include "common/rpc/table_service.h"
#include "common/status/error.h"
#include "google/protobuf/arena.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::rpc {

using google::protobuf::Arena;
using google::protobuf::Message;
using message::CanonicalRequest;

Registry::Registry(Environment environment) : environment_(environment) {}
Registry::~Registry() = default;

namespace {

void Send(const CallRecord& record, const absl::Status& status, const Message* response,
          UnaryAnswer* reactor, grpc::ByteBuffer* out) {
  const grpc::Status answer =
      status.ok() ? record.End(Serialize(*response, out)) : record.End(status);
  reactor->Send(answer, answer.ok() ? out->Length() : 0);
}

}  // namespace

// A unary call that is answered after the handler's thread has left.
struct Registry::UnaryCall {
  UnaryCall(const Environment& of_registry, const CallRecord& begun,
            grpc::CallbackServerContext* of, grpc::ByteBuffer* answer)
      : environment(of_registry),
        record(begun),
        context(of),
        reactor(new UnaryAnswer(of, of_registry.watch)),
        out(answer) {}
  const Environment& environment;
  const CallRecord record;
  grpc::CallbackServerContext* context;
  UnaryAnswer* reactor;
  grpc::ByteBuffer* out;
  CallContext call;
  std::unique_ptr<Message> request;
  std::unique_ptr<Message> response;

  void Finish(const absl::Status& status) const {
    Audit(environment, call, request.get(), status);
    Send(record, status, response.get(), reactor, out);
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
  const std::string of(service);
  auto& errors = errors_[of];
  if (errors == nullptr) errors = MakeErrorCounters(*environment_.metrics, of);
  method->metrics =
      std::make_shared<const MethodMetrics>(*environment_.metrics, *method->descriptor, errors);
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
  running_ = environment_.metrics->BeforeRead([this] {
    std::map<std::string, int64_t> running;
    for (const auto& method : methods_) {
      running[method->descriptor->service()->full_name()] += method->metrics->running();
    }
    for (const auto& [service, calls] : running) {
      environment_.metrics->GetGauge(obs::kCallsRunning, {service})->Set(calls);
    }
  });
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
        auto* reactor = new UnaryAnswer(context, environment_.watch);
        const CallRecord record(*method, *context, *environment_.traces);
        const obs::ScopedTrace scope(record.trace());
        // Most requests fit into the block on the stack; large batches grow on the heap.
        alignas(8) char block[4096];
        Arena arena(block, sizeof(block));
        Message* typed_response = response->New(&arena);
        Message* typed_request = request->New(&arena);
        CallContext call;
        const absl::Status status = [&]() -> absl::Status {
          LF_RETURN_IF_ERROR(Admit(environment_, *method, *context, &call));
          LF_RETURN_IF_ERROR(Parse(*method, *in, typed_request));
          LF_RETURN_IF_ERROR(Check(&call, *typed_request));
          return handler(call, *typed_request, typed_response);
        }();
        Audit(environment_, call, typed_request, status);
        Send(record, status, typed_response, reactor, out);
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
        auto unary = std::make_shared<UnaryCall>(
            environment_, CallRecord(*method, *context, *environment_.traces), context, out);
        auto* reactor = unary->reactor;
        unary->request.reset(request->New());
        unary->response.reset(response->New());
        Service* host = nullptr;
        auto positions = std::make_shared<std::vector<common::v1::LedgerPosition>>();
        const absl::Status admitted = [&]() -> absl::Status {
          LF_RETURN_IF_ERROR(Admit(environment_, *method, *context, &unary->call));
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
          unary->Finish(admitted);
          return reactor;
        }
        AwaitPositions(*host, positions, 0, unary->call.unit_id, unary->call.deadline,
                       [this, unary, host, handler](const absl::Status& fresh) {
                         if (!fresh.ok()) {
                           unary->Finish(fresh);
                           return;
                         }
                         const obs::ScopedTrace scope(unary->record.trace());
                         environment_.reads->Submit(
                             auth::ShareOf(unary->call.identity.get()), unary->call.deadline,
                             [unary, host, handler](absl::Status status) {
                               if (status.ok() && unary->context->IsCancelled()) {
                                 status = MakeError(common::v1::ERROR_REASON_CANCELLED,
                                                    "请求已取消。", "The call was cancelled.");
                               }
                               if (status.ok()) {
                                 status = host->readers->Read([&](sql::Connection& connection) {
                                   unary->response->Clear();
                                   return (*handler)(unary->call, *host, connection,
                                                     *unary->request, unary->response.get());
                                 });
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

void Registry::AddWrite(absl::string_view service, absl::string_view name, Service& host,
                        const Message& request, const Message& response, WriteFn change) {
  const Method* method = Describe(service, name, request, response);
  auto shared_change = std::make_shared<WriteFn>(std::move(change));
  TableOf(service).AddUnary(
      *method,
      [this, method, &host, request = &request, response = &response, shared_change](
          grpc::CallbackServerContext* context, const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
        auto unary = std::make_shared<UnaryCall>(
            environment_, CallRecord(*method, *context, *environment_.traces), context, out);
        auto* reactor = unary->reactor;
        unary->request.reset(request->New());
        unary->response.reset(response->New());
        const absl::Status admitted = [&]() -> absl::Status {
          LF_RETURN_IF_ERROR(Admit(environment_, *method, *context, &unary->call));
          LF_RETURN_IF_ERROR(Parse(*method, *in, unary->request.get()));
          return Check(&unary->call, *unary->request);
        }();
        if (!admitted.ok()) {
          unary->Finish(admitted);
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
        mutation.request_digest = crypto::Sha256(CanonicalRequest(*unary->request));
        mutation.deadline = unary->call.deadline;
        mutation.cancelled = [unary] { return unary->context->IsCancelled(); };
        mutation.apply = [unary, shared_change](store::WriteTx& tx) {
          const obs::ScopedTrace scope(unary->record.trace());
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
        auto* reactor = new UnaryAnswer(context, environment_.watch);
        const CallRecord record(*method, *context, *environment_.traces);
        const obs::ScopedTrace scope(record.trace());
        std::shared_ptr<Message> typed(request->New());
        CallContext call;
        const absl::Status admitted = [&]() -> absl::Status {
          LF_RETURN_IF_ERROR(Admit(environment_, *method, *context, &call));
          LF_RETURN_IF_ERROR(Parse(*method, *in, typed.get()));
          return Check(&call, *typed);
        }();
        if (!admitted.ok()) {
          Audit(environment_, call, typed.get(), admitted);
          reactor->Send(record.End(admitted), 0);
          return reactor;
        }
        handler(call, typed,
                [this, call, typed, record, reactor, out](const absl::Status& status,
                                                          const Message* answer) {
                  Audit(environment_, call, typed.get(), status);
                  Send(record, status, answer, reactor, out);
                });
        return reactor;
      });
}

}  // namespace lianfang::rpc
