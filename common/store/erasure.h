// Erasing a record's text: from its table, and from the contents of the ledger's entries, in one
// change whose entry says what was erased, when, by whom and why.
//
// The header of an entry, and so every proof, stays as it is. What else an emptied content held is
// not lost: of records whose newest revision was in it, that revision is put on the ledger again,
// as it is, by the erasing entry. So the contents that are there, folded in order, still give every
// table exactly, `sequence` included: it is the number of the newest entry that states the record.
//
// What whoever follows the ledger must know: an emptied entry brings nothing; what it brought comes
// with the erasing entry. Who was level before sees the records of that entry a second time, so
// applying a record that has not changed must change nothing.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/sql/database.h"
#include "common/store/record_kind.h"
#include "common/store/write_tx.h"

namespace lianfang::store {

// Stands in a text field that was erased.
inline constexpr char kErasedText[] = "（内容已依法删除）";

// The method that an erasing entry's header names.
inline constexpr char kEraseMethod[] = "lianfang.ledger.v1.LedgerService/EraseRecord";

// What was erased from a service's ledgers; on every ledger.
const RecordKind& ErasureKind();

// Whether records of a type have text that can be erased (FieldLimits.erasable).
bool HasErasableFields(const google::protobuf::Descriptor* type);
// Whether a record holds text that can be erased and was not.
bool HoldsText(const google::protobuf::Message& record);
// Puts kErasedText in place of all text that can be erased. Dotted paths of the fields that held
// some, sorted; a repeated field is named once.
std::set<std::string> Redact(google::protobuf::Message* record);
// Whether somebody's decision on the record is awaited, by its `state`: then it must stay as it is.
bool IsUnderReview(const google::protobuf::Message& record);

// Where on a ledger text of a record is.
struct HeldText {
  std::vector<int64_t> entries;  // numbers of the entries whose contents hold some, in order
  // Names of the record itself and of the records below it (its revisions) that these entries
  // state.
  std::set<std::string> names;
  int64_t read_to = 0;  // number of the last entry that was looked at
};

// Looks through the entries after `found->read_to` up to `to`, page by page, and adds what it
// finds.
absl::Status FindText(sql::Connection& connection, absl::string_view unit_id,
                      absl::string_view record, int64_t to, HeldText* found);

// What to erase.
struct EraseOrder {
  std::string service;  // that keeps the ledger
  std::string record;   // resource name
  std::string reason;
};

// Erases, in a change. `kinds` are those on the service's ledger. `found` is what FindText found
// before: only entries that came since are read here. Errors: RESOURCE_NOT_FOUND,
// ILLEGAL_TRANSITION (records of this kind are not erased, under review, nothing to erase),
// OWN_RECORD, OVERLOADED (too much has changed since: look again).
absl::Status Erase(WriteTx& tx, absl::Span<const RecordKind* const> kinds, const EraseOrder& order,
                   HeldText found);

}  // namespace lianfang::store
