// GradingService, ReviewService, ResponsibilityService and InspectionService on the wire.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/policy/policies.h"
#include "common/rpc/serve.h"
#include "services/grading/domain/grade.h"

namespace lianfang::grading {

// The grading policies in force, compiled.
class PolicySet {
 public:
  explicit PolicySet(const policy::Policies& policies);
  // By id; empty: the default. POLICY_NOT_FOUND.
  absl::StatusOr<const CompiledPolicy*> Find(const std::string& id) const;
  // The same for one risk: empty is the default matrix.
  absl::StatusOr<const CompiledPolicy*> FindMatrix(const std::string& id) const;

 private:
  absl::StatusOr<const CompiledPolicy*> Get(const std::string& id) const;

  std::map<std::string, CompiledPolicy> compiled_;
  std::string default_grading_;
  std::string default_matrix_;
};

// `policies` and `host` must outlive the registry.
void RegisterGrading(rpc::Registry& registry, rpc::Service& host,
                     const std::shared_ptr<const PolicySet>& set, const policy::Policies& policies);
void RegisterReviews(rpc::Registry& registry, rpc::Service& host,
                     const std::shared_ptr<const PolicySet>& set, const policy::Policies& policies);
void RegisterResponsibility(rpc::Registry& registry, rpc::Service& host,
                            const std::shared_ptr<const PolicySet>& set,
                            const policy::Policies& policies);
void RegisterInspection(rpc::Registry& registry, rpc::Service& host,
                        const policy::Policies& policies);

}  // namespace lianfang::grading
