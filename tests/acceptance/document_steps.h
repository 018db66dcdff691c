// Documents as whoever asks for one gets it.
#pragma once

#include <string>
#include <vector>

#include "common/rpc/status_grpc.h"
#include "lianfang/reporting/v1/document.grpc.pb.h"
#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {

using DocumentStub = reporting::v1::DocumentService::Stub;

struct Made {
  reporting::v1::DocumentHead head;
  std::string bytes;
  std::vector<size_t> chunks;
};

class DocumentSteps : public YearTest {
 protected:
  absl::StatusOr<Made> Render(
      client::Client& client, reporting::v1::DocumentKind kind, const std::string& scope = "",
      reporting::v1::DocumentFormat format = reporting::v1::DOCUMENT_FORMAT_PDF, bool draft = false,
      const std::string& unit = kUnit) {
    reporting::v1::RenderDocumentRequest request;
    request.set_parent(unit);
    request.set_kind(kind);
    request.set_scope(scope);
    request.set_year(kYear);
    request.set_format(format);
    request.set_draft(draft);
    DocumentStub stub(client.channel());
    grpc::ClientContext context;
    const absl::Status prepared = client.Prepare(context, absl::Seconds(30));
    if (!prepared.ok()) return prepared;
    const auto reader = stub.RenderDocument(&context, request);
    Made made;
    reporting::v1::RenderDocumentResponse response;
    while (reader->Read(&response)) {
      if (response.has_head()) {
        made.head = response.head();
      } else {
        made.chunks.push_back(response.data().size());
        made.bytes += response.data();
      }
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return rpc::FromGrpc(status);
    return made;
  }
};

}  // namespace lianfang::acceptance
