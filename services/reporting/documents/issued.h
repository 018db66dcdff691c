// Documents with a number, on reporting's ledger: `units/{unit}/documents/{number in lower case}`.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "common/rpc/serve.h"
#include "common/store/record_kind.h"
#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "lianfang/reporting/v1/document.pb.h"

namespace lianfang::reporting::documents {

const store::RecordKind& DocumentKind();
// Derived: how many of a kind and year there are, and the order, newest first.
const store::RecordKind& CounterKind();
const store::RecordKind& OrderKind();

// XXXX-XXXX-XXXX-XXXX of a digest.
std::string ShortDigest(absl::string_view digest);

// The document that says the same, or a new one with the next number. `document` has kind, scope,
// year, title, digest and positions.
absl::StatusOr<v1::IssuedDocument> Issue(store::WriteTx& tx, v1::IssuedDocument document);
// The document that says the same, if there is one.
absl::StatusOr<std::optional<v1::IssuedDocument>> FindSame(store::Reader& reader,
                                                           absl::string_view unit_id,
                                                           const v1::IssuedDocument& document);

// What an entry of the own ledger with a document leaves in the derived tables.
absl::Status DeriveDocuments(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                             const ledger::v1::EntryContent& content);

absl::Status GetIssued(const rpc::CallContext& call, store::Reader& reader,
                       const v1::GetIssuedDocumentRequest& request,
                       v1::GetIssuedDocumentResponse* response);
absl::Status ListIssued(const rpc::CallContext& call, store::Reader& reader,
                        const v1::ListIssuedDocumentsRequest& request,
                        v1::ListIssuedDocumentsResponse* response);

}  // namespace lianfang::reporting::documents
