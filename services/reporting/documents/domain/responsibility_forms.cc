// 警示牌 and 责任书.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/reporting/documents/domain/build.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting::documents {
namespace {

using document::Document;
using document::Heading;
using document::Paragraph;
using document::Section;
using document::Sign;
using document::Signature;
using document::Signatures;

bool Wanted(const Facts& facts, const grading::v1::WarningSign& sign, bool desk) {
  if (sign.year() != facts.year || sign.state() == grading::v1::WARNING_SIGN_STATE_REMOVED) {
    return false;
  }
  const bool of_post = sign.layer() == common::v1::RISK_LAYER_POST;
  switch (facts.scope.type) {
    case ScopeType::kPost:
      return sign.subject() == facts.scope.name;
    case ScopeType::kDepartment:
      return sign.department() == facts.scope.name && of_post == desk;
    default:
      break;
  }
  if (sign.placement() == grading::v1::SIGN_PLACEMENT_UNSPECIFIED) return of_post == desk;
  return (sign.placement() == grading::v1::SIGN_PLACEMENT_DESK) == desk;
}

Sign SignOf(const Facts& facts, const grading::v1::WarningSign& record, bool desk) {
  Sign sign;
  sign.desk = desk;
  sign.level = ToLevel(record.level());
  sign.title = "廉政风险警示牌";
  sign.subject = record.display_name();
  sign.unit = facts.unit.display_name();
  for (const std::string& name : record.risk_points()) {
    const auto point = std::find_if(facts.points.begin(), facts.points.end(),
                                    [&](const auto& one) { return one.name() == name; });
    if (point == facts.points.end()) continue;
    sign.points.push_back(point->description());
    const std::string measures = MeasuresText(facts, name);
    if (!measures.empty()) sign.measures.push_back(measures);
  }
  if (!record.department().empty() && record.layer() == common::v1::RISK_LAYER_POST) {
    sign.facts.emplace_back("处室", DepartmentName(facts, record.department()));
  }
  sign.facts.emplace_back(
      "责任人", PersonNames(facts, {record.responsible().begin(), record.responsible().end()}));
  if (record.has_produce_time()) {
    sign.facts.emplace_back("制作日期", LongDate(record.produce_time()));
  }
  sign.facts.emplace_back("监督电话", record.phone().empty() ? "＿＿＿＿＿＿＿＿" : record.phone());
  return sign;
}

std::string TierText(grading::v1::LetterTier tier) {
  switch (tier) {
    case grading::v1::LETTER_TIER_VICE_PRINCIPAL:
      return "校主要负责人与分管校领导签订";
    case grading::v1::LETTER_TIER_DEPARTMENT_HEAD:
      return "分管校领导与科室负责人签订";
    case grading::v1::LETTER_TIER_POST_HOLDER:
      return "科室负责人与岗位任职人签订";
    default:
      return "";
  }
}

std::string SignedNote(const Facts& facts, const common::v1::Signature& signature) {
  if (signature.signer().empty()) return "";
  return absl::StrCat(PersonName(facts, signature.signer()), "已于", LongDate(signature.time()),
                      "在系统中签署第", signature.revision(), "版");
}

Section LetterSection(const Facts& facts, const grading::v1::ResponsibilityLetter& letter) {
  Section section;
  section.title = letter.title().empty() ? facts.kind->title : letter.title();
  section.subtitle =
      absl::StrCat(facts.year, "年度　", TierText(letter.tier()), "　第", letter.revision(), "版");
  const std::vector<std::string> party_a(letter.party_a().begin(), letter.party_a().end());
  section.blocks.emplace_back(Paragraph{absl::StrCat("甲方：", PersonNames(facts, party_a)),
                                        Paragraph::Style::kSalutation});
  section.blocks.emplace_back(Paragraph{absl::StrCat("乙方：", PersonName(facts, letter.party_b())),
                                        Paragraph::Style::kSalutation});
  const std::string scope =
      absl::StrJoin(letter.scope(), "、", [](std::string* out, const auto& one) {
        absl::StrAppend(out, one.display_name(), " ", LevelWord(one.level()));
      });
  section.blocks.emplace_back(
      Paragraph{absl::StrCat("为落实廉政风险分级管理责任制，甲乙双方就", facts.year,
                             "年度廉政风险防控工作签订本责任书。责任范围：", scope,
                             "。最高风险等级：", LevelWord(letter.level()), "。"),
                Paragraph::Style::kBody});
  int number = 0;
  for (const grading::v1::LetterClause& clause : letter.clauses()) {
    section.blocks.emplace_back(
        Paragraph{absl::StrCat(++number, "．", clause.text()), Paragraph::Style::kBody});
  }
  section.blocks.emplace_back(
      Paragraph{absl::StrCat("本责任书自双方签字之日起生效，至", facts.year,
                             "年12月31日止。等级、任职人或者分工变动的，须重新签订。"),
                Paragraph::Style::kBody});
  section.blocks.emplace_back(
      Signatures{{Signature{"甲方（签字）", PersonNames(facts, party_a),
                            SignedNote(facts, letter.signature_a()), true},
                  Signature{"乙方（签字）", PersonName(facts, letter.party_b()),
                            SignedNote(facts, letter.signature_b()), false}}});
  return section;
}

}  // namespace

absl::StatusOr<Document> BuildSigns(const Facts& facts) {
  const bool desk = facts.kind->kind == v1::DOCUMENT_KIND_DESK_SIGN;
  Document document = Blank(facts);
  for (const grading::v1::WarningSign& sign : facts.signs) {
    if (!Wanted(facts, sign, desk)) continue;
    Section section;
    section.title = sign.display_name() + "廉政风险警示牌";
    section.landscape = !desk;
    section.blocks.emplace_back(SignOf(facts, sign, desk));
    document.sections.push_back(std::move(section));
  }
  if (document.sections.empty()) return NothingConfirmed(facts);
  return document;
}

absl::StatusOr<Document> BuildLetters(const Facts& facts) {
  Document document = Blank(facts);
  for (const grading::v1::ResponsibilityLetter& letter : facts.letters) {
    if (letter.year() != facts.year || letter.state() == grading::v1::LETTER_STATE_EXPIRED) {
      continue;
    }
    if (facts.scope.type == ScopeType::kLetter && letter.name() != facts.scope.name) continue;
    document.sections.push_back(LetterSection(facts, letter));
  }
  if (document.sections.empty()) return NothingConfirmed(facts);
  return document;
}

}  // namespace lianfang::reporting::documents
