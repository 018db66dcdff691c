// The standard methods of a record kind: Create, Get, List, Update, Archive. A kind brings its
// rules as functions; all else (names, etags, masks, pages) is the same for every kind and is
// worked out from the messages.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/rpc/serve.h"
#include "common/store/record_kind.h"

namespace lianfang::rpc {

// Untyped parts, so that they are compiled once.

// Takes the record out of a Create request: its name is made of `parent` and the id field (or a new
// id), output fields are cleared. RESOURCE_EXISTS when there is one with this name.
absl::Status PrepareCreate(store::WriteTx& tx, const store::RecordKind& kind,
                           const google::protobuf::Message& request,
                           google::protobuf::Message* record);

// Merges an Update request's record into the stored one, by its mask. Checks the etag; refuses
// masks that name unknown, output or immutable fields.
absl::Status MergeUpdate(const google::protobuf::Message& request,
                         google::protobuf::Message* stored);

// One page: `page_size`, `page_token` of the request, `next_page_token` of the response, whose only
// repeated message field takes the records.
absl::Status ListPage(const CallContext& call, store::Reader& reader, const store::RecordKind& kind,
                      const google::protobuf::Message& request, store::Query query,
                      google::protobuf::Message* response);

// The same of the records that `keep` asks for, which sees what no column says: pages are full as
// long as there are such records, and no token, count or page tells of the others.
absl::Status ListKept(
    const CallContext& call, store::Reader& reader, const store::RecordKind& kind,
    const google::protobuf::Message& request, store::Query query,
    absl::FunctionRef<absl::StatusOr<bool>(google::protobuf::Message& record)> keep,
    google::protobuf::Message* response);

// Default and cap of page sizes.
inline constexpr int kDefaultPage = 50;
inline constexpr int kMaxPage = 500;
int PageSize(int requested);

// Page tokens: opaque, and bound to the request's other fields.
std::string MakePageToken(const google::protobuf::Message& request, absl::string_view after);
// INVALID_PAGE_TOKEN for a token of another request.
absl::StatusOr<std::string> ReadPageToken(const google::protobuf::Message& request);

// Of what a rule and what a check of the request say of a change: whoever may not make it hears
// that, whatever else is wrong, and nothing that tells of the record; then what is wrong with the
// request.
absl::Status Foremost(absl::Status rule, absl::Status request);

// Typed registration of the standard methods of one kind with one service.
template <class T>
class Standard {
 public:
  Standard(Registry* registry, absl::string_view service, Service* host,
           const store::RecordKind* kind)
      : registry_(registry), service_(service), host_(host), kind_(kind) {}

  // `rule` sees the new record before it is written; it may change it (states, computed fields) or
  // refuse it.
  template <class Req, class Resp>
  Standard& Create(absl::string_view method,
                   std::function<absl::Status(store::WriteTx&, T&)> rule) {
    registry_->Write<Req, Resp>(
        service_, method, *host_,
        [kind = kind_, rule = std::move(rule)](store::WriteTx& tx, const Req& request) {
          T record;
          LF_RETURN_IF_ERROR(PrepareCreate(tx, *kind, request, &record));
          LF_RETURN_IF_ERROR(rule(tx, record));
          return tx.Put(*kind, record);
        });
    return *this;
  }

  template <class Req, class Resp>
  Standard& Get(absl::string_view method) {
    return Get<Req, Resp>(
        method, [](const CallContext&, store::Reader&, const T&) { return absl::OkStatus(); });
  }
  // `rule` may refuse that the caller sees the record.
  template <class Req, class Resp>
  Standard& Get(absl::string_view method,
                std::function<absl::Status(const CallContext&, store::Reader&, const T&)> rule) {
    registry_->Read<Req, Resp>(
        service_, method, *host_,
        [kind = kind_, rule = std::move(rule)](const CallContext& call, store::Reader& reader,
                                               const Req& request, Resp* response) {
          LF_ASSIGN_OR_RETURN(const std::optional<T> found, reader.Find<T>(*kind, request.name()));
          const T& record = found ? *found : T::default_instance();
          // Asked as well where there is none: how long an answer takes must not tell it.
          const absl::Status seen = rule(call, reader, record);
          if (!found) return store::NotFound(request.name());
          LF_RETURN_IF_ERROR(seen);
          const auto* field = Resp::descriptor()->field(0);
          response->GetReflection()->MutableMessage(response, field)->CopyFrom(record);
          return absl::OkStatus();
        });
    return *this;
  }

  // `filter` turns the request's fields into conditions on columns; what `prepare` makes, once a
  // call, says of each record whether the caller sees it.
  using Sees = std::function<absl::StatusOr<bool>(const T&)>;
  template <class Req, class Resp>
  Standard& ListSeen(absl::string_view method,
                     std::function<store::Query(const CallContext&, const Req&)> filter,
                     std::function<Sees(const CallContext&, store::Reader&)> prepare) {
    registry_->Read<Req, Resp>(
        service_, method, *host_,
        [kind = kind_, filter = std::move(filter), prepare = std::move(prepare)](
            const CallContext& call, store::Reader& reader, const Req& request, Resp* response) {
          const Sees sees = prepare(call, reader);
          return ListKept(
              call, reader, *kind, request, filter(call, request),
              [&sees](google::protobuf::Message& record) {
                return sees(static_cast<const T&>(record));
              },
              response);
        });
    return *this;
  }

  // `filter` turns the request's fields into conditions on columns.
  template <class Req, class Resp>
  Standard& List(absl::string_view method,
                 std::function<store::Query(const CallContext&, const Req&)> filter) {
    registry_->Read<Req, Resp>(
        service_, method, *host_,
        [kind = kind_, filter = std::move(filter)](const CallContext& call, store::Reader& reader,
                                                   const Req& request, Resp* response) {
          return ListPage(call, reader, *kind, request, filter(call, request), response);
        });
    return *this;
  }

  // `rule` sees the stored and the merged record.
  template <class Req, class Resp>
  Standard& Update(absl::string_view method,
                   std::function<absl::Status(store::WriteTx&, const T& old, T& next)> rule) {
    registry_->Write<Req, Resp>(
        service_, method, *host_,
        [kind = kind_, rule = std::move(rule)](store::WriteTx& tx, const Req& request) {
          const auto& given = static_cast<const T&>(
              request.GetReflection()->GetMessage(request, Req::descriptor()->field(0)));
          LF_ASSIGN_OR_RETURN(const T old, tx.Get<T>(*kind, given.name()));
          T next = old;
          const absl::Status merged = MergeUpdate(request, &next);
          LF_RETURN_IF_ERROR(Foremost(rule(tx, old, next), merged));
          return tx.Put(*kind, next);
        });
    return *this;
  }

  // A change of state by a verb: Archive, Submit, … The request has `name` and `etag`.
  template <class Req, class Resp>
  Standard& Verb(absl::string_view method,
                 std::function<absl::Status(store::WriteTx&, const Req&, T&)> rule) {
    registry_->Write<Req, Resp>(
        service_, method, *host_,
        [kind = kind_, rule = std::move(rule)](store::WriteTx& tx, const Req& request) {
          LF_ASSIGN_OR_RETURN(T record, tx.Get<T>(*kind, request.name()));
          const absl::Status fresh = store::CheckEtag(record.etag(), request.etag());
          LF_RETURN_IF_ERROR(Foremost(rule(tx, request, record), fresh));
          return tx.Put(*kind, record);
        });
    return *this;
  }

 private:
  Registry* registry_;
  std::string service_;
  Service* host_;
  const store::RecordKind* kind_;
};

}  // namespace lianfang::rpc
