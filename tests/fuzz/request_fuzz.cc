// Requests of every method as bytes: parsed, validated, named in errors, brought into canonical
// form. The first two bytes choose the method.
#include <memory>
#include <string>
#include <vector>

#include "common/base/utf8.h"
#include "common/message/canonical.h"
#include "common/rpc/admission.h"
#include "common/rpc/validate.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/stubs/logging.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/ledger/v1/audit.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "lianfang/personnel/v1/access.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/document.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "lianfang/risk/v1/feedback.pb.h"
#include "lianfang/risk/v1/form_import.pb.h"
#include "lianfang/risk/v1/power.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"
#include "tests/fuzz/must.h"

namespace lianfang {
namespace {

using fuzz::Must;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

std::vector<rpc::Method> AllMethods() {
  const google::protobuf::FileDescriptor* files[] = {
      aggregation::v1::Member::descriptor()->file(),
      grading::v1::Grade::descriptor()->file(),
      grading::v1::Rectification::descriptor()->file(),
      grading::v1::ResponsibilityLetter::descriptor()->file(),
      ledger::v1::EntryHeader::descriptor()->file(),
      ledger::v1::AuditRecord::descriptor()->file(),
      personnel::v1::Account::descriptor()->file(),
      personnel::v1::Post::descriptor()->file(),
      personnel::v1::PostDuty::descriptor()->file(),
      reporting::v1::Campaign::descriptor()->file(),
      reporting::v1::RenderDocumentRequest::descriptor()->file(),
      reporting::v1::Publication::descriptor()->file(),
      reporting::v1::UnitReport::descriptor()->file(),
      reporting::v1::Warning::descriptor()->file(),
      risk::v1::CreateFeedbackRequest::descriptor()->file(),
      risk::v1::ImportFormsRequest::descriptor()->file(),
      risk::v1::Power::descriptor()->file(),
      risk::v1::Measure::descriptor()->file(),
      risk::v1::Submission::descriptor()->file(),
  };
  std::vector<rpc::Method> methods;
  for (const auto* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        rpc::Method& method = methods.emplace_back();
        method.descriptor = file->service(s)->method(m);
        method.validator = &rpc::Validator::For(method.descriptor->input_type());
      }
    }
  }
  return methods;
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  static auto* const before = google::protobuf::SetLogHandler(nullptr);
  static_cast<void>(before);
  static const auto* const methods = new std::vector<rpc::Method>(AllMethods());
  absl::string_view bytes = fuzz::Bytes(data, size);
  const unsigned number = fuzz::Take(&bytes) << 8;
  const rpc::Method& method = (*methods)[(number | fuzz::Take(&bytes)) % methods->size()];
  const auto* type = method.descriptor->input_type();
  const std::unique_ptr<google::protobuf::Message> request(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
  const grpc::Slice slice(bytes.data(), bytes.size());
  const grpc::ByteBuffer buffer(&slice, 1);
  if (!rpc::Parse(method, buffer, request.get()).ok()) return 0;
  const absl::Status checked = method.validator->Check(*request);
  if (!checked.ok()) {
    Must(!checked.message().empty(), "an error without a text");
    return 0;
  }
  // What is taken has one canonical form.
  const std::string canonical = message::CanonicalRequest(*request);
  const std::unique_ptr<google::protobuf::Message> again(request->New());
  Must(again->ParseFromString(request->SerializeAsString()), "what was taken cannot be read again");
  Must(method.validator->Check(*again).ok(), "what was taken is refused when it comes again");
  Must(message::CanonicalRequest(*again) == canonical, "a request has two canonical forms");
  return 0;
}
