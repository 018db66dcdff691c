#include "services/reporting/documents/issued.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/resource_name.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "services/reporting/documents/domain/kinds.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/state/state.pb.h"
#include "services/reporting/unit_check.h"

namespace lianfang::reporting::documents {
namespace {

// More than a ledger ever has entries.
constexpr int64_t kLastSequence = 999'999'999'999;
constexpr int kMaxSame = 100;

std::string CounterKey(const v1::IssuedDocument& document) {
  return absl::StrCat(document.year(), "/", static_cast<int>(document.kind()));
}

std::string IdOf(const v1::IssuedDocument& document) {
  return absl::AsciiStrToLower(document.number());
}

// Also what a change that has just put the document leaves.
absl::Status Derive(store::WriteTx& tx, int64_t sequence, const v1::IssuedDocument& document) {
  // The number stands in the document, so the count needs nothing that was there before.
  const size_t dash = document.number().rfind('-');
  int32_t number = 0;
  if (dash == std::string::npos || !absl::SimpleAtoi(document.number().substr(dash + 1), &number)) {
    return absl::DataLossError("a document has no number");
  }
  state::v1::DocumentCounter counter;
  counter.set_number(number);
  LF_RETURN_IF_ERROR(tx.Derive(CounterKind(), CounterKey(document), counter));
  state::v1::DocumentOrder order;
  order.set_document(IdOf(document));
  return tx.Derive(OrderKind(), absl::StrFormat("%012d", kLastSequence - sequence), order);
}

}  // namespace

const store::RecordKind& DocumentKind() {
  static const auto* kind =
      new store::RecordKind("documents", "documents", v1::IssuedDocument::default_instance(),
                            {"kind", "year", "short_digest"});
  return *kind;
}

const store::RecordKind& CounterKind() {
  static const auto* kind = new store::RecordKind(
      "document_counters", "", state::v1::DocumentCounter::default_instance(), {});
  return *kind;
}

const store::RecordKind& OrderKind() {
  static const auto* kind =
      new store::RecordKind("document_order", "", state::v1::DocumentOrder::default_instance(), {});
  return *kind;
}

std::string ShortDigest(absl::string_view digest) {
  const std::string hex = absl::AsciiStrToUpper(
      absl::BytesToHexString(digest.substr(0, std::min<size_t>(8, digest.size()))));
  std::string grouped;
  for (size_t i = 0; i < hex.size(); i += 4) {
    absl::StrAppend(&grouped, i > 0 ? "-" : "", hex.substr(i, 4));
  }
  return grouped;
}

absl::StatusOr<std::optional<v1::IssuedDocument>> FindSame(store::Reader& reader,
                                                           absl::string_view unit_id,
                                                           const v1::IssuedDocument& document) {
  store::Query query;
  query.equal = {{"short_digest", ShortDigest(document.digest())}};
  query.limit = kMaxSame;
  LF_ASSIGN_OR_RETURN(auto found, reader.List<v1::IssuedDocument>(DocumentKind(), unit_id, query));
  for (v1::IssuedDocument& one : found) {
    if (one.digest() == document.digest() && one.kind() == document.kind() &&
        one.scope() == document.scope() && one.year() == document.year()) {
      return std::optional<v1::IssuedDocument>(std::move(one));
    }
  }
  return std::optional<v1::IssuedDocument>();
}

absl::StatusOr<v1::IssuedDocument> Issue(store::WriteTx& tx, v1::IssuedDocument document) {
  LF_ASSIGN_OR_RETURN(auto same, FindSame(tx, tx.unit_id(), document));
  if (same) return *std::move(same);
  LF_ASSIGN_OR_RETURN(const auto counter, tx.FindById<state::v1::DocumentCounter>(
                                              CounterKind(), tx.unit_id(), CounterKey(document)));
  const KindInfo* info = InfoOf(document.kind());
  if (info == nullptr) return absl::InternalError("a document of no kind");
  document.set_number(absl::StrFormat("%04d-%s-%04d", document.year(), info->code,
                                      (counter ? counter->number() : 0) + 1));
  document.set_short_digest(ShortDigest(document.digest()));
  document.set_name(RecordName(tx.unit_id(), DocumentKind().collection(), IdOf(document)));
  *document.mutable_create_time() = ToTimestamp(tx.now());
  LF_RETURN_IF_ERROR(tx.Put(DocumentKind(), document));
  LF_RETURN_IF_ERROR(Derive(tx, tx.sequence(), document));
  return document;
}

absl::Status DeriveDocuments(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                             const ledger::v1::EntryContent& content) {
  for (const auto& any : content.resources()) {
    if (!any.Is<v1::IssuedDocument>()) continue;
    v1::IssuedDocument document;
    if (!any.UnpackTo(&document)) return absl::DataLossError("a document cannot be read");
    LF_RETURN_IF_ERROR(Derive(tx, header.sequence(), document));
  }
  return absl::OkStatus();
}

absl::Status GetIssued(const rpc::CallContext&, store::Reader& reader,
                       const v1::GetIssuedDocumentRequest& request,
                       v1::GetIssuedDocumentResponse* response) {
  LF_ASSIGN_OR_RETURN(*response->mutable_document(),
                      reader.Get<v1::IssuedDocument>(DocumentKind(), request.name()));
  return absl::OkStatus();
}

absl::Status ListIssued(const rpc::CallContext& call, store::Reader& reader,
                        const v1::ListIssuedDocumentsRequest& request,
                        v1::ListIssuedDocumentsResponse* response) {
  LF_RETURN_IF_ERROR(CheckUnit(reader, call.unit_id));
  LF_ASSIGN_OR_RETURN(const std::string after, rpc::ReadPageToken(request));
  const int size = request.page_size() <= 0 ? rpc::kDefaultPage : request.page_size();
  store::Query query;
  query.after = after;
  query.limit = size + 1;
  std::vector<std::pair<std::string, std::string>> found;  // key and document
  LF_RETURN_IF_ERROR(reader.Scan(
      OrderKind(), call.unit_id, query, [&](absl::string_view id, absl::string_view body) {
        state::v1::DocumentOrder order;
        if (!order.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
          return store::CorruptRecord(OrderKind(), id);
        }
        found.emplace_back(id, order.document());
        return absl::OkStatus();
      }));
  for (size_t i = 0; i < std::min(found.size(), static_cast<size_t>(size)); ++i) {
    LF_ASSIGN_OR_RETURN(auto document, reader.FindById<v1::IssuedDocument>(
                                           DocumentKind(), call.unit_id, found[i].second));
    if (!document) return absl::DataLossError("a document is missing");
    *response->add_documents() = *std::move(document);
  }
  if (found.size() > static_cast<size_t>(size)) {
    response->set_next_page_token(
        rpc::MakePageToken(request, found[static_cast<size_t>(size) - 1].first));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::reporting::documents
