#include "services/cli/core/import_folder.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/crypto/sha256.h"
#include "common/rpc/status_grpc.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"

namespace lianfang::cli {
namespace {

using personnel::v1::DirectoryFile;
using personnel::v1::ImportDirectoryRequest;
using personnel::v1::ImportDirectoryResponse;

constexpr size_t kMaxFolderBytes = size_t{8} << 20;
constexpr size_t kPieceBytes = size_t{256} << 10;

constexpr std::pair<DirectoryFile, const char*> kFiles[] = {
    {personnel::v1::DIRECTORY_FILE_DEPARTMENTS, "departments"},
    {personnel::v1::DIRECTORY_FILE_POSTS, "posts"},
    {personnel::v1::DIRECTORY_FILE_PERSONS, "persons"},
    {personnel::v1::DIRECTORY_FILE_APPOINTMENTS, "appointments"},
    {personnel::v1::DIRECTORY_FILE_LEADING_GROUP, "leading_group"},
};

// Whether the words after the `file:line:` of a violation's path name one of ours.
bool IsFile(absl::string_view name) {
  return std::any_of(std::begin(kFiles), std::end(kFiles),
                     [name](const auto& file) { return name == file.second; });
}

}  // namespace

std::string FileNameOf(DirectoryFile file) {
  for (const auto& [known, name] : kFiles) {
    if (known == file) return absl::StrCat(name, ".csv");
  }
  return "unknown.csv";
}

absl::StatusOr<DirectoryFiles> ReadDirectory(const std::string& folder) {
  DirectoryFiles result;
  std::string framed;
  for (const auto& [file, name] : kFiles) {
    const std::string path = absl::StrCat(folder, "/", name, ".csv");
    if (!FileExists(path)) continue;
    LF_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, kMaxFolderBytes));
    result.bytes += bytes.size();
    absl::StrAppend(&framed, name, ":", bytes.size(), ":", bytes);
    result.files.emplace_back(file, std::move(bytes));
  }
  if (result.files.empty()) {
    return Failure(
        absl::StrCat("文件夹 ", Printable(folder),
                     " 中没有 departments.csv、posts.csv、persons.csv、appointments.csv 或 "
                     "leading_group.csv。"),
        absl::StrCat("The folder ", Printable(folder),
                     " has no departments.csv, posts.csv, persons.csv, appointments.csv "
                     "or leading_group.csv."));
  }
  if (result.bytes > kMaxFolderBytes) {
    return Failure(absl::StrCat("这些文件合计超过 ", kMaxFolderBytes, " 字节。"),
                   absl::StrCat("The files together exceed ", kMaxFolderBytes, " bytes."));
  }
  result.digest = absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(framed)));
  return result;
}

absl::StatusOr<ImportDirectoryResponse> ImportFiles(const client::Client& client,
                                                    const std::string& unit_id,
                                                    const DirectoryFiles& files, bool validate_only,
                                                    const std::string& request_id,
                                                    absl::Duration timeout,
                                                    const std::function<void(int64_t)>& advance) {
  grpc::ClientContext context;
  LF_RETURN_IF_ERROR(client.Prepare(context, timeout));
  personnel::v1::PersonnelService::Stub stub(client.channel());
  ImportDirectoryResponse response;
  const auto writer = stub.ImportDirectory(&context, &response);
  ImportDirectoryRequest message;
  message.mutable_options()->set_parent(UnitName(unit_id));
  message.mutable_options()->set_validate_only(validate_only);
  message.mutable_options()->set_request_id(request_id);
  bool taken = writer->Write(message);
  for (const auto& [file, bytes] : files.files) {
    // An empty file is sent too, so that its missing header is told.
    size_t at = 0;
    do {
      const size_t size = std::min(kPieceBytes, bytes.size() - at);
      message.mutable_csv()->set_file(file);
      message.mutable_csv()->set_data(bytes.substr(at, size));
      taken = taken && writer->Write(message);
      at += size;
      if (taken && advance) advance(static_cast<int64_t>(size));
    } while (taken && at < bytes.size());
  }
  // Where the server took no more, Finish says why.
  writer->WritesDone();
  LF_RETURN_IF_ERROR(rpc::FromGrpc(writer->Finish()));
  return response;
}

Table BadRowsTable(Lang lang) {
  return Table({{Text("文件", "file").In(lang)},
                {Text("行", "line").In(lang), Align::kRight},
                {Text("列", "column").In(lang)},
                {Text("原因", "reason").In(lang)}});
}

bool BadRows(const absl::Status& status, Lang lang, Table* table) {
  if (ReasonOf(status) != common::v1::ERROR_REASON_IMPORT_REJECTED) return false;
  bool any = false;
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const auto& detail : wire.details()) {
    google::rpc::BadRequest bad;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      // `posts:12:department`; the text in both languages, `中文 / English`.
      const std::vector<std::string> place =
          absl::StrSplit(violation.field(), absl::MaxSplits(':', 2));
      const std::vector<std::string> texts =
          absl::StrSplit(violation.description(), absl::MaxSplits(" / ", 1));
      const std::string& text = lang == Lang::kZh || texts.size() < 2 ? texts[0] : texts[1];
      if (place.size() == 3 && IsFile(place[0])) {
        table->AddRow({absl::StrCat(place[0], ".csv"), place[1], place[2], text});
      } else {
        table->AddRow({violation.field(), "", "", text});
      }
      any = true;
    }
  }
  return any;
}

}  // namespace lianfang::cli
