// What there is to know of each kind of document before anything is read: as data.
#pragma once

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/document/write.h"
#include "lianfang/reporting/v1/document.pb.h"

namespace lianfang::reporting::documents {

enum class ScopeType {
  kUnit,
  kDepartment,
  kPerson,
  kPost,
  kPower,
  kLetter,
  kInspection,
  kRectification,
  kPublication,
};

struct Scope {
  ScopeType type = ScopeType::kUnit;
  std::string name;  // resource name
};

// Whose business a document is, besides that of whoever keeps, leads or audits the unit.
enum class Audience {
  kNobody,
  kOneself,  // whose it is; of those who keep and lead the unit only the office and the principal
  kDepartment,  // whoever heads the department or is in charge of it
  kPerson,      // they, and whose it is
  kEverybody,   // of the unit: it hangs out, or all may read the records
};

struct KindInfo {
  v1::DocumentKind kind;
  const char* code;   // in document numbers
  const char* annex;  // 附件8; empty: none
  const char* title;
  std::span<const ScopeType> scopes;
  bool table;    // comes as XLSX and CSV
  bool picture;  // comes as SVG and PNG, where it is one picture
  bool red_head;
  Audience audience;
};

// Null for a kind that does not exist.
const KindInfo* InfoOf(v1::DocumentKind kind);
std::span<const KindInfo> AllKinds();

// What `scope` of a request names; empty: the unit. INVALID_FIELD for what the kind does not have
// or what is of another unit.
absl::StatusOr<Scope> ParseScope(const KindInfo& info, absl::string_view unit_id,
                                 absl::string_view scope);

// INVALID_FIELD for a format that the kind does not have.
absl::StatusOr<document::Format> FormatOf(const KindInfo& info, v1::DocumentFormat format);

// `.pdf` and `application/pdf`.
const char* ExtensionOf(document::Format format);
const char* MediaTypeOf(document::Format format);

}  // namespace lianfang::reporting::documents
