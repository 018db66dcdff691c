#include "tests/bench/bare.h"

#include <numeric>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/crypto/sha256.h"
#include "common/ledger/merkle.h"
#include "common/sql/migrate.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "common/testing/test_database.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "services/risk/module.h"
#include "services/risk/risk_kinds.h"
#include "tests/bench/school.h"

namespace lianfang::bench {

using sql::Param;

Bare::Bare(testing::TestServer& server, int units)
    : server_(server), units_(units), database_(testing::OpenTestDatabase(folder_.path())) {
  absl::Status status = store::MigrateLedger(*database_);
  for (const auto& [component, files] : risk::RiskModule().schemas) {
    status.Update(sql::Migrate(*database_, component, files));
  }
  for (int i = 0; i < kConnections; ++i) {
    auto connection = database_->Connect();
    status.Update(connection.status());
    if (connection.ok()) connections_.push_back(*std::move(connection));
  }
  // The heads are there, so that they can be locked.
  for (int i = 0; i < units; ++i) {
    status.Update(
        connections_[0]
            ->Execute("INSERT INTO ledger_heads (unit_id, size, frontier) VALUES (?, ?, ?)",
                      {Param::Text(absl::StrCat("u", i)), Param::Int(0),
                       Param::Bytes(ledger::Frontier().Serialize())})
            .status());
  }
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

double Bare::PerSecond(absl::Duration duration) {
  std::vector<int64_t> done(kConnections, 0);
  std::vector<std::thread> workers;
  const absl::Time begin = absl::Now();
  for (int i = 0; i < kConnections; ++i) {
    workers.emplace_back([&, i] { Work(i, begin + duration, &done[i]); });
  }
  for (std::thread& worker : workers) worker.join();
  return static_cast<double>(std::accumulate(done.begin(), done.end(), int64_t{0})) /
         absl::ToDoubleSeconds(absl::Now() - begin);
}

void Bare::Work(int worker, absl::Time end, int64_t* done) {
  sql::Connection& connection = *connections_[worker];
  for (int64_t n = worker; absl::Now() < end; n += kConnections) {
    const absl::Status status =
        Register(connection, absl::StrCat("u", n % units_), server_.RequestId());
    if (status.ok()) {
      ++*done;
    } else {
      connection.Rollback().IgnoreError();
    }
  }
}

absl::Status Bare::Register(sql::Connection& connection, const std::string& unit,
                            const std::string& request_id) {
  LF_RETURN_IF_ERROR(connection.Begin());
  std::string stored;
  LF_RETURN_IF_ERROR(
      connection.Query(absl::StrCat("SELECT frontier FROM ledger_heads WHERE unit_id = ?",
                                    database_->dialect().lock_rows),
                       {Param::Text(unit)}, [&](const sql::Row& row) {
                         stored = std::string(row.Data(0));
                         return absl::OkStatus();
                       }));
  LF_ASSIGN_OR_RETURN(ledger::Frontier frontier, ledger::Frontier::Parse(stored));
  LF_RETURN_IF_ERROR(
      connection.Query("SELECT sequence FROM ledger_entries WHERE unit_id = ? AND request_id = ?",
                       {Param::Text(unit), Param::Text(request_id)},
                       [](const sql::Row&) { return absl::OkStatus(); }));

  const auto sequence = static_cast<int64_t>(frontier.size()) + 1;
  risk::v1::RiskPoint point = ARiskPoint(unit).risk_point();
  const std::string id = absl::StrCat(absl::Hex(sequence, absl::kZeroPad10), "-", request_id);
  point.set_name(absl::StrCat("units/", unit, "/riskPoints/", id));
  const auto& kind = risk::RiskPointKind();
  const std::string body = point.SerializeAsString();
  std::string marks = "?, ?, ?, ?";
  std::vector<Param> params = {Param::Text(unit), Param::Text(id), Param::Int(sequence),
                               Param::Bytes(body)};
  const auto index = kind.IndexOf(point);
  for (const auto& value : index) {
    marks += ", ?";
    params.push_back(store::ToParam(value));
  }
  LF_RETURN_IF_ERROR(connection
                         .Execute(absl::StrCat("REPLACE INTO ", kind.table(), " (",
                                               kind.all_columns(), ") VALUES (", marks, ")"),
                                  params)
                         .status());

  ledger::v1::EntryContent content;
  content.add_resources()->PackFrom(point);
  const std::string content_bytes = content.SerializeAsString();
  ledger::v1::EntryHeader header;
  header.set_unit("units/" + unit);
  header.set_service("risk");
  header.set_sequence(sequence);
  header.set_actor("units/u0/persons/office");
  header.add_roles("control_office");
  header.set_method("lianfang.risk.v1.RiskService/CreateRiskPoint");
  header.set_resource(point.name());
  header.set_request_id(request_id);
  header.set_request_digest(crypto::ToBytes(crypto::Sha256(body)));
  header.set_content_digest(crypto::ToBytes(crypto::Sha256(content_bytes)));
  const std::string header_bytes = header.SerializeAsString();
  const std::string hashes = frontier.Append(ledger::HashLeaf(header_bytes));
  LF_RETURN_IF_ERROR(
      connection
          .Execute("INSERT INTO ledger_entries (unit_id, sequence, request_id, header, hashes, "
                   "content) VALUES (?, ?, ?, ?, ?, ?)",
                   {Param::Text(unit), Param::Int(sequence), Param::Text(request_id),
                    Param::Bytes(header_bytes), Param::Bytes(hashes), Param::Bytes(content_bytes)})
          .status());
  LF_RETURN_IF_ERROR(
      connection
          .Execute("REPLACE INTO ledger_heads (unit_id, size, frontier) VALUES (?, ?, ?)",
                   {Param::Text(unit), Param::Int(sequence), Param::Bytes(frontier.Serialize())})
          .status());
  return connection.Commit();
}

}  // namespace lianfang::bench
