#include "services/cli/play/player.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/message/text_proto.h"
#include "common/status/error.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/pages.h"

namespace lianfang::cli {
namespace {

constexpr size_t kMaxYearBytes = size_t{16} << 20;

}  // namespace

absl::StatusOr<Sample> ReadSample(const std::string& folder) {
  Sample sample;
  const std::string path = absl::StrCat(folder, "/year.txtpb");
  LF_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxYearBytes));
  const std::string problem = message::ParseTextProto(text, &sample.year);
  if (!problem.empty()) {
    return Failure(absl::StrCat("样例 ", path, " 有误：", Printable(problem)),
                   absl::StrCat("The sample ", path, " is wrong: ", Printable(problem)));
  }
  LF_ASSIGN_OR_RETURN(sample.directory, ReadDirectory(absl::StrCat(folder, "/directory")));
  return sample;
}

void StageProgress::Start(int64_t total) {
  progress_ = session_->StartProgress(title_.zh, title_.en, total);
}

void StageProgress::Advance(int64_t n) {
  if (progress_ != nullptr) progress_->Advance(n);
}

void StageProgress::Finish(absl::string_view summary) {
  if (progress_ == nullptr) Start(0);
  progress_->Finish(summary);
}

Player::Player(const Session* session, const Sample* sample, std::shared_ptr<const TokenMint> mint,
               int concurrency)
    : session_(*session),
      sample_(*sample),
      unit_(UnitName(sample->year.unit_id())),
      concurrency_(concurrency),
      channels_{{"personnel", client::MakeChannel(session->AddressOf("personnel"))},
                {"risk", client::MakeChannel(session->AddressOf("risk"))},
                {"grading", client::MakeChannel(session->AddressOf("grading"))}},
      actors_(channels_.at("personnel"), std::move(mint), sample->year.unit_id()),
      personnel_(channels_.at("personnel")),
      risk_(channels_.at("risk")),
      grading_(channels_.at("grading")),
      reviews_(channels_.at("grading")) {}

template <class Work>
absl::Status Player::Stage(Text title, Work work) {
  const absl::Time start = session_.environment().clock->Now();
  StageProgress progress(&session_, title);
  absl::StatusOr<StageResult> result = (this->*work)(progress);
  if (!result.ok()) return std::move(result).status();
  const absl::Duration time = session_.environment().clock->Now() - start;
  progress.Finish(session_.zh() ? absl::StrCat("新办 ", result->done, "，已有 ", result->found,
                                               result->done == 0 ? "，未改动" : "")
                                : absl::StrCat(result->done, " new, ", result->found, " found",
                                               result->done == 0 ? ", nothing changed" : ""));
  stages_.push_back({title.zh, title.en, *result, time});
  return absl::OkStatus();
}

absl::Status Player::Play() {
  LF_RETURN_IF_ERROR(Stage({"建立单位", "create the unit"}, &Player::MakeUnit));
  LF_RETURN_IF_ERROR(LearnPositions());
  LF_RETURN_IF_ERROR(
      Stage({"导入机构、岗位、人员", "import the directory"}, &Player::ImportSample));
  LF_RETURN_IF_ERROR(LoadSchool());
  LF_RETURN_IF_ERROR(Stage({"填报自查表", "hand in self-checks"}, &Player::SubmitForms));
  LF_RETURN_IF_ERROR(Stage({"审核自查表", "review self-checks"}, &Player::ReviewForms));
  LF_RETURN_IF_ERROR(
      Stage({"修改被退回的自查表", "correct returned self-checks"}, &Player::CorrectForms));
  LF_RETURN_IF_ERROR(Stage({"复审自查表", "review corrections"}, &Player::ReviewForms));
  LF_RETURN_IF_ERROR(Stage({"登记科室与单位风险点", "register risks of departments and unit"},
                           &Player::RegisterRisks));
  LF_RETURN_IF_ERROR(Stage({"评定岗位等级", "propose grades of posts"}, &Player::ProposeGrades));
  LF_RETURN_IF_ERROR(Stage({"校审核、厅审核等级", "confirm grades"}, &Player::ConfirmGrades));
  LF_RETURN_IF_ERROR(Stage({"提出防控措施", "propose measures"}, &Player::ProposeMeasures));
  return LearnPositions();
}

absl::Status Player::LearnPositions() {
  for (const auto& [service, channel] : channels_) {
    ledger::v1::LedgerService::Stub ledgers(channel);
    ledger::v1::GetCheckpointRequest request;
    request.set_name(RecordName(unit_id(), "ledgers", service));
    LF_ASSIGN_OR_RETURN(const auto head,
                        Call(actors_.AsRole("control_office"), ledgers,
                             &ledger::v1::LedgerService::Stub::GetCheckpoint, request));
    common::v1::LedgerPosition position;
    position.set_unit(unit_);
    position.set_service(service);
    position.set_sequence(head.size());
    positions_.Add(position);
  }
  return absl::OkStatus();
}

const client::Client& Player::KeeperOf(const std::string& department) {
  const auto it = departments_.find(department);
  if (it == departments_.end() || it->second.head().empty()) {
    return actors_.AsRole("control_office");
  }
  return actors_.As(it->second.head(), "department_head");
}

}  // namespace lianfang::cli
