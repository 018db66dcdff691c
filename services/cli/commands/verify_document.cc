#include "services/cli/commands/verify_document.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/document.grpc.pb.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using DocumentStub = reporting::v1::DocumentService::Stub;

// As somebody types it from a paper: small letters, spaces and lacking dashes do not matter.
std::string HexDigits(absl::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (absl::ascii_isxdigit(static_cast<unsigned char>(c)))
      digits += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return digits;
}

}  // namespace

absl::Status VerifyDocument(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const std::string number, session.arguments().Require("document"));
  LF_ASSIGN_OR_RETURN(const std::string digest, session.arguments().Require("digest"));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  DocumentStub stub(client->channel());
  reporting::v1::GetIssuedDocumentRequest request;
  request.set_name(RecordName(unit, "documents", absl::AsciiStrToLower(number)));
  const auto response =
      client->Call(stub, &DocumentStub::GetIssuedDocument, request, session.call_options());
  if (!response.ok()) {
    if (ReasonOf(response.status()) != common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
      return response.status();
    }
    return VerificationError(
        absl::StrCat("账本中没有编号为 ", Printable(number), " 的文书。"),
        absl::StrCat("No document with the number ", Printable(number), " is recorded."));
  }
  const auto& document = response->document();
  if (HexDigits(digest) != HexDigits(document.short_digest())) {
    return VerificationError(absl::StrCat("校验码不符：纸上为 ", Printable(digest), "，账本中为 ",
                                          document.short_digest(), "。这张纸不是账本所记的文书。"),
                             absl::StrCat("The check code differs: ", Printable(digest),
                                          " on the paper, ", document.short_digest(),
                                          " on the ledger. The paper is not what is recorded."));
  }
  if (session.json()) return session.PrintJson(document);
  session.Say(absl::StrCat("相符：", document.number(), "《", document.title(), "》，",
                           document.year(), " 年度，", DayOf(document.create_time()), " 出具"),
              absl::StrCat("the recorded one: ", document.number(), " ", document.title(), ", ",
                           document.year(), ", made on ", DayOf(document.create_time())));
  return absl::OkStatus();
}

}  // namespace lianfang::cli
