#include "services/reporting/issue/issue.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/time_util.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting::issue_schema {
std::span<const lianfang::EmbeddedFile> Files();
}  // namespace lianfang::reporting::issue_schema

namespace lianfang::reporting {
namespace {

constexpr char kNewest[] = "newest";
constexpr int kDefaultReports = 10;
constexpr int kMaxReports = 50;

std::string IdOfNumber(int64_t number) { return absl::StrFormat("%08d", number); }

// Of what a report says: all but its name, number and time.
std::string DigestOf(v1::UnitReport report) {
  report.clear_name();
  report.clear_number();
  report.clear_issue_time();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    report.SerializeToCodedStream(&coded);
  }
  return crypto::ToBytes(crypto::Sha256(bytes));
}

absl::StatusOr<Issued> ReadIssued(store::Reader& reader, absl::string_view unit_id,
                                  const state::v1::IssuedReport& issued) {
  LF_ASSIGN_OR_RETURN(auto report, reader.FindById<v1::UnitReport>(ReportKind(), unit_id,
                                                                   IdOfNumber(issued.number())));
  if (!report) return absl::DataLossError("the newest report is missing");
  return Issued{*std::move(report), issued.sequence()};
}

}  // namespace

const store::RecordKind& ReportKind() {
  static const auto* kind =
      new store::RecordKind("reports", "reports", v1::UnitReport::default_instance(), {});
  return *kind;
}

const store::RecordKind& IssuedKind() {
  static const auto* kind =
      new store::RecordKind("issued_reports", "", state::v1::IssuedReport::default_instance(), {});
  return *kind;
}

std::span<const EmbeddedFile> IssueSchema() { return issue_schema::Files(); }

absl::StatusOr<std::optional<Issued>> FindIssued(store::Reader& reader, absl::string_view unit_id,
                                                 const v1::UnitReport& report) {
  LF_ASSIGN_OR_RETURN(const auto newest,
                      reader.FindById<state::v1::IssuedReport>(IssuedKind(), unit_id, kNewest));
  if (!newest || newest->digest() != DigestOf(report)) return std::optional<Issued>();
  return ReadIssued(reader, unit_id, *newest);
}

absl::StatusOr<Issued> Issue(store::WriteTx& tx, v1::UnitReport report) {
  const std::string digest = DigestOf(report);
  LF_ASSIGN_OR_RETURN(const auto newest,
                      tx.FindById<state::v1::IssuedReport>(IssuedKind(), tx.unit_id(), kNewest));
  if (newest && newest->digest() == digest) return ReadIssued(tx, tx.unit_id(), *newest);
  state::v1::IssuedReport next;
  next.set_number(newest ? newest->number() + 1 : 1);
  next.set_sequence(tx.sequence());
  next.set_digest(digest);
  report.set_name(RecordName(tx.unit_id(), ReportKind().collection(), IdOfNumber(next.number())));
  report.set_number(next.number());
  *report.mutable_issue_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
  LF_RETURN_IF_ERROR(tx.Put(ReportKind(), report));
  LF_RETURN_IF_ERROR(tx.Derive(IssuedKind(), kNewest, next));
  return Issued{std::move(report), tx.sequence()};
}

absl::Status DeriveIssued(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content) {
  for (const auto& any : content.resources()) {
    v1::UnitReport report;
    if (!any.Is<v1::UnitReport>()) continue;
    if (!any.UnpackTo(&report)) return absl::DataLossError("a report cannot be read");
    state::v1::IssuedReport issued;
    issued.set_number(report.number());
    issued.set_sequence(header.sequence());
    issued.set_digest(DigestOf(report));
    LF_RETURN_IF_ERROR(tx.Derive(IssuedKind(), kNewest, issued));
  }
  return absl::OkStatus();
}

absl::Status ListIssued(store::Reader& reader, absl::string_view unit_id,
                        const v1::ListReportsRequest& request, v1::ListReportsResponse* response) {
  LF_ASSIGN_OR_RETURN(const std::string after, rpc::ReadPageToken(request));
  LF_ASSIGN_OR_RETURN(const auto newest,
                      reader.FindById<state::v1::IssuedReport>(IssuedKind(), unit_id, kNewest));
  if (!newest) return absl::OkStatus();
  int64_t number = newest->number();
  if (!after.empty()) {
    // Where the page before ended, as the caller says: nothing is newer than the newest.
    int64_t shown = 0;
    if (!absl::SimpleAtoi(after, &shown)) shown = 0;
    number = std::min(number, std::max<int64_t>(shown, 1) - 1);
  }
  const int size =
      request.page_size() <= 0 ? kDefaultReports : std::min(request.page_size(), kMaxReports);
  // Numbers have no gaps.
  for (; number >= 1 && response->reports_size() < size; --number) {
    LF_ASSIGN_OR_RETURN(auto report,
                        reader.FindById<v1::UnitReport>(ReportKind(), unit_id, IdOfNumber(number)));
    if (!report) return absl::DataLossError("a report is missing");
    *response->add_reports() = *std::move(report);
  }
  if (number >= 1) {
    response->set_next_page_token(rpc::MakePageToken(request, absl::StrCat(number + 1)));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::reporting
