#include "services/grading/grading_handler.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/message/canonical.h"
#include "common/rpc/respond.h"
#include "common/rpc/standard.h"
#include "common/rpc/validate.h"
#include "common/status/error.h"
#include "services/grading/access.h"
#include "services/grading/domain/department_level.h"
#include "services/grading/domain/grade_record.h"
#include "services/grading/facts.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/propose.h"

namespace lianfang::grading {
namespace {

constexpr char kGradingService[] = "lianfang.grading.v1.GradingService";

// A grade, or why there is none, as one item of a batch.
void GradeItem(const v1::PostProfile& profile, const CompiledPolicy& policy,
               v1::PostGradeResult* result) {
  if (const absl::Status status = Grade(profile, policy, result->mutable_grade()); !status.ok()) {
    *result->mutable_error() = ToRpcStatus(status);
  }
}

void RegisterStateless(rpc::Registry& registry, const std::shared_ptr<const PolicySet>& set) {
  registry.Inline<v1::GradePostRequest, v1::GradePostResponse>(
      kGradingService, "GradePost",
      [set](const rpc::CallContext&, const v1::GradePostRequest& request,
            v1::GradePostResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const CompiledPolicy* policy, set->Find(request.policy()));
        return Grade(request.profile(), *policy, response->mutable_grade());
      });
  registry.Inline<v1::BatchGradePostsRequest, v1::BatchGradePostsResponse>(
      kGradingService, "BatchGradePosts",
      [set](const rpc::CallContext&, const v1::BatchGradePostsRequest& request,
            v1::BatchGradePostsResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const CompiledPolicy* policy, set->Find(request.policy()));
        response->mutable_results()->Reserve(request.profiles_size());
        for (const v1::PostProfile& profile : request.profiles()) {
          GradeItem(profile, *policy, response->add_results());
        }
        return absl::OkStatus();
      });
  registry.BidiInline<v1::StreamGradePostsRequest, v1::StreamGradePostsResponse>(
      kGradingService, "StreamGradePosts",
      [set](const rpc::CallContext&, const v1::StreamGradePostsRequest& request,
            v1::StreamGradePostsResponse* response) -> absl::Status {
        // Whatever is wrong with one message is the answer to that one; the stream goes on.
        const auto policy = set->Find(request.policy());
        if (!policy.ok()) {
          *response->mutable_result()->mutable_error() = ToRpcStatus(policy.status());
          return absl::OkStatus();
        }
        GradeItem(request.profile(), **policy, response->mutable_result());
        return absl::OkStatus();
      });
  registry.Inline<v1::AssessRiskRequest, v1::AssessRiskResponse>(
      kGradingService, "AssessRisk",
      [set](const rpc::CallContext&, const v1::AssessRiskRequest& request,
            v1::AssessRiskResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const CompiledPolicy* policy, set->FindMatrix(request.policy()));
        return AssessRisk(request.factors(), *policy, response);
      });
  registry.Inline<v1::GetPolicyRequest, v1::GetPolicyResponse>(
      kGradingService, "GetPolicy",
      [set](const rpc::CallContext&, const v1::GetPolicyRequest& request,
            v1::GetPolicyResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const CompiledPolicy* policy, set->Find(request.policy()));
        *response->mutable_policy() = policy->source();
        return absl::OkStatus();
      });
}

absl::Status ListDepartmentLevels(const rpc::CallContext& call, store::Reader& reader,
                                  const CompiledPolicy& matrix,
                                  const v1::ListDepartmentLevelsRequest& request,
                                  v1::ListDepartmentLevelsResponse* response) {
  const std::string unit_id(UnitIdOf(request.parent()));
  LF_ASSIGN_OR_RETURN(const auto unit, reader.FindById<personnel::v1::Unit>(directory::UnitKind(),
                                                                            unit_id, unit_id));
  if (!unit) return store::NotFound(request.parent());
  store::Query in_use;
  in_use.equal.emplace_back("state", int64_t{personnel::v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(const auto departments,
                      directory::ListAll<personnel::v1::Department>(
                          reader, directory::DepartmentKind(), unit_id, in_use));
  access::Viewer viewer = ViewerOf(call, reader);
  for (const personnel::v1::Department& department : departments) {
    access::Facts whose;
    whose.department = department.name();
    LF_ASSIGN_OR_RETURN(const bool seen, viewer.Sees(access::Action::kSeeGrade, whose));
    if (!seen) continue;
    LF_ASSIGN_OR_RETURN(const DepartmentFacts facts,
                        ReadDepartment(reader, department.name(), request.year(), {}));
    v1::DepartmentLevel* level = response->add_department_levels();
    *level = Highest(facts.grades, facts.points, matrix);
    level->set_department(department.name());
    level->set_display_name(department.display_name());
  }
  return absl::OkStatus();
}

// Catches up with the services named from `next` on, one after the other.
void CatchUp(rpc::Service& host, const std::string& unit_id, absl::Time deadline,
             std::vector<std::string> upstreams, std::function<void(absl::Status)> done) {
  while (!upstreams.empty()) {
    const auto it = host.upstreams.find(upstreams.back());
    upstreams.pop_back();
    if (it == host.upstreams.end()) continue;
    it->second->Await(unit_id, 0, deadline,
                      [&host, unit_id, deadline, upstreams = std::move(upstreams),
                       done = std::move(done)](absl::Status status) mutable {
                        if (!status.ok()) {
                          done(std::move(status));
                          return;
                        }
                        CatchUp(host, unit_id, deadline, std::move(upstreams), std::move(done));
                      });
    return;
  }
  done(absl::OkStatus());
}

using ProposeDone = std::function<void(absl::StatusOr<v1::ProposeGradesResponse>)>;

// A proposal says which posts cannot be graded yet, so it is made only from all that the directory
// and the forms hold now: it catches up first, and then is one change like any other.
void Propose(rpc::Service& host, const PolicySet& set, const policy::Policies& policies,
             const rpc::CallContext& call,
             const std::shared_ptr<const v1::ProposeGradesRequest>& request,
             const ProposeDone& done) {
  const auto policy = set.Find(request->policy());
  if (!policy.ok()) {
    done(policy.status());
    return;
  }
  auto mutation = std::make_shared<store::Mutation>();
  mutation->unit_id = call.unit_id;
  mutation->actor = call.identity;
  mutation->method = call.method->full_name;
  mutation->request_id = request->request_id();
  mutation->request_digest = crypto::Sha256(message::CanonicalRequest(*request));
  mutation->deadline = call.deadline;
  mutation->apply = [request, &policies, policy = *policy](store::WriteTx& tx) {
    return ProposeGrades(tx, policies.routes, *policy, *request);
  };
  mutation->done = [&host, unit_id = call.unit_id,
                    done](const absl::StatusOr<store::Committed>& outcome) {
    if (!outcome.ok()) {
      done(outcome.status());
      return;
    }
    v1::ProposeGradesResponse response;
    rpc::FillResponse(*outcome, unit_id, host.name, &response);
    done(std::move(response));
  };
  CatchUp(host, call.unit_id, call.deadline, {"risk", "personnel"},
          [&host, mutation, done](const absl::Status& caught_up) {
            if (!caught_up.ok()) {
              done(caught_up);
              return;
            }
            rpc::Transact(host, std::move(*mutation));
          });
}

}  // namespace

PolicySet::PolicySet(const policy::Policies& policies)
    : default_grading_(policies.default_grading), default_matrix_(policies.default_matrix) {
  for (const auto& [id, source] : policies.grading) compiled_.try_emplace(id, source);
}

absl::StatusOr<const CompiledPolicy*> PolicySet::Find(const std::string& id) const {
  return Get(id.empty() ? default_grading_ : id);
}

absl::StatusOr<const CompiledPolicy*> PolicySet::FindMatrix(const std::string& id) const {
  return Get(id.empty() ? default_matrix_ : id);
}

absl::StatusOr<const CompiledPolicy*> PolicySet::Get(const std::string& id) const {
  const auto it = compiled_.find(id);
  if (it != compiled_.end()) return &it->second;
  return FieldError(common::v1::ERROR_REASON_POLICY_NOT_FOUND, "policy",
                    absl::StrCat("没有名为“", id, "”的评定规则。"),
                    absl::StrCat("there is no policy '", id, "'."));
}

void RegisterGrading(rpc::Registry& registry, rpc::Service& host,
                     const std::shared_ptr<const PolicySet>& set,
                     const policy::Policies& policies) {
  // A bad post is the error of that post alone, so Grade() checks each.
  rpc::Validator::LeaveToHandler(
      v1::BatchGradePostsRequest::descriptor()->FindFieldByName("profiles"));
  rpc::Validator::LeaveToHandler(
      v1::StreamGradePostsRequest::descriptor()->FindFieldByName("profile"));
  RegisterStateless(registry, set);
  registry.Async<v1::ProposeGradesRequest, v1::ProposeGradesResponse>(
      kGradingService, "ProposeGrades",
      [&host, set, &policies](const rpc::CallContext& call,
                              const std::shared_ptr<const v1::ProposeGradesRequest>& request,
                              const ProposeDone& done) {
        Propose(host, *set, policies, call, request, done);
      });
  rpc::Standard<v1::Grade>(&registry, kGradingService, &host, &GradeKind())
      .Get<v1::GetGradeRequest, v1::GetGradeResponse>(
          "GetGrade", CheckSees<v1::Grade, access::Action::kSeeGrade>)
      .ListSeen<v1::ListGradesRequest, v1::ListGradesResponse>(
          "ListGrades",
          [](const rpc::CallContext&, const v1::ListGradesRequest& request) {
            store::Query query;
            if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            return query;
          },
          SeesOf<v1::Grade, access::Action::kSeeGrade>);
  registry.Read<v1::ListDepartmentLevelsRequest, v1::ListDepartmentLevelsResponse>(
      kGradingService, "ListDepartmentLevels", host,
      [set](const rpc::CallContext& call, store::Reader& reader,
            const v1::ListDepartmentLevelsRequest& request,
            v1::ListDepartmentLevelsResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const CompiledPolicy* matrix, set->FindMatrix(""));
        return ListDepartmentLevels(call, reader, *matrix, request, response);
      });
  registry.Write<v1::OverrideGradeRequest, v1::OverrideGradeResponse>(
      kGradingService, "OverrideGrade", host,
      [&policies](store::WriteTx& tx, const v1::OverrideGradeRequest& request) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const v1::Grade grade, tx.Get<v1::Grade>(GradeKind(), request.name()));
        LF_ASSIGN_OR_RETURN(const std::vector<std::string> owners, OwnersOf(tx, grade));
        absl::StatusOr<v1::Grade> next =
            Override(grade, request.level(), request.reason(), tx.actor().subject, owners);
        LF_RETURN_IF_ERROR(
            rpc::Foremost(next.status(), store::CheckEtag(grade.etag(), request.etag())));
        return PutUnderReview(tx, policies.routes, owners, grade.review(), *std::move(next));
      });
}

}  // namespace lianfang::grading
