#include "common/verify/sealed_rows.h"

#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/sha256.h"
#include "common/status/error.h"
#include "common/verify/schema_check.h"

namespace lianfang::verify {

SealedRows::SealedRows(const server::Sealed& sealed, const ExpectedRows& records) {
  const auto* type = sealed.record->type();
  const auto* field = type->FindFieldByName(sealed.digest_field);
  const std::unique_ptr<google::protobuf::Message> record(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  for (const auto& [id, row] : records) {
    if (!record->ParseFromString(row.body)) continue;
    std::string digest = record->GetReflection()->GetString(*record, field);
    if (!digest.empty()) expected_[id] = {std::move(digest), row.entry, row.ledger};
  }
}

absl::Status SealedRows::Compare(sql::Snapshot& snapshot, size_t place, const sql::Table& table,
                                 const std::string& unit_id, const Finding& of_table,
                                 Findings* findings, int64_t* rows) {
  const int id_at = ColumnOf(table, "id");
  const int sequence_at = ColumnOf(table, "sequence");
  const int body_at = ColumnOf(table, "body");
  if (id_at < 0 || sequence_at < 0 || body_at < 0) return absl::OkStatus();
  LF_RETURN_IF_ERROR(snapshot.ReadOf(place, table, unit_id, [&](const sql::Row& row) {
    ++*rows;
    Finding finding = of_table;
    finding.key = std::string(row.Data(id_at));
    const std::string digest = crypto::ToBytes(crypto::Sha256(row.Data(body_at)));
    const auto it = expected_.find(finding.key);
    if (it == expected_.end()) {
      finding.problem = {"多出的行：账本中没有它", "an additional row: it is not on the ledger"};
      findings->Add(std::move(finding));
      return absl::OkStatus();
    }
    finding.sequence = it->second.entry;
    finding.ledger = it->second.ledger;
    if (row.Int(sequence_at) != 0) {
      finding.field = "sequence";
      finding.stored = absl::StrCat(row.Int(sequence_at));
      finding.expected = "0";
      finding.problem = {"与账本所记的不符", "is not what the ledger says"};
      findings->Add(finding);
    }
    if (digest != it->second.digest) {
      // Digests only: what is in the row is nobody's to read.
      finding.field = "body";
      finding.stored = absl::Base64Escape(digest);
      finding.expected = absl::Base64Escape(it->second.digest);
      finding.problem = {"保密内容的摘要与账本所记的不符",
                         "what is kept in secret has not the digest that the ledger says"};
      findings->Add(finding);
    }
    expected_.erase(it);
    return absl::OkStatus();
  }));
  for (const auto& [id, missing] : expected_) {
    Finding finding = of_table;
    finding.key = id;
    finding.sequence = missing.entry;
    finding.ledger = missing.ledger;
    finding.expected = absl::Base64Escape(missing.digest);
    finding.problem = {"行缺失", "the row is missing"};
    findings->Add(std::move(finding));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::verify
