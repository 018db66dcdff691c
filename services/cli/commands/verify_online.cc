#include "services/cli/commands/verify_online.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/store/audit_kind.h"
#include "common/store/ledger_store.h"
#include "google/protobuf/struct.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/cli/commands/modules.h"
#include "services/cli/core/erasures.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/verify_ledger.h"
#include "services/cli/core/verify_records.h"
#include "services/reporting/recount_check.h"

namespace lianfang::cli {
namespace {

constexpr char kAuditorRole[] = "auditor";
// How often a service is read again because it was written to meanwhile.
constexpr int kAttempts = 3;
constexpr size_t kMostShown = 100;
// What statistics are counted from.
constexpr const char* kCountedServices[] = {"personnel", "risk", "grading", "reporting"};

// What does not hold, besides the ledgers themselves.
struct Difference {
  std::string service;
  std::string key;  // of the record, or what was counted
  std::string field;
  std::string shown;
  std::string expected;
};

// What the server has counted, and what the ledgers say that it should have.
struct Counted {
  explicit Counted(const std::string& unit_id) : recount(unit_id) {}
  reporting::v1::GetStatisticsResponse answer;
  std::map<std::string, int64_t> up_to;  // by service: the entries that are counted
  std::set<std::string> read;            // services whose ledgers were taken
  reporting::AnswerRecount recount;
};

class Verification {
 public:
  Verification(Session& session, std::string unit_id)
      : session_(session), unit_id_(std::move(unit_id)), modules_(AllModules()) {}

  absl::Status Run() {
    LF_RETURN_IF_ERROR(ReadKeys());
    std::vector<std::string> services = SplitList(session_.arguments().Get("services"));
    named_ = !services.empty();
    if (!named_) services = {"personnel", "risk", "grading", "reporting", "aggregator"};
    LF_RETURN_IF_ERROR(ReadCounted(services));
    for (const std::string& service : services) {
      if (!named_ && session_.AddressOf(service).empty()) continue;
      LF_RETURN_IF_ERROR(VerifyService(service));
    }
    LF_RETURN_IF_ERROR(CompareCounted(services));
    LF_RETURN_IF_ERROR(Show());
    if (failed_ledgers_ > 0 || !differences_.empty()) {
      return VerificationError(
          absl::StrCat("核验不通过：", failed_ledgers_, " 个账本，", differences_.size(),
                       " 处记录或统计。"),
          absl::StrCat("Verification failed: ", failed_ledgers_, " of the ledgers, ",
                       differences_.size(), " of the records and figures."));
    }
    if (checked_ == 0) {
      return Failure("该服务器没有这个单位的账本。", "This server has no ledger of this unit.");
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadKeys() {
    if (!session_.arguments().Has("keys-file")) return absl::OkStatus();
    LF_ASSIGN_OR_RETURN(const std::string text,
                        ReadFile(session_.arguments().Get("keys-file"), kMaxKeysFileBytes));
    keys_ = absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
    return absl::OkStatus();
  }

  // Before the ledgers, so that these hold whatever it was counted from. Only with all services at
  // hand, and a caller who may ask.
  absl::Status ReadCounted(const std::vector<std::string>& services) {
    for (const char* needed : kCountedServices) {
      if (std::find(services.begin(), services.end(), needed) == services.end() ||
          session_.AddressOf(needed).empty()) {
        return absl::OkStatus();
      }
    }
    LF_ASSIGN_OR_RETURN(const auto client, session_.Connect("reporting", kAuditorRole));
    reporting::v1::ReportingService::Stub stub(client->channel());
    reporting::v1::GetStatisticsRequest request;
    request.set_unit(UnitName(unit_id_));
    auto answer = client->Call(stub, &reporting::v1::ReportingService::Stub::GetStatistics, request,
                               session_.call_options());
    // An aggregator's, a unit that is not there, somebody who sees ledgers only: nothing to
    // compare.
    if (!answer.ok()) return absl::OkStatus();
    counted_.emplace(unit_id_);
    counted_->answer = *std::move(answer);
    for (const auto& position : counted_->answer.positions()) {
      counted_->up_to[position.service()] = position.sequence();
    }
    return absl::OkStatus();
  }

  const server::ModuleSpec* ModuleOf(const std::string& service) const {
    for (const auto& module : modules_) {
      if (module.name == service) return &module;
    }
    return nullptr;
  }

  absl::StatusOr<LedgerResult> ReadLedger(const client::Client& client, const std::string& service,
                                          NewestRecords* newest, bool counts) {
    std::unique_ptr<Progress> progress;
    audit_ = 0;
    auto result = VerifyLedger(
        client, unit_id_, service, keys_, session_.timeout(),
        [&](int64_t done, int64_t size) {
          if (progress == nullptr) {
            progress = session_.StartProgress(absl::StrCat("核验 ", service),
                                              absl::StrCat("verify ", service), size);
          }
          progress->Advance(done);
        },
        [&](const ledger::v1::EntryHeader& header, const ledger::v1::EntryContent& content) {
          if (header.method() == store::kAuditMethod) ++audit_;
          newest->Take(content);
          if (!counts) return;
          const auto up_to = counted_->up_to.find(service);
          if (up_to != counted_->up_to.end() && header.sequence() > up_to->second) return;
          counted_->recount.Take({header, content});
        });
    if (result.ok() && progress != nullptr) progress->Finish(session_.zh() ? "完成" : "done");
    return result;
  }

  absl::Status VerifyService(const std::string& service) {
    LF_ASSIGN_OR_RETURN(const auto client, session_.Connect(service, kAuditorRole));
    const server::ModuleSpec* module = ModuleOf(service);
    const std::vector<const store::RecordKind*> none;
    for (int attempt = 1;; ++attempt) {
      NewestRecords newest(module == nullptr ? none : module->kinds);
      const bool counts = attempt == 1 && counted_.has_value();
      const auto result = ReadLedger(*client, service, &newest, counts);
      if (!result.ok()) {
        // Without --services a ledger that this server does not keep is simply not asked for.
        if (!named_ && ReasonOf(result.status()) == common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
          return absl::OkStatus();
        }
        return result.status();
      }
      if (counts) counted_->read.insert(service);
      // An empty ledger is nothing to look at, unless there is a key that says there is one.
      if (!named_ && result->size == 0 && !HasKeyOf(service)) return absl::OkStatus();
      int64_t compared = 0;
      std::vector<Difference> differences;
      if (module != nullptr && result->problem_zh.empty()) {
        LF_RETURN_IF_ERROR(CompareRecords(*client, *module, newest, &compared, &differences));
      }
      // What was written meanwhile is shown already and was not read: once more.
      if (!differences.empty() && attempt < kAttempts) {
        LF_ASSIGN_OR_RETURN(const int64_t size, SizeOf(*client, service));
        if (size != result->size) continue;
      }
      Add(service, *result, compared, differences);
      return absl::OkStatus();
    }
  }

  bool HasKeyOf(const std::string& service) const {
    const std::string start = absl::StrCat(store::LedgerOrigin(unit_id_, service), "+");
    return std::any_of(keys_.begin(), keys_.end(),
                       [&](const std::string& key) { return absl::StartsWith(key, start); });
  }

  absl::StatusOr<int64_t> SizeOf(const client::Client& client, const std::string& service) const {
    ledger::v1::LedgerService::Stub stub(client.channel());
    ledger::v1::GetCheckpointRequest request;
    request.set_name(RecordName(unit_id_, "ledgers", service));
    LF_ASSIGN_OR_RETURN(const auto head,
                        client.Call(stub, &ledger::v1::LedgerService::Stub::GetCheckpoint, request,
                                    session_.call_options()));
    return head.size();
  }

  absl::Status CompareRecords(const client::Client& client, const server::ModuleSpec& module,
                              const NewestRecords& newest, int64_t* compared,
                              std::vector<Difference>* differences) {
    for (const store::RecordKind* kind : module.kinds) {
      const auto result =
          CompareShown(client, unit_id_, *kind, newest.Of(*kind), session_.timeout());
      if (!result.ok()) {
        // Somebody who may read the ledger and not these records compares the ledger alone.
        if (ReasonOf(result.status()) == common::v1::ERROR_REASON_PERMISSION_DENIED) continue;
        return result.status();
      }
      *compared += result->compared;
      for (const ShownOtherwise& one : result->differences) {
        differences->push_back({module.name, one.name, one.field, one.shown, one.expected});
      }
    }
    return absl::OkStatus();
  }

  // Only what was read whole can be counted: a ledger that does not hold is named already.
  absl::Status CompareCounted(const std::vector<std::string>& services) {
    for (int attempt = 1;; ++attempt) {
      if (!counted_.has_value() || failed_ledgers_ > 0) return absl::OkStatus();
      for (const char* needed : kCountedServices) {
        if (!counted_->read.contains(needed)) return absl::OkStatus();
      }
      const auto miscounts = counted_->recount.Compare(counted_->answer);
      compared_figures_ = 1 + counted_->answer.departments_size();
      if (miscounts.empty() || attempt == kAttempts) {
        for (const verify::Miscount& one : miscounts) {
          differences_.push_back({"reporting", one.key, one.field, one.stored, one.expected});
        }
        return absl::OkStatus();
      }
      // An answer that was made while somebody wrote may be of two moments: asked and counted
      // again.
      counted_.reset();
      LF_RETURN_IF_ERROR(ReadCounted(services));
      if (!counted_.has_value()) return absl::OkStatus();
      for (const char* needed : kCountedServices) {
        LF_ASSIGN_OR_RETURN(const auto client, session_.Connect(needed, kAuditorRole));
        const std::vector<const store::RecordKind*> none;
        NewestRecords nothing(none);
        LF_RETURN_IF_ERROR(ReadLedger(*client, needed, &nothing, true).status());
        counted_->read.insert(needed);
      }
    }
  }

  void Add(const std::string& service, const LedgerResult& result, int64_t compared,
           const std::vector<Difference>& differences) {
    ++checked_;
    const bool ok = result.problem_zh.empty();
    if (!ok) ++failed_ledgers_;
    const std::string& problem = session_.zh() ? result.problem_zh : result.problem_en;
    const std::string root = ok ? absl::Base64Escape(crypto::ToBytes(result.root)) : "";
    table_.AddRow({service, absl::StrCat(result.size), absl::StrCat(compared), root,
                   ok ? (session_.zh() ? "一致 OK" : "OK") : problem});
    auto& fields = *(*document_.mutable_fields())[service].mutable_struct_value()->mutable_fields();
    fields["size"].set_number_value(static_cast<double>(result.size));
    fields["ofAuditTrail"].set_number_value(static_cast<double>(audit_));
    fields["root"].set_string_value(root);
    fields["ok"].set_bool_value(ok && differences.empty());
    fields["contentsChecked"].set_number_value(static_cast<double>(result.contents));
    fields["contentsErased"].set_number_value(static_cast<double>(result.erased));
    fields["recordsCompared"].set_number_value(static_cast<double>(compared));
    for (const auto& erasure : result.erasures) *erasures_.Add() = erasure;
    if (!ok) fields["problem"].set_string_value(problem);
    differences_.insert(differences_.end(), differences.begin(), differences.end());
  }

  std::string Line(const Difference& one) const {
    const bool zh = session_.zh();
    std::string line = absl::StrCat(one.service, " ", one.key);
    if (!one.field.empty()) absl::StrAppend(&line, " ", one.field);
    if (one.expected.empty()) return line + (zh ? "：账本中没有" : ": is not on the ledger");
    if (one.shown.empty()) {
      return line + (zh ? "：账本中有而服务没有给出" : ": is on the ledger and not shown");
    }
    return absl::StrCat(line, zh ? "：给出 " : ": shown ", one.shown,
                        zh ? "，应为 " : ", should be ", one.expected);
  }

  absl::Status Show() {
    if (session_.json()) {
      auto* list = (*document_.mutable_fields())["differences"].mutable_list_value();
      for (const Difference& one : differences_) {
        auto& fields = *list->add_values()->mutable_struct_value()->mutable_fields();
        fields["service"].set_string_value(one.service);
        fields["key"].set_string_value(one.key);
        fields["field"].set_string_value(one.field);
        fields["shown"].set_string_value(one.shown);
        fields["expected"].set_string_value(one.expected);
      }
      (*document_.mutable_fields())["statisticsCompared"].set_number_value(compared_figures_);
      return session_.PrintJson(document_);
    }
    session_.Print(table_);
    for (size_t i = 0; i < std::min(differences_.size(), kMostShown); ++i) {
      session_.Say(Line(differences_[i]), Line(differences_[i]));
    }
    if (compared_figures_ > 0) {
      session_.Say(absl::StrCat("统计：已按账本重新计数，比较 ", compared_figures_, " 行。"),
                   absl::StrCat("Statistics: counted again from the ledgers, ", compared_figures_,
                                " rows compared."));
    }
    if (!erasures_.empty()) {
      session_.Say("依法删除的内容：", "What was erased:");
      session_.Print(ErasuresTable(erasures_, session_.lang()));
    }
    if (keys_.empty()) {
      session_.Note("注意：未给 --keys-file，公钥取自服务器本身，只能证明账本前后一致。",
                    "Note: without --keys-file the keys are the server's own word; this shows only "
                    "that the ledgers agree with themselves.");
    }
    return absl::OkStatus();
  }

  Session& session_;
  const std::string unit_id_;
  const std::vector<server::ModuleSpec> modules_;
  std::vector<std::string> keys_;
  bool named_ = false;  // the services were named
  std::optional<Counted> counted_;
  Table table_{{{session_.zh() ? "账本" : "ledger"},
                {session_.zh() ? "条目" : "entries", Align::kRight},
                {session_.zh() ? "记录" : "records", Align::kRight},
                {session_.zh() ? "根" : "root"},
                {session_.zh() ? "结果" : "result"}}};
  google::protobuf::Struct document_;
  google::protobuf::RepeatedPtrField<ledger::v1::Erasure> erasures_;
  std::vector<Difference> differences_;
  int64_t audit_ = 0;  // entries of the ledger at hand that are the audit trail's
  int failed_ledgers_ = 0;
  int checked_ = 0;
  int compared_figures_ = 0;
};

}  // namespace

absl::Status VerifyOnline(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  return Verification(session, unit).Run();
}

}  // namespace lianfang::cli
