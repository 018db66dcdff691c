#include "services/cli/play/player.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::cli {
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
               int concurrency, Channels channels)
    : session_(*session),
      sample_(*sample),
      unit_(UnitName(sample->year.unit_id())),
      concurrency_(concurrency),
      channels_(std::move(channels)),
      actors_(channels_.at("personnel"), std::move(mint), sample->year.unit_id()),
      personnel_(channels_.at("personnel")),
      duties_(channels_.at("personnel")),
      risk_(channels_.at("risk")),
      grading_(channels_.at("grading")),
      reviews_(channels_.at("grading")),
      responsibility_(channels_.at("grading")),
      inspection_(channels_.at("grading")),
      campaigns_(channels_.at("reporting")),
      publicity_(channels_.at("reporting")),
      reporting_(channels_.at("reporting")),
      warnings_(channels_.at("reporting")) {}

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

  using Work = absl::StatusOr<StageResult> (Player::*)(StageProgress&);
  const std::pair<Text, Work> year[] = {
      // （一）动员部署
      {{"安排全年工作", "open the campaign"}, &Player::OpenCampaign},
      {{"编制岗位职责", "write duties of posts"}, &Player::WriteDuties},
      {{"初审、审核岗位职责", "review duties"}, &Player::ReviewDuties},
      {{"汇总岗位职责", "compile duties"}, &Player::CompileDuties},
      {{"公示岗位职责", "publish duties"}, &Player::PublishDuties},
      // （二）排查廉政风险
      {{"填报自查表", "hand in self-checks"}, &Player::SubmitForms},
      {{"审核自查表", "review self-checks"}, &Player::ReviewForms},
      {{"修改被退回的自查表", "correct returned self-checks"}, &Player::CorrectForms},
      {{"复审自查表", "review corrections"}, &Player::ReviewForms},
      {{"清理职权", "enter powers"}, &Player::EnterPowers},
      {{"登记科室与单位风险点", "enter risks of departments and unit"}, &Player::EnterRisks},
      {{"报送风险排查登记表", "hand in risk registers"}, &Player::HandInRisks},
      {{"审核风险排查登记表", "review risk registers"}, &Player::ReviewRisks},
      {{"报送职权目录表", "hand in powers"}, &Player::HandInPowers},
      {{"审核职权目录表", "review powers"}, &Player::ReviewPowers},
      {{"绘制工作流程图", "draw workflow charts"}, &Player::DrawCharts},
      {{"报送工作流程图", "hand in charts"}, &Player::HandInCharts},
      {{"审核工作流程图", "review charts"}, &Player::ReviewCharts},
      {{"汇编职权目录和流程图", "compile powers and charts"}, &Player::CompileVolumes},
      {{"评定岗位等级", "propose grades of posts"}, &Player::ProposeGrades},
      {{"校审核、厅审核等级", "confirm grades"}, &Player::ConfirmGrades},
      {{"公示风险点", "publish risk points"}, &Player::PublishRisks},
      // （三）落实防控措施
      {{"提出防控措施", "propose measures"}, &Player::ProposeMeasures},
      {{"报送防控措施", "hand in measures"}, &Player::HandInMeasures},
      {{"评议、审核、备案措施", "review and file measures"}, &Player::ReviewMeasures},
      {{"公开学校防控措施", "publish the school's measures"}, &Player::PublishMeasures},
      {{"制作、摆放警示牌", "make and display signs"}, &Player::MakeSigns},
      {{"签订责任书", "sign responsibility letters"}, &Player::SignLetters},
      {{"办理群众意见", "handle feedback"}, &Player::TakeFeedback},
      // （四）检查考核修正
      {{"对比措施效果", "assess measures"}, &Player::AssessMeasures},
      {{"科室自查", "inspect departments"}, &Player::InspectDepartments},
      {{"学校自查报告", "report of the school"}, &Player::InspectUnit},
      {{"检查考核与整改", "examine and rectify"}, &Player::Examine},
      {{"界定预警", "adjudicate warnings"}, &Player::AdjudicateWarnings},
  };
  for (const auto& [title, work] : year) LF_RETURN_IF_ERROR(Stage(title, work));
  return LearnPositions();
}

absl::Status Player::Settle() {
  // One read each, which waits for what is known: personnel and risk take in grading's decisions,
  // and what they make of them is known only then.
  LF_RETURN_IF_ERROR(LearnPositions());
  personnel::v1::ListPostDutiesRequest duties;
  risk::v1::ListVolumesRequest volumes;
  grading::v1::ListReviewsRequest reviews;
  const auto first = [this](auto& request) {
    request.set_parent(unit_);
    request.set_page_size(1);
    positions_.CopyTo(request.mutable_not_before());
  };
  first(duties);
  LF_RETURN_IF_ERROR(
      Call(Office(), duties_, &personnel::v1::DutyService::Stub::ListPostDuties, duties).status());
  first(volumes);
  LF_RETURN_IF_ERROR(
      Call(Office(), risk_, &risk::v1::RiskService::Stub::ListVolumes, volumes).status());
  first(reviews);
  LF_RETURN_IF_ERROR(
      Call(Office(), reviews_, &grading::v1::ReviewService::Stub::ListReviews, reviews).status());
  return LearnPositions();
}

absl::Status Player::LearnPositions() {
  for (const auto& [service, channel] : channels_) {
    ledger::v1::LedgerService::Stub ledgers(channel);
    ledger::v1::GetCheckpointRequest request;
    request.set_name(RecordName(unit_id(), "ledgers", service));
    LF_ASSIGN_OR_RETURN(
        const auto head,
        Call(Office(), ledgers, &ledger::v1::LedgerService::Stub::GetCheckpoint, request));
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
  if (it == departments_.end() || it->second.head().empty()) return Office();
  return actors_.As(it->second.head(), "department_head");
}

const client::Client& Player::SubmitterOf(const std::string& owner) {
  const auto holders = holders_.find(owner);
  if (holders != holders_.end() && !holders->second.empty()) {
    return actors_.As(holders->second.front(), "staff");
  }
  return KeeperOf(owner);
}

}  // namespace lianfang::cli
