#include "common/verify/derived_rows.h"

#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::verify {
namespace {

// A database without a row.
class Nothing final : public sql::Connection {
 public:
  absl::Status Query(absl::string_view, absl::Span<const sql::Param>,
                     absl::FunctionRef<absl::Status(const sql::Row&)>) override {
    return absl::OkStatus();
  }
  absl::StatusOr<int64_t> Execute(absl::string_view, absl::Span<const sql::Param>) override {
    return NotHere();
  }
  absl::Status Begin() override { return NotHere(); }
  absl::Status Commit() override { return NotHere(); }
  absl::Status Rollback() override { return NotHere(); }
  bool usable() const override { return true; }
  absl::Status Check() override { return absl::OkStatus(); }

 private:
  static absl::Status NotHere() { return absl::InternalError("a derivation writes by itself"); }
};

class NoIds final : public IdSource {
 public:
  // A derivation that takes a new id is none: its rows would never be the same again.
  std::string NewId() override { return "not-derived"; }
};

}  // namespace

DerivedRows::DerivedRows(std::string unit_id)
    : unit_id_(std::move(unit_id)),
      identity_{.subject = "verify", .units = {unit_id_}, .roles = {}, .granted = {}},
      ids_(std::make_unique<NoIds>()),
      nothing_(std::make_unique<Nothing>()) {}

absl::Status DerivedRows::Apply(const server::Derivation& derivation, const CheckedEntry& entry) {
  const auto nanos = google::protobuf::util::TimeUtil::TimestampToNanoseconds(entry.header.time());
  store::WriteTx tx(this, &identity_, unit_id_, entry.header.sequence(), absl::FromUnixNanos(nanos),
                    ids_.get());
  LF_RETURN_IF_ERROR(derivation.derive(tx, entry.header, entry.content));
  for (const auto& [key, row] : tx.rows().rows()) {
    entries_[key] = {entry.header.sequence(), entry.header.service()};
  }
  rows_.Merge(tx.rows());
  return absl::OkStatus();
}

ExpectedRows DerivedRows::Take(const store::RecordKind& kind) {
  ExpectedRows taken;
  const auto begin = rows_.rows().lower_bound({&kind, {"", ""}});
  for (auto it = begin; it != rows_.rows().end() && it->first.first == &kind; ++it) {
    const auto& [entry, ledger] = entries_[it->first];
    store::PendingRow& row = it->second;
    taken[row.id] = {row.sequence, std::move(row.body), std::move(row.index), entry, ledger};
  }
  return taken;
}

absl::Status DerivedRows::Flush() {
  return absl::InternalError("a derivation asks for more than names");
}

absl::StatusOr<int64_t> DerivedRows::LedgerSize(absl::string_view) {
  return absl::InternalError("a derivation asks for the size of the own ledger");
}

}  // namespace lianfang::verify
