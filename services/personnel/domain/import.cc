#include "services/personnel/domain/import.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/directory/date.h"
#include "common/directory/lookup.h"
#include "common/rpc/validate.h"
#include "common/status/error.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "services/personnel/domain/department_tree.h"
#include "services/personnel/domain/import_cells.h"

namespace lianfang::personnel {
namespace {

using google::type::Date;
using v1::DirectoryFile;

constexpr size_t kKeptOfLongId = 46;
constexpr size_t kHashDigits = 16;

std::string ShortId(std::string id, absl::string_view parts, bool taken) {
  if (!taken && id.size() <= kMaxResourceIdBytes) return id;
  id.resize(std::min(id.size(), kKeptOfLongId));
  return absl::StrCat(
      id, "-",
      absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(parts))).substr(0, kHashDigits));
}

std::string DayDigits(const Date& date) {
  return absl::StrFormat("%04d%02d%02d", date.year(), date.month(), date.day());
}

// One record that the import makes or confirms, with the row it comes from.
template <class T>
struct Planned {
  const Row* row;
  T record;
};

// Turns the rows of all files into records; see PlanImport.
class Planner {
 public:
  Planner(absl::string_view unit_id, const std::vector<Table>& tables, const Directory& existing,
          Problems* problems)
      : unit_id_(unit_id), existing_(existing), problems_(problems) {
    for (const Table& table : tables) tables_[table.file] = &table;
  }

  ImportPlan Run() {
    // Codes first: any row may refer to any other.
    CollectCodes(v1::DIRECTORY_FILE_DEPARTMENTS, existing_.departments);
    CollectCodes(v1::DIRECTORY_FILE_POSTS, existing_.posts);
    CollectCodes(v1::DIRECTORY_FILE_PERSONS, existing_.persons);
    ReadPersons();
    ReadDepartments();
    ReadPosts();
    ReadAppointments();
    ReadLeadingGroup();
    CheckTree();
    CheckRoom(v1::DIRECTORY_FILE_PERSONS, persons_, existing_.persons);
    CheckRoom(v1::DIRECTORY_FILE_DEPARTMENTS, departments_, existing_.departments);
    CheckRoom(v1::DIRECTORY_FILE_POSTS, posts_, existing_.posts);
    CheckRoom(v1::DIRECTORY_FILE_APPOINTMENTS, appointments_, existing_.appointments);
    CheckRoom(v1::DIRECTORY_FILE_LEADING_GROUP, leading_group_, existing_.leading_group);
    ImportPlan plan;
    if (!problems_->empty()) return plan;
    Settle(persons_, existing_.persons, &plan.persons, &plan);
    Settle(departments_, existing_.departments, &plan.departments, &plan);
    Settle(posts_, existing_.posts, &plan.posts, &plan);
    Settle(appointments_, existing_.appointments, &plan.appointments, &plan);
    Settle(leading_group_, existing_.leading_group, &plan.leading_group, &plan);
    return plan;
  }

 private:
  // A row being read: cells by column, and where to report.
  struct Cursor {
    const Table* table;
    const Row* row;
    absl::string_view cell(size_t column) const { return row->cells[column]; }
  };

  void Report(const Cursor& at, size_t column, absl::string_view zh, absl::string_view en) {
    problems_->Add(at.table->file, at.row->line, at.table->titles[column], zh, en);
  }

  template <class F>
  void EachRow(DirectoryFile file, F read) {
    const auto it = tables_.find(file);
    if (it == tables_.end()) return;
    for (const Row& row : it->second->rows) read(Cursor{it->second, &row});
  }

  // What references may point to: codes of the import's rows. A row with other faults counts, so
  // that one fault does not look like many.
  template <class T>
  void CollectCodes(DirectoryFile file, const std::map<std::string, T>& existing) {
    auto& codes = codes_[file];
    EachRow(file, [&](const Cursor& at) {
      const absl::string_view code = at.cell(0);
      if (code.empty()) {
        Report(at, 0, "必须填写代码。", "must be given.");
        return;
      }
      if (!IsValidResourceId(code)) {
        Report(at, 0,
               absl::StrCat("代码“", Quoted(code),
                            "”无效：只能由 1–63 个小写字母、数字和连字符组成，首尾不能是连字符。"),
               absl::StrCat("'", Quoted(code),
                            "' is no code: 1-63 lower-case letters, digits and hyphens, with no "
                            "hyphen at the ends."));
        return;
      }
      const auto [first, added] = codes.try_emplace(std::string(code), at.row);
      if (!added) {
        Report(at, 0, absl::StrCat("代码“", code, "”与第 ", first->second->line, " 行重复。"),
               absl::StrCat("'", code, "' is the code of line ", first->second->line, " already."));
        return;
      }
      const auto old = existing.find(std::string(code));
      if (old != existing.end() && old->second.state() != v1::RECORD_STATE_ACTIVE) {
        ReportArchived(at, 0, old->second.name());
      }
    });
  }

  void ReportArchived(const Cursor& at, size_t column, absl::string_view name) {
    Report(at, column, absl::StrCat(name, " 已归档，不能再导入；请换用新的代码。"),
           absl::StrCat(name, " is archived and cannot be imported again; use another code."));
  }

  // Whether the row is the one that its code stands for: valid, and the first of its code.
  bool Owns(const Cursor& at) {
    const auto& codes = codes_[at.table->file];
    const auto it = codes.find(std::string(at.cell(0)));
    return it != codes.end() && it->second == at.row;
  }

  // Resource name of what a cell refers to; empty, with a report, when there is no such thing.
  template <class T>
  std::string Refer(const Cursor& at, size_t column, DirectoryFile file,
                    absl::string_view collection, const std::map<std::string, T>& existing) {
    const std::string code(at.cell(column));
    if (code.empty()) return "";
    if (codes_[file].contains(code)) return RecordName(unit_id_, collection, code);
    const auto old = existing.find(code);
    if (old != existing.end()) {
      if (old->second.state() == v1::RECORD_STATE_ACTIVE) return old->second.name();
      Report(at, column, absl::StrCat("“", code, "”已归档。"),
             absl::StrCat("'", code, "' is archived."));
      return "";
    }
    const auto table = tables_.find(file);
    // It may be in the part of the file that could not be read, which is reported already.
    if (table != tables_.end() && table->second->incomplete) return "";
    Report(at, column, absl::StrCat("没有代码为“", Quoted(code), "”的", ChineseKind(file), "。"),
           absl::StrCat("there is no '", Quoted(code), "' in ", FileName(file), "."));
    return "";
  }

  static absl::string_view ChineseKind(DirectoryFile file) {
    if (file == v1::DIRECTORY_FILE_DEPARTMENTS) return "部门";
    return file == v1::DIRECTORY_FILE_POSTS ? "岗位" : "人员";
  }

  std::string Department(const Cursor& at, size_t column) {
    return Refer(at, column, v1::DIRECTORY_FILE_DEPARTMENTS, "departments", existing_.departments);
  }
  std::string Post(const Cursor& at, size_t column) {
    return Refer(at, column, v1::DIRECTORY_FILE_POSTS, "posts", existing_.posts);
  }
  std::string Person(const Cursor& at, size_t column) {
    return Refer(at, column, v1::DIRECTORY_FILE_PERSONS, "persons", existing_.persons);
  }
  // Whether the cell of a reference that must be given has one.
  bool Given(const Cursor& at, size_t column) {
    if (!at.cell(column).empty()) return true;
    Report(at, column, "必须填写。", "must be given.");
    return false;
  }

  bool YesNo(const Cursor& at, size_t column) {
    const std::optional<bool> value = ParseYesNo(at.cell(column));
    if (!value) {
      Report(at, column, absl::StrCat("“", Quoted(at.cell(column)), "”应为“是”或“否”。"),
             absl::StrCat("'", Quoted(at.cell(column)), "' is neither yes nor no."));
    }
    return value.value_or(false);
  }

  std::optional<Date> Day(const Cursor& at, size_t column) {
    const std::optional<Date> day = ParseDay(at.cell(column));
    if (!day) {
      Report(at, column,
             absl::StrCat("“", Quoted(at.cell(column)), "”不是有效日期，应写作 2026-09-01。"),
             absl::StrCat("'", Quoted(at.cell(column)), "' is not a day such as 2026-09-01."));
    }
    return day;
  }

  // Reports every text of the record that exceeds the API's limits. `columns`: fields and their
  // columns.
  void CheckLimits(const Cursor& at,
                   std::initializer_list<std::pair<absl::string_view, size_t>> columns,
                   const google::protobuf::Message& record) {
    const auto& validator = rpc::Validator::For(record.GetDescriptor());
    if (validator.Check(record).ok()) return;
    // The validator names one fault at a time: each text is checked with the others replaced by one
    // that is fine.
    for (const auto& [checked, column] : columns) {
      std::unique_ptr<google::protobuf::Message> alone(record.New());
      alone->CopyFrom(record);
      for (const auto& [other, unused] : columns) {
        if (other == checked) continue;
        alone->GetReflection()->SetString(
            alone.get(), alone->GetDescriptor()->FindFieldByName(std::string(other)), "-");
      }
      ReportFault(at, column, checked, validator.Check(*alone));
    }
  }

  void ReportFault(const Cursor& at, size_t column, absl::string_view field,
                   const absl::Status& fault) {
    const google::rpc::Status wire = ToRpcStatus(fault);
    for (const auto& detail : wire.details()) {
      google::rpc::BadRequest bad;
      if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad)) continue;
      for (const auto& violation : bad.field_violations()) {
        if (violation.field() != field) continue;
        const std::vector<std::string> texts =
            absl::StrSplit(violation.description(), absl::MaxSplits(" / ", 1));
        Report(at, column, texts.front(), texts.back());
      }
    }
  }

  void ReadPersons() {
    EachRow(v1::DIRECTORY_FILE_PERSONS, [&](const Cursor& at) {
      v1::Person person;
      person.set_display_name(std::string(at.cell(1)));
      CheckLimits(at, {{"display_name", 1}}, person);
      if (!Owns(at)) return;
      person.set_name(RecordName(unit_id_, "persons", at.cell(0)));
      persons_.push_back({at.row, std::move(person)});
    });
  }

  void ReadDepartments() {
    EachRow(v1::DIRECTORY_FILE_DEPARTMENTS, [&](const Cursor& at) {
      v1::Department department;
      department.set_display_name(std::string(at.cell(1)));
      department.set_kind(v1::DEPARTMENT_KIND_SECTION);
      CheckLimits(at, {{"display_name", 1}}, department);
      const std::optional<v1::DepartmentKind> kind = ParseDepartmentKind(at.cell(2));
      if (!kind) {
        Report(at, 2, absl::StrCat("“", Quoted(at.cell(2)), "”应为“处室”或“科室”。"),
               absl::StrCat("'", Quoted(at.cell(2)), "' is neither 处室 nor 科室."));
      }
      department.set_kind(kind.value_or(v1::DEPARTMENT_KIND_SECTION));
      department.set_parent(Department(at, 3));
      department.set_head(Person(at, 4));
      department.set_vice_principal(Person(at, 5));
      if (!Owns(at)) return;
      department.set_name(RecordName(unit_id_, "departments", at.cell(0)));
      departments_.push_back({at.row, std::move(department)});
    });
  }

  void ReadPosts() {
    EachRow(v1::DIRECTORY_FILE_POSTS, [&](const Cursor& at) {
      v1::Post post;
      post.set_display_name(std::string(at.cell(1)));
      post.set_duties(std::string(at.cell(6)));
      CheckLimits(at, {{"display_name", 1}, {"duties", 6}}, post);
      post.set_department(Department(at, 2));
      ReadFunctions(at, 3, &post);
      post.set_is_unit_head(YesNo(at, 4));
      post.set_principal_responsible(YesNo(at, 5));
      if (!Owns(at)) return;
      post.set_name(RecordName(unit_id_, "posts", at.cell(0)));
      posts_.push_back({at.row, std::move(post)});
    });
  }

  void ReadFunctions(const Cursor& at, size_t column, v1::Post* post) {
    std::set<int> seen;
    for (const std::string& word : SplitWords(at.cell(column))) {
      const std::optional<common::v1::PostFunction> function = ParseFunction(word);
      if (!function) {
        Report(at, column, absl::StrCat("没有名为“", Quoted(word), "”的职能。"),
               absl::StrCat("there is no function '", Quoted(word), "'."));
      } else if (!seen.insert(*function).second) {
        Report(at, column, absl::StrCat("职能“", Quoted(word), "”重复。"),
               absl::StrCat("the function '", Quoted(word), "' comes twice."));
      } else {
        post->add_functions(*function);
      }
    }
  }

  void ReadAppointments() {
    // Existing ones by what they say; an active one is preferred to an archived one.
    std::map<std::string, const v1::Appointment*> known;
    for (const auto& [id, old] : existing_.appointments) {
      const v1::Appointment*& entry =
          known[absl::StrCat(old.person(), "\n", old.post(), "\n", DayDigits(old.start_date()))];
      if (entry == nullptr || entry->state() != v1::RECORD_STATE_ACTIVE) entry = &old;
    }
    std::map<std::string, int> lines;
    std::set<std::string> ids;
    EachRow(v1::DIRECTORY_FILE_APPOINTMENTS, [&](const Cursor& at) {
      v1::Appointment appointment;
      if (Given(at, 0)) appointment.set_person(Person(at, 0));
      if (Given(at, 1)) appointment.set_post(Post(at, 1));
      const std::optional<Date> start = Day(at, 2);
      if (start) *appointment.mutable_start_date() = *start;
      if (!at.cell(3).empty()) {
        if (const std::optional<Date> end = Day(at, 3)) {
          *appointment.mutable_end_date() = *end;
          if (start && directory::CompareDates(*end, *start) < 0) {
            Report(at, 3, "离任日期早于任职日期。", "is before the first day.");
          }
        }
      }
      if (appointment.person().empty() || appointment.post().empty() || !start) return;
      const std::string key =
          absl::StrCat(appointment.person(), "\n", appointment.post(), "\n", DayDigits(*start));
      if (!First(at, &lines, key)) return;
      const auto old = known.find(key);
      if (old != known.end()) {
        if (old->second->state() != v1::RECORD_STATE_ACTIVE) {
          ReportArchived(at, 0, old->second->name());
          return;
        }
        appointment.set_name(old->second->name());
      } else {
        std::string id = AppointmentId(at.cell(0), at.cell(1), *start);
        if (ids.contains(id) || existing_.appointments.contains(id)) {
          id = AppointmentId(at.cell(0), at.cell(1), *start, true);
        }
        ids.insert(id);
        appointment.set_name(RecordName(unit_id_, "appointments", id));
      }
      appointments_.push_back({at.row, std::move(appointment)});
    });
  }

  void ReadLeadingGroup() {
    std::map<std::string, const v1::LeadingGroupMember*> known;
    for (const auto& [id, old] : existing_.leading_group) {
      const v1::LeadingGroupMember*& entry =
          known[absl::StrCat(old.person(), "\n", RoleId(old.role()))];
      if (entry == nullptr || entry->state() != v1::RECORD_STATE_ACTIVE) entry = &old;
    }
    std::map<std::string, int> lines;
    std::set<std::string> ids;
    EachRow(v1::DIRECTORY_FILE_LEADING_GROUP, [&](const Cursor& at) {
      v1::LeadingGroupMember member;
      if (Given(at, 0)) member.set_person(Person(at, 0));
      const std::optional<v1::LeadingGroupRole> role = ParseRole(at.cell(1));
      if (!role) {
        Report(at, 1,
               absl::StrCat("“", Quoted(at.cell(1)),
                            "”应为组长、副组长、成员、办公室主任或办公室成员。"),
               absl::StrCat("there is no role '", Quoted(at.cell(1)), "'."));
      }
      if (member.person().empty() || !role) return;
      member.set_role(*role);
      const std::string key = absl::StrCat(member.person(), "\n", RoleId(*role));
      if (!First(at, &lines, key)) return;
      const auto old = known.find(key);
      if (old != known.end()) {
        if (old->second->state() != v1::RECORD_STATE_ACTIVE) {
          ReportArchived(at, 0, old->second->name());
          return;
        }
        member.set_name(old->second->name());
      } else {
        std::string id = LeadingGroupMemberId(at.cell(0), *role);
        if (ids.contains(id) || existing_.leading_group.contains(id)) {
          id = LeadingGroupMemberId(at.cell(0), *role, true);
        }
        ids.insert(id);
        member.set_name(RecordName(unit_id_, "leadingGroupMembers", id));
      }
      leading_group_.push_back({at.row, std::move(member)});
    });
  }

  // Whether the row is the first that says this; otherwise reports it.
  bool First(const Cursor& at, std::map<std::string, int>* lines, const std::string& key) {
    const auto [first, added] = lines->try_emplace(key, at.row->line);
    if (!added) {
      Report(at, 0, absl::StrCat("与第 ", first->second, " 行重复。"),
             absl::StrCat("says the same as line ", first->second, "."));
    }
    return added;
  }

  // The tree as it would be: what stays, with what the import brings.
  void CheckTree() {
    const auto it = tables_.find(v1::DIRECTORY_FILE_DEPARTMENTS);
    if (it == tables_.end()) return;
    std::map<std::string, std::string> parents;
    for (const auto& [id, department] : existing_.departments) {
      parents[department.name()] = department.parent();
    }
    for (const auto& planned : departments_) {
      parents[planned.record.name()] = planned.record.parent();
    }
    const TreeFaults faults = FindTreeFaults(parents);
    for (const auto& planned : departments_) {
      const Cursor at{it->second, planned.row};
      if (faults.in_cycle.contains(planned.record.name())) {
        Report(at, 3, "部门不能直接或间接成为自己的上级。",
               "the department would be above itself.");
      } else if (faults.too_deep.contains(planned.record.name())) {
        Report(at, 3, absl::StrCat("部门层级过多：最多 ", kMaxDepartmentLevels, " 级。"),
               absl::StrCat("too many levels of departments: at most ", kMaxDepartmentLevels, "."));
      }
    }
  }

  template <class T>
  static const T* Old(const std::map<std::string, T>& existing, const T& record) {
    const absl::string_view name = record.name();
    const auto it = existing.find(std::string(name.substr(name.rfind('/') + 1)));
    return it == existing.end() ? nullptr : &it->second;
  }

  // A unit's directory stays within what questions about all of it can read.
  template <class T>
  void CheckRoom(DirectoryFile file, const std::vector<Planned<T>>& planned,
                 const std::map<std::string, T>& existing) {
    size_t total = existing.size();
    for (const Planned<T>& entry : planned) {
      if (Old(existing, entry.record) != nullptr) continue;
      if (++total <= static_cast<size_t>(directory::kMaxRecords)) continue;
      Report(Cursor{tables_.at(file), entry.row}, 0,
             absl::StrCat("记录过多：每个单位最多 ", directory::kMaxRecords, " 条。"),
             absl::StrCat("too many records: at most ", directory::kMaxRecords, " in a unit."));
      return;
    }
  }

  // What the files have no column for stays as it is.
  template <class T>
  static void KeepUnsaid(const T&, T*) {}
  static void KeepUnsaid(const v1::Person& old, v1::Person* next) {
    *next->mutable_absences() = old.absences();
  }

  // Sorts records into new, changed and unchanged.
  template <class T>
  void Settle(std::vector<Planned<T>>& planned, const std::map<std::string, T>& existing,
              std::vector<T>* out, ImportPlan* plan) {
    for (Planned<T>& entry : planned) {
      entry.record.set_state(v1::RECORD_STATE_ACTIVE);
      const T* old = Old(existing, entry.record);
      if (old == nullptr) {
        ++plan->created;
      } else {
        entry.record.set_etag(old->etag());
        if (old->has_create_time()) *entry.record.mutable_create_time() = old->create_time();
        if (old->has_update_time()) *entry.record.mutable_update_time() = old->update_time();
        KeepUnsaid(*old, &entry.record);
        if (google::protobuf::util::MessageDifferencer::Equals(entry.record, *old)) {
          ++plan->unchanged;
          continue;
        }
        ++plan->updated;
      }
      out->push_back(std::move(entry.record));
    }
  }

  const std::string unit_id_;
  const Directory& existing_;
  Problems* problems_;
  std::map<DirectoryFile, const Table*> tables_;
  std::map<DirectoryFile, absl::flat_hash_map<std::string, const Row*>> codes_;
  std::vector<Planned<v1::Person>> persons_;
  std::vector<Planned<v1::Department>> departments_;
  std::vector<Planned<v1::Post>> posts_;
  std::vector<Planned<v1::Appointment>> appointments_;
  std::vector<Planned<v1::LeadingGroupMember>> leading_group_;
};

}  // namespace

std::string AppointmentId(absl::string_view person, absl::string_view post, const Date& start,
                          bool taken) {
  const std::string day = DayDigits(start);
  return ShortId(absl::StrCat(person, "-", post, "-", day),
                 absl::StrCat(person, "/", post, "/", day), taken);
}

std::string LeadingGroupMemberId(absl::string_view person, v1::LeadingGroupRole role, bool taken) {
  const std::string words = RoleId(role);
  return ShortId(absl::StrCat(person, "-", words), absl::StrCat(person, "/", words), taken);
}

ImportPlan PlanImport(absl::string_view unit_id, const std::vector<Table>& tables,
                      const Directory& existing, Problems* problems) {
  return Planner(unit_id, tables, existing, problems).Run();
}

}  // namespace lianfang::personnel
