#include "services/risk/domain/form_rows.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/resource_name.h"
#include "common/document/form_words.h"
#include "common/status/error.h"
#include "common/table/cell.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/risk/domain/categories.h"
#include "services/risk/domain/power_rules.h"
#include "services/risk/domain/risk_point_rules.h"

namespace lianfang::risk {
namespace {

using document::AllWords;
using document::DisclosureText;
using document::FromWord;
using document::ParseDisclosure;
using google::protobuf::util::MessageDifferencer;

constexpr char kLeadership[] = "校领导";

// One row with what is wrong in it.
class RowReader {
 public:
  RowReader(const v1::FormRow& row, const FormNames& names, table::ImportProblems* problems)
      : row_(row), names_(names), problems_(problems) {}

  bool ok() const { return ok_; }

  void Bad(absl::string_view heading, absl::string_view zh, absl::string_view en) {
    ok_ = false;
    AddProblem(row_, heading, zh, en, problems_);
  }

  // The cell without space around it; empty when there is none.
  std::string Text(absl::string_view heading, size_t max_bytes) {
    std::string text;
    for (const v1::FormCell& cell : row_.cells()) {
      if (cell.heading() == heading) text = std::string(table::TrimCell(cell.text()));
    }
    if (text.size() > max_bytes) {
      Bad(heading, absl::StrCat("文字过长，最多 ", max_bytes, " 字节。"),
          absl::StrCat("is longer than ", max_bytes, " bytes."));
    }
    return text;
  }
  std::string Needed(absl::string_view heading, size_t max_bytes) {
    std::string text = Text(heading, max_bytes);
    if (text.empty()) Bad(heading, "不能为空。", "must not be empty.");
    return text;
  }

  template <class Enum>
  Enum Choice(absl::string_view heading, int values) {
    const std::string word = Needed(heading, 200);
    const Enum value = FromWord<Enum>(word, values);
    if (!word.empty() && value == static_cast<Enum>(0)) {
      Bad(heading,
          absl::StrCat("“", table::Quoted(word), "”不在可选范围内：", AllWords<Enum>(values), "。"),
          absl::StrCat("is none of ", AllWords<Enum>(values), "."));
    }
    return value;
  }

  // Resource name of the department; empty for the leadership.
  std::optional<std::string> Department(absl::string_view heading) {
    const std::string name = Needed(heading, 600);
    if (name.empty()) return std::nullopt;
    if (name == kLeadership) return std::string();
    return Only(heading, name, names_.departments, "处室", "department");
  }

  std::optional<std::string> Only(absl::string_view heading, const std::string& name,
                                  const std::map<std::string, std::set<std::string>>& known,
                                  absl::string_view zh, absl::string_view en) {
    const auto found = known.find(name);
    if (found == known.end()) {
      Unknown(heading, name, zh, en);
      return std::nullopt;
    }
    if (found->second.size() > 1) {
      Bad(heading, absl::StrCat("名称“", table::Quoted(name), "”对应多个", zh, "。"),
          absl::StrCat("names more than one ", en, "."));
      return std::nullopt;
    }
    return *found->second.begin();
  }

  void Unknown(absl::string_view heading, const std::string& name, absl::string_view zh,
               absl::string_view en) {
    Bad(heading, absl::StrCat("没有名为“", table::Quoted(name), "”的", zh, "。"),
        absl::StrCat("there is no ", en, " of this name."));
  }

  // A post or a power of the department; without one, the only one of its name.
  std::optional<std::string> OfDepartment(
      absl::string_view heading, const std::string& name,
      const std::map<std::string, std::map<std::string, std::string>>& known,
      const std::optional<std::string>& department, absl::string_view zh, absl::string_view en) {
    std::set<std::string> fitting;
    if (const auto found = known.find(name); found != known.end()) {
      for (const auto& [resource, of] : found->second) {
        if (!department.has_value() || of == *department) fitting.insert(resource);
      }
    }
    return fitting.empty() ? (Unknown(heading, name, zh, en), std::nullopt)
                           : Only(heading, name, {{name, fitting}}, zh, en);
  }

  // What a rule of the record says against the row.
  void Check(const absl::Status& status, absl::string_view heading) {
    if (!status.ok()) Bad(heading, ChineseText(status), status.message());
  }

  const FormNames& names() const { return names_; }

 private:
  const v1::FormRow& row_;
  const FormNames& names_;
  table::ImportProblems* const problems_;
  bool ok_ = true;
};

// A finding, and whose: the row of 附件2.
struct FindingRow {
  std::string person;
  std::string post;
  std::string duties;
  v1::Conformity conformity;
  v1::Finding finding;
};

std::optional<FindingRow> ReadFinding(RowReader reader) {
  FindingRow read;
  const std::string person = reader.Needed("姓名", 600);
  const std::string post = reader.Needed("岗位", 600);
  const auto department = reader.Department("处室");
  if (!post.empty() && department.has_value()) {
    read.post = reader.OfDepartment("岗位", post, reader.names().posts, department, "岗位", "post")
                    .value_or("");
  }
  if (!person.empty()) {
    const auto known = reader.names().persons.find(person);
    if (known == reader.names().persons.end()) {
      reader.Unknown("姓名", person, "人员", "person");
    } else if (!read.post.empty()) {
      // People of one name are told apart by their posts.
      for (const std::string& candidate : known->second) {
        if (!reader.names().holds.contains({candidate, read.post})) continue;
        if (!read.person.empty()) {
          reader.Bad("姓名", "同名人员在该岗位不止一人，无法区分。",
                     "more than one person of this name holds the post.");
        }
        read.person = candidate;
      }
      if (read.person.empty()) {
        reader.Bad("岗位", "不是本人今天任职的岗位。",
                   "is not a post that the person holds today.");
      }
    }
  }
  read.duties = reader.Text("岗位职责", 6000);
  read.conformity.set_duties(reader.Text("履行职责情况", 3000));
  read.conformity.set_rules(reader.Text("执行制度情况", 3000));
  read.conformity.set_integrity_code(reader.Text("遵守廉政准则情况", 3000));
  v1::Finding& finding = read.finding;
  finding.set_category(
      reader.Choice<common::v1::RiskCategory>("风险类别", common::v1::RiskCategory_ARRAYSIZE));
  finding.set_description(reader.Needed("风险点", 3000));
  finding.set_manifestation(reader.Needed("表现形式", 3000));
  finding.set_kind(reader.Choice<v1::FindingKind>("存在或潜在", v1::FindingKind_ARRAYSIZE));
  finding.set_method(
      reader.Choice<common::v1::FindingMethod>("查找方式", common::v1::FindingMethod_ARRAYSIZE));
  if (finding.category() != common::v1::RISK_CATEGORY_UNSPECIFIED) {
    reader.Check(CheckCategory(common::v1::RISK_LAYER_POST, finding.category(), "findings"),
                 "风险类别");
  }
  return reader.ok() ? std::optional(read) : std::nullopt;
}

std::optional<v1::RiskPoint> ReadRiskPoint(RowReader reader, int year, bool of_power) {
  v1::RiskPoint point;
  point.set_year(year);
  const std::string owner = reader.Needed("处室（单位）", 600);
  std::optional<std::string> department;
  if (owner == reader.names().unit_name || owner == kLeadership) {
    point.set_layer(common::v1::RISK_LAYER_UNIT);
    point.set_owner(reader.names().unit);
  } else if (!owner.empty()) {
    department = reader.Department("处室（单位）");
    point.set_layer(common::v1::RISK_LAYER_DEPARTMENT);
    point.set_owner(department.value_or(""));
  }
  if (of_power) {
    const std::string power = reader.Needed("职权名称", 600);
    if (!power.empty()) {
      point.set_power(
          reader.OfDepartment("职权名称", power, reader.names().powers, department, "职权", "power")
              .value_or(""));
    }
    point.set_key_link(reader.Text("运行环节", 600));
  } else {
    point.set_key_link(reader.Text("重点岗位、环节、部位", 600));
  }
  // 附件6 has no such column. What goes wrong when a power is exercised lies in its process, one of
  // the three things that a department looks into (「业务流程、制度机制和外部环境」); who finds
  // that it lies elsewhere says so in the draft, and a point that is there already keeps what it
  // says.
  point.set_category(of_power ? common::v1::RISK_CATEGORY_BUSINESS_PROCESS
                              : reader.Choice<common::v1::RiskCategory>(
                                    "风险类别", common::v1::RiskCategory_ARRAYSIZE));
  point.set_description(reader.Needed("风险点", 3000));
  point.set_manifestation(reader.Needed("表现形式", 3000));
  // Departments look together. 「组织科室负责人分别查找」
  point.set_method(common::v1::FINDING_METHOD_COLLECTIVE);
  if (!of_power && point.category() != common::v1::RISK_CATEGORY_UNSPECIFIED &&
      point.layer() != common::v1::RISK_LAYER_UNSPECIFIED) {
    reader.Check(CheckCategory(point.layer(), point.category(), "category"), "风险类别");
  }
  return reader.ok() ? std::optional(point) : std::nullopt;
}

std::optional<v1::Power> ReadPowerRow(RowReader reader) {
  v1::Power power;
  const auto department = reader.Department("处室");
  power.set_department(department.value_or(""));
  power.set_type(reader.Choice<v1::PowerType>("职权类别", v1::PowerType_ARRAYSIZE));
  power.set_power_name(reader.Needed("职权名称", 600));
  power.set_content(reader.Needed("职权内容", 3000));
  power.set_exercising_body(reader.Needed("行使主体", 600));
  power.set_legal_basis(reader.Needed("行使依据", 3000));
  power.set_responsibilities(reader.Text("责任事项", 3000));
  const std::string post = reader.Text("承办岗位", 600);
  if (!post.empty() && department.has_value()) {
    power.set_responsible_post(
        reader.OfDepartment("承办岗位", post, reader.names().posts, department, "岗位", "post")
            .value_or(""));
  }
  if (!ParseDisclosure(reader.Text("公开形式、范围、时限", 4000), power.mutable_disclosure())) {
    reader.Bad(
        "公开形式、范围、时限",
        absl::StrCat("应写为“形式；范围；时限”，范围为：",
                     AllWords<common::v1::PublicityScope>(common::v1::PublicityScope_ARRAYSIZE),
                     "；不公开的写“不公开；理由”。"),
        "must be `form；scope；time`.");
  }
  power.set_fee_basis(reader.Text("收费依据与标准", 3000));
  power.set_phone(reader.Text("联系电话", 60));
  power.set_remark(reader.Text("备注", 3000));
  if (reader.ok())
    reader.Check(CheckPower(power, UnitIdOf(reader.names().unit)), "公开形式、范围、时限");
  return reader.ok() ? std::optional(power) : std::nullopt;
}

// Rows of one person and post make one form; what is said once a form may stand in its first row
// alone.
void AddFinding(const v1::FormRow& row, FindingRow read, int year, ReadForms* forms,
                table::ImportProblems* problems) {
  const auto same = std::find_if(
      forms->self_checks.begin(), forms->self_checks.end(), [&](const ReadSelfCheck& one) {
        return one.form.person() == read.person && one.form.post() == read.post;
      });
  if (same == forms->self_checks.end()) {
    ReadSelfCheck& one = forms->self_checks.emplace_back();
    one.form.set_person(std::move(read.person));
    one.form.set_post(std::move(read.post));
    one.form.set_year(year);
    one.form.set_duties(std::move(read.duties));
    *one.form.mutable_conformity() = std::move(read.conformity);
    *one.form.add_findings() = std::move(read.finding);
    one.rows.push_back(&row);
    return;
  }
  const auto differs = [](const std::string& here, const std::string& first) {
    return !here.empty() && here != first;
  };
  const v1::Conformity& first = same->form.conformity();
  const std::pair<bool, const char*> said[] = {
      {differs(read.duties, same->form.duties()), "岗位职责"},
      {differs(read.conformity.duties(), first.duties()), "履行职责情况"},
      {differs(read.conformity.rules(), first.rules()), "执行制度情况"},
      {differs(read.conformity.integrity_code(), first.integrity_code()), "遵守廉政准则情况"}};
  for (const auto& [other, heading] : said) {
    if (other) {
      AddProblem(row, heading, "与同一人同一岗位的第一行不一致。",
                 "says something else than the first row of this person and post.", problems);
      return;
    }
  }
  if (same->form.findings_size() >= kMaxFindings) {
    AddProblem(row, "风险点", absl::StrCat("一份自查表最多 ", kMaxFindings, " 个风险点。"),
               absl::StrCat("a form has at most ", kMaxFindings, " findings."), problems);
    return;
  }
  *same->form.add_findings() = std::move(read.finding);
  same->rows.push_back(&row);
}

// What makes two rows of 附件5 or 附件6 say the same risk.
bool SamePoint(const v1::RiskPoint& a, const v1::RiskPoint& b) {
  return a.owner() == b.owner() && a.power() == b.power() && a.description() == b.description();
}

}  // namespace

void AddProblem(const v1::FormRow& row, absl::string_view heading, absl::string_view zh,
                absl::string_view en, table::ImportProblems* problems) {
  std::string column;
  for (const v1::FormCell& cell : row.cells()) {
    if (cell.heading() == heading) column = cell.column();
  }
  std::string place = absl::StrCat(table::Quoted(row.sheet()), "!", column, row.row());
  // A cell that is empty has no letter here: its heading says where it would be.
  if (column.empty() && !heading.empty()) absl::StrAppend(&place, " ", heading);
  problems->Add({.order = row.form(),
                 .row = row.row(),
                 .place = std::move(place),
                 .zh = std::string(zh),
                 .en = std::string(en)});
}

ReadForms ReadRows(const std::vector<const v1::FormRow*>& rows, int year, const FormNames& names,
                   table::ImportProblems* problems) {
  ReadForms forms;
  for (const v1::FormRow* row : rows) {
    RowReader reader(*row, names, problems);
    switch (row->form()) {
      case v1::FORM_KIND_SELF_CHECK:
        if (auto finding = ReadFinding(reader)) {
          AddFinding(*row, *std::move(finding), year, &forms, problems);
        }
        break;
      case v1::FORM_KIND_DEPARTMENT_RISKS:
      case v1::FORM_KIND_POWER_RISKS: {
        auto point = ReadRiskPoint(reader, year, row->form() == v1::FORM_KIND_POWER_RISKS);
        if (!point) break;
        if (std::any_of(forms.points.begin(), forms.points.end(),
                        [&](const ReadPoint& other) { return SamePoint(other.point, *point); })) {
          reader.Bad("风险点", "与前面的一行重复。", "stands in an earlier row already.");
          break;
        }
        forms.points.push_back({*std::move(point), row});
        break;
      }
      case v1::FORM_KIND_POWER_CATALOGUE: {
        auto power = ReadPowerRow(reader);
        if (!power) break;
        if (std::any_of(forms.powers.begin(), forms.powers.end(), [&](const ReadPower& other) {
              return other.power.department() == power->department() &&
                     other.power.power_name() == power->power_name();
            })) {
          reader.Bad("职权名称", "与前面的一行重复。", "stands in an earlier row already.");
          break;
        }
        forms.powers.push_back({*std::move(power), row});
        break;
      }
      default:
        reader.Bad("", "不是可以导入的表。", "is no form that can be imported.");
    }
  }
  return forms;
}

bool Overlay(const v1::SelfCheck& read, v1::SelfCheck* stored) {
  v1::SelfCheck next = *stored;
  next.set_duties(read.duties());
  *next.mutable_conformity() = read.conformity();
  next.clear_findings();
  for (int i = 0; i < read.findings_size(); ++i) {
    v1::Finding& finding = *next.add_findings();
    // What the table does not show stays with the finding that it was said of.
    for (const v1::Finding& old : stored->findings()) {
      if (old.description() == read.findings(i).description()) finding = old;
    }
    finding.MergeFrom(read.findings(i));
  }
  if (!stored->has_conformity() &&
      MessageDifferencer::Equals(read.conformity(), v1::Conformity())) {
    next.clear_conformity();
  }
  const bool changed = !MessageDifferencer::Equals(next, *stored);
  *stored = std::move(next);
  return changed;
}

bool Overlay(const v1::RiskPoint& read, v1::RiskPoint* stored) {
  v1::RiskPoint next = *stored;
  next.set_manifestation(read.manifestation());
  // 附件6 shows the nodes of the chart in place of the key link, and no category.
  if (read.power().empty()) {
    next.set_category(read.category());
    next.set_key_link(read.key_link());
  }
  const bool changed = !MessageDifferencer::Equals(next, *stored);
  *stored = std::move(next);
  return changed;
}

bool Overlay(const v1::Power& read, v1::Power* stored) {
  v1::Power next = *stored;
  next.set_type(read.type());
  next.set_content(read.content());
  next.set_exercising_body(read.exercising_body());
  next.set_legal_basis(read.legal_basis());
  next.set_responsibilities(read.responsibilities());
  next.set_responsible_post(read.responsible_post());
  next.set_fee_basis(read.fee_basis());
  next.set_phone(read.phone());
  next.set_remark(read.remark());
  if (DisclosureText(read.disclosure()) != DisclosureText(stored->disclosure())) {
    *next.mutable_disclosure() = read.disclosure();
  }
  const bool changed = !MessageDifferencer::Equals(next, *stored);
  *stored = std::move(next);
  return changed;
}

}  // namespace lianfang::risk
