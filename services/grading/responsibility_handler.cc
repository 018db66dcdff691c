#include <string>

#include "common/directory/directory_kinds.h"
#include "common/rpc/service.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/grading/access.h"
#include "services/grading/domain/letter_rules.h"
#include "services/grading/domain/sign_rules.h"
#include "services/grading/grading_handler.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/letters.h"

namespace lianfang::grading {
namespace {

constexpr char kResponsibilityService[] = "lianfang.grading.v1.ResponsibilityService";

// The office puts every sign up, the head of a department those of his own.
absl::Status CheckDisplays(store::WriteTx& tx, const v1::WarningSign& sign) {
  access::Facts facts;
  facts.name = sign.name();
  facts.department = sign.department();
  return FromDirectory(ViewerOf(tx).May(access::Action::kDisplaySign, facts));
}

void RegisterSigns(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::WarningSign>(&registry, kResponsibilityService, &host, &WarningSignKind())
      .Get<v1::GetWarningSignRequest, v1::GetWarningSignResponse>("GetWarningSign")
      .List<v1::ListWarningSignsRequest, v1::ListWarningSignsResponse>(
          "ListWarningSigns",
          [](const rpc::CallContext&, const v1::ListWarningSignsRequest& request) {
            store::Query query;
            if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            if (!request.subject().empty()) {
              query.equal.emplace_back("subject", request.subject());
            }
            return query;
          })
      .Verb<v1::ProduceWarningSignRequest, v1::ProduceWarningSignResponse>(
          "ProduceWarningSign",
          [](store::WriteTx& tx, const v1::ProduceWarningSignRequest& request,
             v1::WarningSign& sign) -> absl::Status {
            LF_ASSIGN_OR_RETURN(sign,
                                Produce(sign, request.placement(), request.phone(), tx.now()));
            return absl::OkStatus();
          })
      .Verb<v1::DisplayWarningSignRequest, v1::DisplayWarningSignResponse>(
          "DisplayWarningSign",
          [](store::WriteTx& tx, const v1::DisplayWarningSignRequest& request,
             v1::WarningSign& sign) -> absl::Status {
            LF_RETURN_IF_ERROR(CheckDisplays(tx, sign));
            LF_ASSIGN_OR_RETURN(sign, Display(sign, request.place(), tx.now()));
            return absl::OkStatus();
          })
      .Verb<v1::RemoveWarningSignRequest, v1::RemoveWarningSignResponse>(
          "RemoveWarningSign",
          [](store::WriteTx&, const v1::RemoveWarningSignRequest& request,
             v1::WarningSign& sign) -> absl::Status {
            LF_ASSIGN_OR_RETURN(sign, Remove(sign, request.reason()));
            return absl::OkStatus();
          });
}

}  // namespace

void RegisterResponsibility(rpc::Registry& registry, rpc::Service& host,
                            const std::shared_ptr<const PolicySet>& set,
                            const policy::Policies& policies) {
  RegisterSigns(registry, host);
  registry.Write<v1::DraftLettersRequest, v1::DraftLettersResponse>(
      kResponsibilityService, "DraftLetters", host,
      [set, &policies](store::WriteTx& tx, const v1::DraftLettersRequest& request) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const CompiledPolicy* matrix, set->FindMatrix(""));
        return DraftLetters(tx, policies.letters, *matrix, request);
      });
  rpc::Standard<v1::ResponsibilityLetter>(&registry, kResponsibilityService, &host, &LetterKind())
      .Get<v1::GetLetterRequest, v1::GetLetterResponse>(
          "GetLetter", CheckSees<v1::ResponsibilityLetter, access::Action::kSeeLetter>)
      .ListSeen<v1::ListLettersRequest, v1::ListLettersResponse>(
          "ListLetters",
          [](const rpc::CallContext&, const v1::ListLettersRequest& request) {
            store::Query query;
            if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            if (!request.party_b().empty()) {
              query.equal.emplace_back("party_b", request.party_b());
            }
            return query;
          },
          SeesOf<v1::ResponsibilityLetter, access::Action::kSeeLetter>)
      .Verb<v1::SignLetterRequest, v1::SignLetterResponse>(
          "SignLetter",
          [](store::WriteTx& tx, const v1::SignLetterRequest& request,
             v1::ResponsibilityLetter& letter) -> absl::Status {
            LF_RETURN_IF_ERROR(
                FromDirectory(ViewerOf(tx).May(access::Action::kSeeLetter, FactsOf(letter))));
            LF_ASSIGN_OR_RETURN(
                letter, Sign(letter, tx.actor().subject, request.revision_digest(), tx.now()));
            return absl::OkStatus();
          });
}

}  // namespace lianfang::grading
