#include "services/risk/form_import.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/risk/access.h"
#include "services/risk/domain/filing_rules.h"
#include "services/risk/domain/form_rows.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/domain/self_check_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

constexpr size_t kMaxRows = 5000;

struct Input {
  v1::FormImportOptions options;
  std::vector<const v1::FormRow*> rows;  // of the messages
};

absl::StatusOr<Input> Collect(
    const std::vector<std::shared_ptr<v1::ImportFormsRequest>>& messages) {
  Input input;
  if (messages.empty() || !messages[0]->has_options()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "options",
                      "第一条消息必须是导入选项。", "must be the first message.");
  }
  input.options = messages[0]->options();
  for (size_t i = 1; i < messages.size(); ++i) {
    if (!messages[i]->has_row()) {
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "payload",
                        "导入选项之后只能是表格的行。", "must be a row after the options.");
    }
    if (messages[i]->row().row() < 1) {
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "row.row", "行号从 1 开始。",
                        "must be 1 or more.");
    }
    input.rows.push_back(&messages[i]->row());
  }
  if (input.rows.size() > kMaxRows) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "row",
                      absl::StrCat("一次最多导入 ", kMaxRows, " 行。"),
                      absl::StrCat("at most ", kMaxRows, " rows at a time."));
  }
  return input;
}

bool InUse(personnel::v1::RecordState state) { return state == personnel::v1::RECORD_STATE_ACTIVE; }

// Everything is read before anything is written.
class Importer {
 public:
  Importer(store::WriteTx* tx, const v1::FormImportOptions& options)
      : tx_(*tx), options_(options), id_(tx->NewId()) {}

  absl::Status Read(const std::vector<const v1::FormRow*>& rows) {
    LF_RETURN_IF_ERROR(ReadNames());
    forms_ = ReadRows(rows, options_.year(), names_, &problems_);
    for (const ReadSelfCheck& read : forms_.self_checks) LF_RETURN_IF_ERROR(Plan(read));
    for (const ReadPower& read : forms_.powers) LF_RETURN_IF_ERROR(Plan(read));
    for (const ReadPoint& read : forms_.points) LF_RETURN_IF_ERROR(Plan(read));
    return absl::OkStatus();
  }

  absl::Status Finish() {
    if (!problems_.empty() && !options_.validate_only()) return problems_.ToError();
    for (const table::ImportProblem* problem : problems_.Sorted()) {
      v1::FormCellError* error = result_.add_errors();
      error->set_cell(problem->place);
      error->set_message_zh(problem->zh);
      error->set_message_en(problem->en);
    }
    if (!options_.validate_only()) {
      for (v1::Power& power : powers_) LF_RETURN_IF_ERROR(tx_.Put(PowerKind(), power));
      for (v1::SelfCheck& form : self_checks_) LF_RETURN_IF_ERROR(tx_.Put(SelfCheckKind(), form));
      for (v1::RiskPoint& point : points_) LF_RETURN_IF_ERROR(tx_.Put(RiskPointKind(), point));
    }
    tx_.SetResult(result_);
    return absl::OkStatus();
  }

 private:
  template <class T>
  absl::StatusOr<std::vector<T>> All(const store::RecordKind& kind, store::Query query = {}) {
    return directory::ListAll<T>(tx_, kind, tx_.unit_id(), std::move(query));
  }

  absl::Status ReadNames() {
    names_.unit = UnitName(tx_.unit_id());
    LF_ASSIGN_OR_RETURN(const auto unit,
                        tx_.Get<personnel::v1::Unit>(directory::UnitKind(), names_.unit));
    names_.unit_name = unit.display_name();
    LF_ASSIGN_OR_RETURN(const auto departments,
                        All<personnel::v1::Department>(directory::DepartmentKind()));
    for (const auto& one : departments) {
      if (InUse(one.state())) names_.departments[one.display_name()].insert(one.name());
    }
    LF_ASSIGN_OR_RETURN(const auto posts, All<personnel::v1::Post>(directory::PostKind()));
    for (const auto& one : posts) {
      if (InUse(one.state())) names_.posts[one.display_name()][one.name()] = one.department();
    }
    LF_ASSIGN_OR_RETURN(const auto persons, All<personnel::v1::Person>(directory::PersonKind()));
    for (const auto& one : persons) {
      if (InUse(one.state())) names_.persons[one.display_name()].insert(one.name());
    }
    const auto today = directory::DateOf(tx_.now(), directory::SchoolTimeZone());
    LF_ASSIGN_OR_RETURN(const auto appointments,
                        All<personnel::v1::Appointment>(directory::AppointmentKind()));
    for (const auto& one : appointments) {
      if (directory::Covers(one, today)) names_.holds.insert({one.person(), one.post()});
    }
    LF_ASSIGN_OR_RETURN(const auto powers, All<v1::Power>(PowerKind()));
    for (const auto& one : powers) {
      if (one.state() == v1::FILING_STATE_ARCHIVED) continue;
      names_.powers[one.power_name()][one.name()] = one.department();
      stored_powers_[{one.department(), one.power_name()}] = one;
    }
    return absl::OkStatus();
  }

  // Ids in the order of the rows: lists are in the order of ids.
  std::string NewName(const store::RecordKind& kind) {
    return RecordName(tx_.unit_id(), kind.collection(),
                      FitId(absl::StrFormat("%s-%04d", id_, ++made_)));
  }

  // A stored record that may not be changed by a table.
  void Fixed(const v1::FormRow& row, absl::string_view heading, const std::string& name) {
    AddProblem(row, heading,
               absl::StrCat("与已提交或已登记的记录 ", name, " 不一致；请在系统中按程序修改。"),
               absl::StrCat("differs from ", name, ", which is handed in or registered already."),
               &problems_);
  }

  absl::Status Plan(const ReadSelfCheck& read) {
    LF_RETURN_IF_ERROR(ViewerOf(tx_).May(access::Action::kBringInSelfCheck, FactsOf(read.form)));
    store::Query same;
    same.equal.emplace_back("person", read.form.person());
    same.equal.emplace_back("post", read.form.post());
    same.equal.emplace_back("year", int64_t{options_.year()});
    same.limit = 1;
    LF_ASSIGN_OR_RETURN(auto stored, tx_.List<v1::SelfCheck>(SelfCheckKind(), tx_.unit_id(), same));
    if (stored.empty()) {
      v1::SelfCheck form = read.form;
      form.set_name(NewName(SelfCheckKind()));
      form.set_state(v1::SELF_CHECK_STATE_DRAFT);
      self_checks_.push_back(std::move(form));
      result_.set_created(result_.created() + 1);
      return absl::OkStatus();
    }
    v1::SelfCheck& form = stored.front();
    const std::string name = form.name();
    const bool editable = CheckEditable(form).ok();
    if (!Overlay(read.form, &form)) {
      result_.set_unchanged(result_.unchanged() + static_cast<int>(read.rows.size()));
    } else if (!editable) {
      Fixed(*read.rows.front(), "姓名", name);
    } else {
      self_checks_.push_back(std::move(form));
      result_.set_updated(result_.updated() + 1);
    }
    return absl::OkStatus();
  }

  absl::Status Plan(const ReadPower& read) {
    LF_RETURN_IF_ERROR(CheckKeepsOf(tx_, read.power.department()));
    const auto stored = stored_powers_.find({read.power.department(), read.power.power_name()});
    if (stored == stored_powers_.end()) {
      v1::Power power = read.power;
      power.set_name(NewName(PowerKind()));
      power.set_state(v1::FILING_STATE_DRAFT);
      powers_.push_back(std::move(power));
      result_.set_created(result_.created() + 1);
      return absl::OkStatus();
    }
    v1::Power power = stored->second;
    if (!Overlay(read.power, &power)) {
      result_.set_unchanged(result_.unchanged() + 1);
    } else if (power.state() != v1::FILING_STATE_DRAFT &&
               power.state() != v1::FILING_STATE_RETURNED) {
      Fixed(*read.row, "职权名称", power.name());
    } else {
      powers_.push_back(std::move(power));
      result_.set_updated(result_.updated() + 1);
    }
    return absl::OkStatus();
  }

  absl::Status Plan(const ReadPoint& read) {
    const bool of_department = read.point.layer() == common::v1::RISK_LAYER_DEPARTMENT;
    LF_RETURN_IF_ERROR(CheckKeepsOf(tx_, of_department ? read.point.owner() : std::string()));
    LF_ASSIGN_OR_RETURN(auto stored, FindPoint(read.point));
    if (!stored) {
      v1::RiskPoint point = read.point;
      point.set_name(NewName(RiskPointKind()));
      if (of_department) point.set_department(read.point.owner());
      point.set_state(v1::RISK_POINT_STATE_DRAFT);
      points_.push_back(std::move(point));
      result_.set_created(result_.created() + 1);
      return absl::OkStatus();
    }
    const std::string name = stored->name();
    const bool draft = stored->state() == v1::RISK_POINT_STATE_DRAFT ||
                       stored->state() == v1::RISK_POINT_STATE_RETURNED;
    if (!Overlay(read.point, &*stored)) {
      result_.set_unchanged(result_.unchanged() + 1);
    } else if (!draft) {
      Fixed(*read.row, "风险点", name);
    } else {
      points_.push_back(*std::move(stored));
      result_.set_updated(result_.updated() + 1);
    }
    return absl::OkStatus();
  }

  // The owner's point with the same power and text.
  absl::StatusOr<std::optional<v1::RiskPoint>> FindPoint(const v1::RiskPoint& read) {
    auto& of_owner = points_of_[read.owner()];
    if (!of_owner.has_value()) {
      store::Query query;
      query.equal.emplace_back("owner", read.owner());
      query.equal.emplace_back("year", int64_t{options_.year()});
      query.not_equal.emplace_back("state", int64_t{v1::RISK_POINT_STATE_ARCHIVED});
      LF_ASSIGN_OR_RETURN(of_owner, All<v1::RiskPoint>(RiskPointKind(), std::move(query)));
    }
    for (const v1::RiskPoint& point : *of_owner) {
      if (point.power() == read.power() && point.description() == read.description()) {
        return std::optional(point);
      }
    }
    return std::optional<v1::RiskPoint>();
  }

  store::WriteTx& tx_;
  const v1::FormImportOptions& options_;
  const std::string id_;
  int made_ = 0;
  FormNames names_;
  std::map<std::pair<std::string, std::string>, v1::Power> stored_powers_;
  std::map<std::string, std::optional<std::vector<v1::RiskPoint>>> points_of_;
  ReadForms forms_;
  table::ImportProblems problems_;
  std::vector<v1::SelfCheck> self_checks_;
  std::vector<v1::RiskPoint> points_;
  std::vector<v1::Power> powers_;
  v1::ImportFormsResponse result_;
};

}  // namespace

absl::Status ImportForms(store::WriteTx& tx,
                         const std::vector<std::shared_ptr<v1::ImportFormsRequest>>& messages) {
  LF_ASSIGN_OR_RETURN(const Input input, Collect(messages));
  Importer importer(&tx, input.options);
  LF_RETURN_IF_ERROR(importer.Read(input.rows));
  return importer.Finish();
}

}  // namespace lianfang::risk
