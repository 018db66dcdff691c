#include "services/personnel/domain/import_stream.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/personnel/domain/import_problems.h"

namespace lianfang::personnel {
namespace {

absl::Status Invalid(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, zh, en);
}

absl::Status TakePiece(const v1::ImportCsv& piece, v1::DirectoryFile before, ImportInput* input) {
  const bool known = input->csv.contains(piece.file());
  if (input->rows.contains(piece.file())) {
    return Invalid("csv.file", "同一个文件不能既按行又按 CSV 传送。",
                   "the file comes as rows already.");
  }
  if (known && before != piece.file()) {
    return Invalid(
        "csv.file", absl::StrCat(FileName(piece.file()), " 的各部分必须连续传送。"),
        absl::StrCat("the pieces of ", FileName(piece.file()), " must follow each other."));
  }
  if (piece.data().size() > kMaxPiece) {
    return Invalid("csv.data", "每次最多传送 1 MiB。", "at most 1 MiB a piece.");
  }
  input->csv[piece.file()].append(piece.data());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportInput> CollectImport(
    const std::vector<std::shared_ptr<v1::ImportDirectoryRequest>>& messages) {
  ImportInput input;
  if (messages.empty() || !messages[0]->has_options()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "options",
                      "第一条消息必须是导入选项。", "must be the first message.");
  }
  input.options = messages[0]->options();
  v1::DirectoryFile before = v1::DIRECTORY_FILE_UNSPECIFIED;
  for (size_t i = 1; i < messages.size(); ++i) {
    const v1::ImportDirectoryRequest& message = *messages[i];
    switch (message.payload_case()) {
      case v1::ImportDirectoryRequest::kRow:
        if (input.csv.contains(message.row().file())) {
          return Invalid("row.file", "同一个文件不能既按行又按 CSV 传送。",
                         "the file comes as CSV already.");
        }
        if (message.row().line() < 0) {
          return Invalid("row.line", "行号不能是负数。", "must not be negative.");
        }
        input.rows[message.row().file()].push_back(&message.row());
        before = v1::DIRECTORY_FILE_UNSPECIFIED;
        break;
      case v1::ImportDirectoryRequest::kCsv:
        LF_RETURN_IF_ERROR(TakePiece(message.csv(), before, &input));
        before = message.csv().file();
        break;
      case v1::ImportDirectoryRequest::kOptions:
        return Invalid("options", "导入选项只能是第一条消息。", "may only be the first message.");
      default:
        return Invalid("payload", "消息没有内容。", "the message carries nothing.");
    }
  }
  return input;
}

}  // namespace lianfang::personnel
