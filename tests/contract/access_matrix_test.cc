// Calls every method with every role on records at four distances, in a school that has played a
// year, and compares with a table that people read: access_matrix.txt.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lianfang/common/v1/options.pb.h"
#include "lianfang/reporting/v1/document.pb.h"
#include "tests/contract/descriptors.h"
#include "tests/contract/played_school.h"

namespace lianfang::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// What errors look like in the table.
char LetterOf(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case common::v1::ERROR_REASON_UNSPECIFIED:
    case common::v1::ERROR_REASON_ETAG_MISMATCH:  // asked with an old etag, so that nothing changes
      return 'A';
    case common::v1::ERROR_REASON_PERMISSION_DENIED:
      return '.';
    case common::v1::ERROR_REASON_RESOURCE_NOT_FOUND:
    case common::v1::ERROR_REASON_REFERENCE_NOT_FOUND:
      return 'h';
    case common::v1::ERROR_REASON_NOT_RECORD_OWNER:
      return 'n';
    case common::v1::ERROR_REASON_OWN_RECORD:
      return 'o';
    case common::v1::ERROR_REASON_NOT_REVIEWER:
      return 'r';
    case common::v1::ERROR_REASON_UNIT_NOT_COVERED:
      return 'u';
    default:
      return status.code() == absl::StatusCode::kUnimplemented     ? '!'
             : status.code() == absl::StatusCode::kUnauthenticated ? 's'
                                                                   : '?';
  }
}

constexpr char kLegend[] =
    "# Who may call what on whose record. Made by access_matrix_test from what the suite answers;\n"
    "# reviewed by people. To renew: LIANFANG_UPDATE_GOLDEN=1 access_matrix_test\n"
    "#\n"
    "# A cell has four letters, one for each distance of the record from the caller:\n"
    "#   1 his own (his post's, his department's)   2 of the department supply (the member's own, "
    "the\n"
    "#   head's, and one that the vice principal is in charge of)   3 of the department teaching\n"
    "#   4 of another unit\n"
    "# One letter stands for four, or for the first three where the record is the unit's.\n"
    "#   .  no role of the caller's permits the method        A  allowed\n"
    "#   h  hidden: the answer is that there is no such record (in a list: it is left out)\n"
    "#   n  another's record   o  his own record   r  not the reviewer   u  not his unit\n"
    "#   s  needs a session    -  nothing to ask about: no such record for this caller\n"
    "#   ?  let in by the role; what else the request would need stopped it before or after\n"
    "#      the rule of the record (so the generator does not show that rule)\n"
    "#   !  not implemented\n"
    "#\n"
    "# Each caller has one role and no other:\n";

// Documents that are open to different people; a row each.
struct Paper {
  const char* label;
  reporting::v1::DocumentKind kind;
  const char* scope;  // collection; empty: the unit
  bool draft = false;
};
constexpr Paper kPapers[] = {
    {"SELF_CHECK", reporting::v1::DOCUMENT_KIND_SELF_CHECK, "persons/*"},
    {"SELF_CHECK of department", reporting::v1::DOCUMENT_KIND_SELF_CHECK, "departments/*"},
    {"DEPARTMENT_RISKS", reporting::v1::DOCUMENT_KIND_DEPARTMENT_RISKS, "departments/*"},
    {"STATISTICS", reporting::v1::DOCUMENT_KIND_STATISTICS, ""},
    {"POST_DUTIES", reporting::v1::DOCUMENT_KIND_POST_DUTIES, "departments/*"},
    {"POST_DUTIES as draft", reporting::v1::DOCUMENT_KIND_POST_DUTIES, "departments/*", true},
    {"LETTER", reporting::v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER, "responsibilityLetters/*"},
    {"SELF_INSPECTION as draft", reporting::v1::DOCUMENT_KIND_SELF_INSPECTION_REPORT,
     "selfInspectionReports/*", true},
    {"RECTIFICATION", reporting::v1::DOCUMENT_KIND_RECTIFICATION_NOTICE, "rectifications/*"},
};

class AccessMatrix : public PlayedSchool {
 protected:
  // The request of a row about the owner's record; a document of what he has no record of is
  // missing.
  std::unique_ptr<Message> RequestOf(const MethodDescriptor* method, const Paper* paper,
                                     const Owner& owner, std::set<std::string>* missing) {
    auto request = requests().For(method, owner, missing);
    if (paper == nullptr) return request;
    auto* asked = static_cast<reporting::v1::RenderDocumentRequest*>(request.get());
    asked->set_kind(paper->kind);
    asked->set_draft(paper->draft);
    // Who may have it does not depend on the format: tables are written fastest so.
    if (asked->kind() <= reporting::v1::DOCUMENT_KIND_POST_DUTIES) {
      asked->set_format(reporting::v1::DOCUMENT_FORMAT_CSV);
    }
    asked->set_scope(*paper->scope == '\0' ? "" : records().Find(paper->scope, owner));
    if (*paper->scope != '\0' && asked->scope().empty()) missing->insert(paper->scope);
    return request;
  }

  // Names of the records in a list's answer; nothing when it is no list of records.
  static std::optional<std::set<std::string>> Listed(const MethodDescriptor* method,
                                                     const std::string& answer) {
    const FieldDescriptor* field = RecordsOf(method);
    if (!method->name().starts_with("List") || field == nullptr) return std::nullopt;
    const auto response = Read(method, answer);
    std::set<std::string> names;
    const auto* name = field->message_type()->FindFieldByName("name");
    for (int n = 0; n < response->GetReflection()->FieldSize(*response, field); ++n) {
      const Message& record = response->GetReflection()->GetRepeatedMessage(*response, field, n);
      names.insert(record.GetReflection()->GetString(record, name));
    }
    return names;
  }

  // Collection of the records that a list answers with.
  static std::string ListedCollection(const MethodDescriptor* method) {
    const FieldDescriptor* field = RecordsOf(method);
    if (field == nullptr) return "";
    const auto* name = field->message_type()->FindFieldByName("name");
    return CollectionOf(name->options().GetExtension(common::v1::limits).resource());
  }

  std::string Cell(const MethodDescriptor* method, const Paper* paper, const Caller& caller) {
    const std::string token = TokenOf(caller);
    const bool of_unit = !method->options().GetExtension(common::v1::rpc).unit_field().empty();
    std::string cell;
    for (const Owner* owner : {&caller.own, &kSame, &kOther}) {
      if (owner->person.empty()) {
        cell.push_back('-');
        continue;
      }
      std::set<std::string> missing;
      const auto request = RequestOf(method, paper, *owner, &missing);
      if (request->GetDescriptor()->FindFieldByName("page_size") != nullptr) {
        request->GetReflection()->SetInt32(
            request.get(), request->GetDescriptor()->FindFieldByName("page_size"), 200);
      }
      std::string answer;
      const absl::Status status = Send(method, token, *request, &answer);
      char letter = LetterOf(status);
      if (letter == '?' && method->server_streaming() &&
          status.code() == absl::StatusCode::kDeadlineExceeded) {
        letter = 'A';
      }
      if (letter != '.' && letter != '!' && !missing.empty()) letter = '-';
      if (const auto names = Listed(method, answer); status.ok() && names) {
        // Below one record, that of the owner, everything is his.
        const std::string collection = ListedCollection(method);
        const std::string wanted = records().Find(collection, *owner);
        const bool there = names->contains(wanted) || (collection.empty() && !names->empty());
        letter = there ? 'A' : wanted.empty() || collection.empty() ? '-' : 'h';
      }
      cell.push_back(letter);
      if (letter == '.' || letter == '!') return std::string(1, letter);
    }
    if (of_unit) {
      // The same as of a record of this unit, which need not be there: units come first.
      std::set<std::string> ignored;
      const auto request = RequestOf(method, paper, kSame, &ignored);
      std::string answer;
      cell.push_back(LetterOf(Send(method, token, *Requests::Elsewhere(*request), &answer)));
    }
    return Short(cell);
  }

  // A row of the table.
  std::string Line(std::string line, const MethodDescriptor* method, const Paper* paper) {
    line.resize(std::max<size_t>(line.size() + 1, 36), ' ');
    const bool open = method->options().GetExtension(common::v1::rpc).open();
    for (const Caller& caller : Callers()) {
      const std::string cell = open ? "open" : Cell(method, paper, caller);
      absl::StrAppend(&line, cell, std::string(6 - cell.size(), ' '));
      if (open) break;
    }
    while (line.ends_with(' ')) line.pop_back();
    return line + "\n";
  }

  static std::string Short(const std::string& cell) {
    std::string first = cell.substr(0, 3);
    first.erase(std::remove(first.begin(), first.end(), '-'), first.end());
    const bool same = !first.empty() && first.find_first_not_of(first[0]) == std::string::npos;
    if (cell.size() == 3) return same ? std::string(1, first[0]) : cell;
    if (same && cell[3] == first[0]) return std::string(1, first[0]);
    return cell;
  }
};

TEST_F(AccessMatrix, IsWhatTheTableSays) {
  ASSERT_NO_THROW(Play());
  std::string text = kLegend;
  for (const Caller& caller : Callers()) {
    absl::StrAppend(&text, "#   ", caller.column, std::string(8 - strlen(caller.column), ' '),
                    caller.role, " as ", caller.subject, "\n");
  }
  std::string columns(36, ' ');
  for (const Caller& caller : Callers()) {
    absl::StrAppend(&columns, caller.column, std::string(6 - strlen(caller.column), ' '));
  }
  const google::protobuf::ServiceDescriptor* service = nullptr;
  for (const auto* method : AllMethods()) {
    if (method->service() != service) {
      service = method->service();
      absl::StrAppend(&text, "\n", service->full_name(), "\n", columns, "\n");
    }
    if (method->name() != "RenderDocument") {
      absl::StrAppend(&text, Line(absl::StrCat("  ", method->name()), method, nullptr));
      continue;
    }
    for (const Paper& paper : kPapers) {
      absl::StrAppend(&text, Line(absl::StrCat("  Render ", paper.label), method, &paper));
    }
  }
  const auto golden =
      std::filesystem::path(LIANFANG_SOURCE_DIR) / "tests/contract/access_matrix.txt";
  if (getenv("LIANFANG_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << text;
  std::ifstream file(golden);
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(text, expected.str())
      << "renew it with LIANFANG_UPDATE_GOLDEN=1 access_matrix_test, and look at the difference";
}

}  // namespace
}  // namespace lianfang::contract
