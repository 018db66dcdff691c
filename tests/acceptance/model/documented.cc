#include "tests/acceptance/model/documented.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace lianfang::model {
namespace {

using namespace common::v1;  // NOLINT: reasons

// The name that follows a keyword, up to a space, bracket or semicolon.
std::string NameAfter(absl::string_view line, absl::string_view keyword) {
  line.remove_prefix(keyword.size());
  return std::string(line.substr(0, line.find_first_of(" (;{")));
}

// Names of reasons in what a comment says after `Errors:`.
std::set<std::string> ReasonsIn(absl::string_view comment) {
  std::set<std::string> reasons;
  const size_t at = comment.find("Errors:");
  if (at == absl::string_view::npos) return reasons;
  for (absl::string_view word :
       absl::StrSplit(comment.substr(at), absl::ByAnyChar(" ,.;:()"), absl::SkipEmpty())) {
    common::v1::ErrorReason reason;
    if (ErrorReason_Parse(absl::StrCat("ERROR_REASON_", word), &reason)) {
      reasons.insert(std::string(word));
    }
  }
  return reasons;
}

}  // namespace

Documented::Documented(const std::string& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".proto") Read(entry.path().string());
  }
}

void Documented::Read(const std::string& path) {
  std::ifstream file(path);
  std::string package;
  std::string service;
  std::string comment;
  for (std::string text; std::getline(file, text);) {
    const absl::string_view line = absl::StripAsciiWhitespace(text);
    if (absl::StartsWith(line, "//")) {
      absl::StrAppend(&comment, absl::StripPrefix(line, "//"));
      continue;
    }
    if (absl::StartsWith(line, "package ")) package = NameAfter(line, "package ");
    if (absl::StartsWith(line, "service ")) service = NameAfter(line, "service ");
    if (absl::StartsWith(line, "rpc ")) {
      reasons_[absl::StrCat(package, ".", service, ".", NameAfter(line, "rpc "))] =
          ReasonsIn(comment);
    }
    comment.clear();
  }
}

bool Documented::Allows(const std::string& method, common::v1::ErrorReason reason) const {
  switch (reason) {
    case ERROR_REASON_PERMISSION_DENIED:
    case ERROR_REASON_UNIT_NOT_COVERED:
    case ERROR_REASON_REQUIRED_FIELD:
    case ERROR_REASON_INVALID_FIELD:
    case ERROR_REASON_REQUEST_ID_REUSED:
    case ERROR_REASON_RESOURCE_NOT_FOUND:
      return true;
    default:
      break;
  }
  const auto found = reasons_.find(method);
  return found != reasons_.end() && found->second.contains(std::string(absl::StripPrefix(
                                        ErrorReason_Name(reason), "ERROR_REASON_")));
}

}  // namespace lianfang::model
