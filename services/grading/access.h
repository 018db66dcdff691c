// What of a record the rules of common/access ask.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/place.h"
#include "common/rpc/serve.h"
#include "common/store/write_tx.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"

namespace lianfang::grading {

access::Facts FactsOf(const v1::Grade& grade);
access::Facts FactsOf(const v1::Review& review);
access::Facts FactsOf(const v1::SelfInspectionReport& report);
access::Facts FactsOf(const v1::Examination& examination);
access::Facts FactsOf(const v1::Rectification& rectification);
access::Facts FactsOf(const v1::ResponsibilityLetter& letter);

access::Viewer ViewerOf(const rpc::CallContext& call, store::Reader& reader);
access::Viewer ViewerOf(store::WriteTx& tx);

// Whoever may not may have been given the right by a change of the directory that is not here yet.
absl::Status FromDirectory(absl::Status status);

// For Standard::Get and Standard::ListSeen: whether the caller sees a record, by the action's rule.
template <class T, access::Action kAction>
absl::Status CheckSees(const rpc::CallContext& call, store::Reader& reader, const T& record) {
  return ViewerOf(call, reader).May(kAction, FactsOf(record));
}
template <class T, access::Action kAction>
std::function<absl::StatusOr<bool>(const T&)> SeesOf(const rpc::CallContext& call,
                                                     store::Reader& reader) {
  return [viewer = std::make_shared<access::Viewer>(ViewerOf(call, reader))](const T& record) {
    return viewer->Sees(kAction, FactsOf(record));
  };
}

}  // namespace lianfang::grading
