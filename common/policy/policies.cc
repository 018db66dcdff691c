#include "common/policy/policies.h"

#include <dirent.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/embedded.h"
#include "common/message/text_proto.h"
#include "common/policy/check.h"
#include "common/status/error.h"

namespace lianfang::policy {

namespace builtin {
std::span<const EmbeddedFile> Files();
}  // namespace builtin

namespace {

// A policy file larger than this is a mistake.
constexpr size_t kMaxFileBytes = 4 << 20;

absl::Status InFile(absl::string_view file, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("policy ", file, ": ", what));
}

// The parser refuses unknown fields and bad values by itself.
absl::Status ParseText(absl::string_view file, const std::string& text,
                       google::protobuf::Message* parsed) {
  const std::string problem = message::ParseTextProto(text, parsed);
  return problem.empty() ? absl::OkStatus() : InFile(file, problem);
}

// Names of the folder's policy files.
absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(folder.c_str()), closedir);
  if (open == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("policy folder cannot be read: ", folder));
  }
  while (const dirent* entry = readdir(open.get())) {
    if (absl::EndsWith(entry->d_name, ".txtpb")) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.good() && !in.eof()) return InFile(path, "cannot be read");
  if (text.empty()) return InFile(path, "cannot be read, or is empty");
  if (text.size() > kMaxFileBytes) return InFile(path, "is too large");
  return text;
}

absl::Status AddPolicy(const std::string& file, const std::string& text, Policies* policies) {
  const auto checked = [&](const absl::Status& status) {
    return status.ok() ? status : InFile(file, status.message());
  };
  if (file == "roles.txtpb") {
    LF_RETURN_IF_ERROR(ParseText(file, text, &policies->roles));
    return checked(CheckRoles(policies->roles));
  }
  if (absl::StartsWith(file, "routes-")) {
    LF_RETURN_IF_ERROR(ParseText(file, text, &policies->routes));
    return checked(CheckRoutes(policies->routes));
  }
  if (absl::StartsWith(file, "letters-")) {
    LF_RETURN_IF_ERROR(ParseText(file, text, &policies->letters));
    return checked(CheckLetters(policies->letters));
  }
  if (absl::StartsWith(file, "warnings-")) {
    LF_RETURN_IF_ERROR(ParseText(file, text, &policies->warnings));
    return checked(CheckWarnings(policies->warnings));
  }
  const auto taken = [&](absl::string_view id) {
    return InFile(file, absl::StrCat("id '", id, "' is another file's too"));
  };
  if (absl::StartsWith(file, "campaign-")) {
    config::v1::CampaignTemplate calendar;
    LF_RETURN_IF_ERROR(ParseText(file, text, &calendar));
    LF_RETURN_IF_ERROR(checked(CheckCampaign(calendar)));
    const std::string id = calendar.id();
    return policies->campaigns.emplace(id, std::move(calendar)).second ? absl::OkStatus()
                                                                       : taken(id);
  }
  grading::v1::GradingPolicy policy;
  LF_RETURN_IF_ERROR(ParseText(file, text, &policy));
  LF_RETURN_IF_ERROR(checked(CheckGrading(policy)));
  const std::string id = policy.id();
  return policies->grading.emplace(id, std::move(policy)).second ? absl::OkStatus() : taken(id);
}

}  // namespace

absl::StatusOr<Policies> Load(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const EmbeddedFile& file : builtin::Files()) {
    files[std::string(file.name)] = std::string(file.data);
  }
  if (!folder.empty()) {
    LF_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
    for (const std::string& name : names) {
      const std::string path = absl::StrCat(folder, "/", name);
      if (!files.contains(name) && !absl::StartsWith(name, "grading-") &&
          !absl::StartsWith(name, "campaign-")) {
        return InFile(path, "replaces no built-in policy; is the name misspelt?");
      }
      LF_ASSIGN_OR_RETURN(files[name], ReadFile(path));
    }
  }
  Policies policies;
  for (const auto& [name, text] : files) {
    LF_RETURN_IF_ERROR(AddPolicy(name, text, &policies));
  }
  if (!policies.grading.contains(policies.default_grading)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no grading policy has the id '", policies.default_grading, "'"));
  }
  if (!policies.campaigns.contains(policies.default_campaign)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no campaign has the id '", policies.default_campaign, "'"));
  }
  const auto matrix = policies.grading.find(policies.default_matrix);
  if (matrix == policies.grading.end() || !matrix->second.has_matrix()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no grading policy with a matrix has the id '", policies.default_matrix, "'"));
  }
  return policies;
}

}  // namespace lianfang::policy
