// lianfang erase, lianfang erasures: taking the text of records out of the ledgers where the law
// asks for it, and what was taken out.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/erasures.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/pages.h"

namespace lianfang::cli {
namespace {

using LedgerStub = ledger::v1::LedgerService::Stub;

constexpr char kOfficerRole[] = "data_protection_officer";
constexpr const char* kLedgers[] = {"risk", "grading", "personnel", "reporting", "aggregator"};

constexpr Flag kEraseFlags[] = {
    {"record",
     "NAME",
     Flag::kValue,
     {"记录的资源名（必填），如 units/a/selfChecks/b",
      "resource name of the record (needed), e.g. units/a/selfChecks/b"}},
    {"reason",
     "TEXT",
     Flag::kValue,
     {"理由和法律依据（必填），将留在账本中",
      "why, and by which law (needed); stays on the ledger"}},
    {"with-reviews",
     "",
     Flag::kSwitch,
     {"连同该记录各次审核的标题和意见", "the titles and comments of its reviews, too"}},
    {"with-points",
     "",
     Flag::kSwitch,
     {"连同由该自查表登记的廉政风险点", "the risk points that came from this self-check, too"}},
};

constexpr Flag kErasuresFlags[] = {
    kUnitFlag,
    {"services",
     "a,b",
     Flag::kValue,
     {"只列这些服务的账本；默认该服务器上的全部",
      "only these services' ledgers; default all on the server"}},
};

std::string LedgerName(absl::string_view unit, absl::string_view service) {
  return RecordName(unit, "ledgers", service);
}

// Reviews of the record, by name.
absl::StatusOr<std::vector<std::string>> ReviewsOf(const Session& session,
                                                   const std::string& record) {
  grading::v1::ListReviewsRequest request;
  request.set_parent(UnitName(UnitIdOf(record)));
  request.set_record(record);
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("grading", kOfficeRole));
  grading::v1::ReviewService::Stub stub(client->channel());
  std::vector<std::string> names;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client->Call(stub, &grading::v1::ReviewService::Stub::ListReviews, page,
                            session.call_options());
      },
      [&](const auto& page) {
        for (const auto& review : page.reviews()) names.push_back(review.name());
        return absl::OkStatus();
      }));
  return names;
}

// Risk points that came from the form, by name.
absl::StatusOr<std::vector<std::string>> PointsOf(const Session& session,
                                                  const std::string& record) {
  risk::v1::ListRiskPointsRequest request;
  request.set_parent(UnitName(UnitIdOf(record)));
  request.set_show_archived(true);
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("risk", kOfficeRole));
  risk::v1::RiskService::Stub stub(client->channel());
  const std::string source = absl::StrCat(record, "/");
  std::vector<std::string> names;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client->Call(stub, &risk::v1::RiskService::Stub::ListRiskPoints, page,
                            session.call_options());
      },
      [&](const auto& page) {
        for (const auto& point : page.risk_points()) {
          if (absl::StartsWith(point.source(), source)) names.push_back(point.name());
        }
        return absl::OkStatus();
      }));
  return names;
}

// Erases a record on the ledger that holds it.
absl::StatusOr<ledger::v1::Erasure> Erase(const Session& session, const std::string& record,
                                          const std::string& reason) {
  absl::Status missing;
  for (const char* service : kLedgers) {
    if (session.AddressOf(service).empty()) continue;
    LF_ASSIGN_OR_RETURN(const auto client, session.Connect(service, kOfficerRole));
    LedgerStub stub(client->channel());
    ledger::v1::EraseRecordRequest request;
    request.set_name(LedgerName(UnitIdOf(record), service));
    request.set_record(record);
    request.set_reason(reason);
    // Not made from the record: new text in it is erased by asking once more.
    request.set_request_id(server::NewUuid(*session.environment().random));
    auto response = client->Call(stub, &LedgerStub::EraseRecord, request, session.call_options());
    if (response.ok()) return std::move(*response->mutable_erasure());
    if (ReasonOf(response.status()) != common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
      return response.status();
    }
    missing = response.status();
  }
  return missing.ok() ? Failure("没有可以连接的服务。", "There is no service to ask.") : missing;
}

absl::StatusOr<ledger::v1::ListErasuresResponse> ErasuresOf(const Session& session,
                                                            const std::string& unit,
                                                            const std::string& service) {
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect(service, kOfficerRole));
  LedgerStub stub(client->channel());
  ledger::v1::ListErasuresRequest request;
  request.set_parent(LedgerName(unit, service));
  ledger::v1::ListErasuresResponse all;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client->Call(stub, &LedgerStub::ListErasures, page, session.call_options());
      },
      [&](auto& page) {
        for (auto& erasure : *page.mutable_erasures()) *all.add_erasures() = std::move(erasure);
        return absl::OkStatus();
      }));
  return all;
}

absl::Status RunErase(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string record, session.arguments().Require("record"));
  LF_ASSIGN_OR_RETURN(const std::string reason, session.arguments().Require("reason"));
  if (UnitIdOf(record).empty()) {
    return UsageError("--record 要写完整的资源名，如 units/a/selfChecks/b。",
                      "--record takes a whole resource name, e.g. units/a/selfChecks/b.");
  }
  std::vector<std::string> records = {record};
  const auto add = [&records](const std::vector<std::string>& more) {
    records.insert(records.end(), more.begin(), more.end());
  };
  const bool with_points = session.arguments().Has("with-points");
  const bool with_reviews = session.arguments().Has("with-reviews");
  if (with_points) {
    LF_ASSIGN_OR_RETURN(const auto points, PointsOf(session, record));
    add(points);
  }
  if (with_reviews) {
    LF_ASSIGN_OR_RETURN(const auto reviews, ReviewsOf(session, record));
    add(reviews);
  }
  ledger::v1::ListErasuresResponse erased;
  absl::Status failed;
  for (const std::string& one : records) {
    auto erasure = Erase(session, one, reason);
    if (erasure.ok()) {
      *erased.add_erasures() = *std::move(erasure);
      continue;
    }
    // What an earlier run has erased must not keep this one from the rest.
    session.Note(absl::StrCat(one, "：", ChineseText(erasure.status())),
                 absl::StrCat(one, ": ", erasure.status().message()));
    if (failed.ok()) failed = erasure.status();
    if (ReasonOf(failed) != common::v1::ERROR_REASON_ILLEGAL_TRANSITION) break;
  }
  if (session.json()) {
    LF_RETURN_IF_ERROR(session.PrintJson(erased));
  } else {
    session.Print(ErasuresTable(erased.erasures(), session.lang()));
  }
  session.Note(
      absl::StrCat("他处仍可能留有同样的文字：",
                   with_points ? "" : "由自查表登记的风险点（--with-points），",
                   with_reviews ? "" : "审核的标题和意见（--with-reviews），",
                   "针对它的防控措施、公示，以前的备份，已导出或打印的文件。"),
      absl::StrCat("The same words may stand elsewhere: ",
                   with_points ? "" : "risk points that came from a form (--with-points), ",
                   with_reviews ? "" : "titles and comments of reviews (--with-reviews), ",
                   "measures against them, publications, earlier backups, what was exported or "
                   "printed."));
  return failed;
}

absl::Status RunErasures(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  std::vector<std::string> services = SplitList(session.arguments().Get("services"));
  const bool all = services.empty();
  if (all) services = {std::begin(kLedgers), std::end(kLedgers)};
  ledger::v1::ListErasuresResponse erased;
  for (const std::string& service : services) {
    if (all && session.AddressOf(service).empty()) continue;
    auto listed = ErasuresOf(session, unit, service);
    if (!listed.ok()) {
      if (all && ReasonOf(listed.status()) == common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) continue;
      return listed.status();
    }
    erased.MergeFrom(*listed);
  }
  if (session.json()) return session.PrintJson(erased);
  session.Print(ErasuresTable(erased.erasures(), session.lang()));
  session.Say(absl::StrCat("共 ", erased.erasures_size(), " 次"),
              absl::StrCat(erased.erasures_size(), " in all"));
  return absl::OkStatus();
}

}  // namespace

const Command kErase = {
    "erase",
    {"依法删除一条记录的文字内容；账本照样可以核验，并留下删除的记录",
     "erases the text of a record where the law asks for it; the ledger still verifies, and says "
     "so"},
    kEraseFlags,
    RunErase};

const Command kErasures = {
    "erasures",
    {"列出何时、由谁、因何删除了什么", "what was erased, when, by whom and why"},
    kErasuresFlags,
    RunErasures};

}  // namespace lianfang::cli
