// A database that fails when a test says so, in the ways in which engines and networks do.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "common/sql/database.h"
#include "common/status/error.h"

namespace lianfang::testing {

class FaultyDatabase final : public sql::Database {
 public:
  // What fails: the next statement that begins like `statement` ("COMMIT" for the commit), with
  // this failure; before it is done, or after.
  struct Fault {
    std::string statement;
    sql::Failure failure = sql::Failure::kNone;
    bool done = false;
    int times = 1;
  };

  explicit FaultyDatabase(sql::Database* real) : real_(real) {}

  void FailNext(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
  }
  // Statements that followed an error within its transaction. Must stay 0: they would stand by
  // themselves.
  int after_failure() const { return after_failure_; }
  int connections() const { return connections_; }

  absl::StatusOr<std::unique_ptr<sql::Connection>> Connect() override {
    ++connections_;
    auto connection = real_->Connect();
    if (!connection.ok()) return connection.status();
    return std::unique_ptr<sql::Connection>(new FaultyConnection(this, *std::move(connection)));
  }
  absl::StatusOr<std::unique_ptr<sql::SchemaLock>> LockSchema() override {
    return real_->LockSchema();
  }
  const sql::Dialect& dialect() const override { return real_->dialect(); }
  int writers() const override { return real_->writers(); }

 private:
  class FaultyConnection final : public sql::Connection {
   public:
    FaultyConnection(FaultyDatabase* owner, std::unique_ptr<sql::Connection> real)
        : owner_(owner), real_(std::move(real)) {}

    absl::Status Query(absl::string_view sql, absl::Span<const sql::Param> params,
                       absl::FunctionRef<absl::Status(const sql::Row&)> row) override {
      return Do(sql, [&] { return real_->Query(sql, params, row); });
    }
    absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                    absl::Span<const sql::Param> params) override {
      int64_t changed = 0;
      LF_RETURN_IF_ERROR(Do(sql, [&]() -> absl::Status {
        LF_ASSIGN_OR_RETURN(changed, real_->Execute(sql, params));
        return absl::OkStatus();
      }));
      return changed;
    }
    absl::Status Begin() override {
      LF_RETURN_IF_ERROR(Do("BEGIN", [&] { return real_->Begin(); }));
      in_transaction_ = true;
      return absl::OkStatus();
    }
    absl::Status Commit() override {
      const absl::Status status = Do("COMMIT", [&] { return real_->Commit(); });
      if (status.ok()) in_transaction_ = false;
      return status;
    }
    absl::Status Rollback() override {
      in_transaction_ = false;
      failed_ = false;
      return usable_ ? real_->Rollback() : absl::OkStatus();
    }
    bool usable() const override { return usable_ && real_->usable(); }
    absl::Status Check() override { return real_->Check(); }

   private:
    template <class Fn>
    absl::Status Do(absl::string_view sql, const Fn& fn) {
      if (failed_) ++owner_->after_failure_;
      Fault fault = owner_->Take(sql);
      absl::Status status;
      if (fault.failure == sql::Failure::kNone || fault.done) status = fn();
      if (fault.failure != sql::Failure::kNone) {
        // What was under way ends with the connection or the engine's decision.
        if (!fault.done && in_transaction_) real_->Rollback().IgnoreError();
        usable_ =
            fault.failure != sql::Failure::kLost && fault.failure != sql::Failure::kUnavailable;
        status = sql::WithFailure(sql::StorageBusy(fault.failure), fault.failure);
      }
      failed_ = in_transaction_ && !status.ok();
      return status;
    }

    FaultyDatabase* owner_;
    std::unique_ptr<sql::Connection> real_;
    bool in_transaction_ = false;
    bool failed_ = false;
    bool usable_ = true;
  };

  Fault Take(absl::string_view sql) {
    const std::lock_guard lock(mutex_);
    if (fault_.times == 0 || fault_.statement.empty() || !absl::StartsWith(sql, fault_.statement)) {
      return {};
    }
    --fault_.times;
    return fault_;
  }

  sql::Database* real_;
  std::atomic<int> after_failure_{0};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  Fault fault_;  // under mutex_
};

}  // namespace lianfang::testing
