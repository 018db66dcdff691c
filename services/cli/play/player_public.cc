// What the school sets up and what the public sees and says: campaign, publications, feedback,
// warnings.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using config::v1::SampleAdjudication;
using config::v1::SampleFeedback;
using reporting::v1::Publication;
using reporting::v1::PublicationKind;
using reporting::v1::Warning;
using ReportingStub = reporting::v1::ReportingService::Stub;
using RiskStub = risk::v1::RiskService::Stub;
using risk::v1::Feedback;

}  // namespace

absl::StatusOr<StageResult> Player::OpenCampaign(StageProgress& progress) {
  using Stub = reporting::v1::CampaignService::Stub;
  LF_ASSIGN_OR_RETURN(
      const auto campaigns,
      All<reporting::v1::Campaign>(campaigns_, &Stub::ListCampaigns,
                                   &reporting::v1::ListCampaignsResponse::mutable_campaigns, {}));
  for (const auto& [name, campaign] : campaigns) {
    if (campaign.year() == sample_.year.year()) return StageResult{.found = 1};
  }
  progress.Start(1);
  reporting::v1::CreateCampaignRequest request;
  request.set_parent(unit_);
  request.mutable_campaign()->set_year(sample_.year.year());
  LF_RETURN_IF_ERROR(Change(Office(), campaigns_, &Stub::CreateCampaign, request).status());
  progress.Advance();
  return StageResult{.done = 1};
}

absl::StatusOr<StageResult> Player::Publish(PublicationKind kind, StageProgress& progress) {
  reporting::v1::ListPublicationsRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(
      const auto existing,
      All<Publication>(reporting_, &ReportingStub::ListPublications,
                       &reporting::v1::ListPublicationsResponse::mutable_publications, list));
  google::protobuf::RepeatedPtrField<Publication> wanted;
  for (const Publication& publication : sample_.year.publications()) {
    if (publication.kind() == kind) *wanted.Add() = publication;
  }
  LF_ASSIGN_OR_RETURN(
      const StageResult result,
      MakeMissing<Publication>(wanted, existing, progress, [&](const Publication& publication) {
        reporting::v1::CreatePublicationRequest request;
        request.set_parent(unit_);
        request.set_publication_id(std::string(IdIn("publications", publication.name())));
        *request.mutable_publication() = publication;
        return Change(Office(), publicity_,
                      &reporting::v1::PublicityService::Stub::CreatePublication, request)
            .status();
      }));
  // What is published is so in risk too.
  if (result.done > 0) LF_RETURN_IF_ERROR(Settle());
  return result;
}

absl::StatusOr<StageResult> Player::PublishDuties(StageProgress& progress) {
  return Publish(reporting::v1::PUBLICATION_KIND_POST_DUTIES, progress);
}
absl::StatusOr<StageResult> Player::PublishRisks(StageProgress& progress) {
  return Publish(reporting::v1::PUBLICATION_KIND_RISK_POINTS, progress);
}
absl::StatusOr<StageResult> Player::PublishMeasures(StageProgress& progress) {
  return Publish(reporting::v1::PUBLICATION_KIND_MEASURES, progress);
}

absl::StatusOr<StageResult> Player::TakeFeedback(StageProgress& progress) {
  LF_ASSIGN_OR_RETURN(const auto known,
                      All<Feedback>(risk_, &RiskStub::ListFeedback,
                                    &risk::v1::ListFeedbackResponse::mutable_feedback, {}));
  // There is no id to know it by: that could tell who chose it.
  const auto find = [&](const SampleFeedback& sample) {
    return std::find_if(known.begin(), known.end(), [&](const auto& entry) {
      return entry.second.title() == sample.feedback().title() &&
             entry.second.content() == sample.feedback().content();
    });
  };
  std::vector<const SampleFeedback*> to_do;
  for (const SampleFeedback& sample : sample_.year.feedback()) {
    const auto it = find(sample);
    if (it == known.end() || it->second.state() != risk::v1::FEEDBACK_STATE_CLOSED) {
      to_do.push_back(&sample);
    }
  }
  const absl::Status worked = ForEach<const SampleFeedback*>(
      to_do, progress, [&](const SampleFeedback* const& sample) -> absl::Status {
        Feedback feedback;
        if (const auto it = find(*sample); it != known.end()) {
          feedback = it->second;
        } else {
          risk::v1::CreateFeedbackRequest request;
          request.set_parent(unit_);
          *request.mutable_feedback() = sample->feedback();
          LF_ASSIGN_OR_RETURN(const auto received, Change(actors_.AsRole("feedback_box"), risk_,
                                                          &RiskStub::CreateFeedback, request));
          feedback = received.feedback();
        }
        if (feedback.state() == risk::v1::FEEDBACK_STATE_RECEIVED) {
          risk::v1::AcceptFeedbackRequest request;
          request.set_name(feedback.name());
          request.set_etag(feedback.etag());
          LF_ASSIGN_OR_RETURN(const auto accepted,
                              Change(Office(), risk_, &RiskStub::AcceptFeedback, request));
          feedback = accepted.feedback();
        }
        if (feedback.state() == risk::v1::FEEDBACK_STATE_ACCEPTED) {
          risk::v1::HandleFeedbackRequest request;
          request.set_name(feedback.name());
          request.set_etag(feedback.etag());
          request.set_finding(sample->finding());
          request.set_result(sample->result());
          LF_ASSIGN_OR_RETURN(const auto handled,
                              Change(Office(), risk_, &RiskStub::HandleFeedback, request));
          feedback = handled.feedback();
        }
        risk::v1::CloseFeedbackRequest request;
        request.set_name(feedback.name());
        request.set_etag(feedback.etag());
        return Change(Office(), risk_, &RiskStub::CloseFeedback, request).status();
      });
  LF_RETURN_IF_ERROR(worked);
  const auto done = static_cast<int64_t>(to_do.size());
  return StageResult{.done = done, .found = sample_.year.feedback_size() - done};
}

absl::StatusOr<StageResult> Player::AdjudicateWarnings(StageProgress& progress) {
  LF_ASSIGN_OR_RETURN(const auto warnings,
                      All<Warning>(reporting_, &ReportingStub::ListWarnings,
                                   &reporting::v1::ListWarningsResponse::mutable_warnings, {}));
  StageResult result;
  std::vector<std::pair<const SampleAdjudication*, const Warning*>> to_do;
  for (const SampleAdjudication& sample : sample_.year.adjudications()) {
    for (const auto& [name, warning] : warnings) {
      if (warning.kind() != sample.kind() || warning.subject() != sample.subject()) continue;
      // Once: whoever has looked at it since, or whatever it has turned to, is left alone.
      if (warning.history().empty()) {
        to_do.emplace_back(&sample, &warning);
      } else {
        ++result.found;
      }
    }
  }
  using Piece = std::pair<const SampleAdjudication*, const Warning*>;
  LF_RETURN_IF_ERROR(ForEach<Piece>(to_do, progress, [&](const Piece& piece) {
    const auto& [sample, warning] = piece;
    reporting::v1::AdjudicateWarningRequest request;
    request.set_name(warning->name());
    request.set_etag(warning->etag());
    request.set_verdict(sample->verdict());
    request.set_disposal(sample->disposal());
    request.set_reason(sample->reason());
    request.set_evidence(sample->evidence());
    return Change(Office(), warnings_, &reporting::v1::WarningService::Stub::AdjudicateWarning,
                  request)
        .status();
  }));
  result.done = static_cast<int64_t>(to_do.size());
  return result;
}

}  // namespace lianfang::cli
