#include "services/risk/volumes.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "lianfang/risk/v1/submission.pb.h"
#include "services/risk/domain/filing_rules.h"
#include "services/risk/domain/volume_rules.h"
#include "services/risk/risk_kinds.h"
#include "services/risk/workflows.h"

namespace lianfang::risk {

using google::protobuf::util::TimeUtil;

namespace {

// Everything of one kind in a unit that fits.
template <class T>
absl::StatusOr<std::vector<T>> ListAllOf(store::WriteTx& tx, const store::RecordKind& kind,
                                         store::Query query = {}) {
  return directory::ListAll<T>(tx, kind, tx.unit_id(), std::move(query));
}

store::Query NotArchived() {
  store::Query query;
  query.not_equal.emplace_back("state", int64_t{v1::FILING_STATE_ARCHIVED});
  return query;
}

// Departments in use, and the leadership under the unit's name, with what they have to hand in.
absl::StatusOr<std::map<std::string, Papers>> PapersOf(store::WriteTx& tx,
                                                       const v1::Volume& volume) {
  std::map<std::string, Papers> papers;
  Papers& leadership = papers[""];
  leadership.department = UnitName(tx.unit_id());
  leadership.display_name = "学校领导班子";
  store::Query in_use;
  in_use.equal.emplace_back("state", int64_t{personnel::v1::RECORD_STATE_ACTIVE});
  LF_ASSIGN_OR_RETURN(const auto departments, ListAllOf<personnel::v1::Department>(
                                                  tx, directory::DepartmentKind(), in_use));
  for (const auto& department : departments) {
    Papers& of = papers[department.name()];
    of.department = department.name();
    of.display_name = department.display_name();
  }
  LF_ASSIGN_OR_RETURN(const auto posts,
                      ListAllOf<personnel::v1::Post>(tx, directory::PostKind(), in_use));
  for (const auto& post : posts) {
    const auto of = papers.find(post.department());
    if (of != papers.end() && !post.department().empty()) of->second.has_posts = true;
  }
  const auto form = volume.kind() == v1::VOLUME_KIND_WORKFLOW_CHARTS
                        ? v1::SUBMISSION_KIND_WORKFLOW_CHARTS
                        : v1::SUBMISSION_KIND_POWER_CATALOGUE;
  store::Query approved;
  approved.equal.emplace_back("kind", int64_t{form});
  approved.equal.emplace_back("year", int64_t{volume.year()});
  approved.equal.emplace_back("state", int64_t{v1::SUBMISSION_STATE_APPROVED});
  LF_ASSIGN_OR_RETURN(const auto forms, ListAllOf<v1::Submission>(tx, SubmissionKind(), approved));
  for (const v1::Submission& handed_in : forms) {
    const auto of = papers.find(handed_in.department());
    if (of != papers.end()) of->second.handed_in = true;
  }
  return papers;
}

// Counts the records as papers of their departments, and lists those in force as items.
template <class T>
void AddItems(const std::vector<T>& records, std::map<std::string, Papers>* papers,
              v1::Volume* volume) {
  std::map<std::pair<std::string, std::string>, const T*> in_order;
  for (const T& record : records) {
    // A department that is no longer used hands nothing in; what it still has goes in as it is.
    Papers& of = (*papers)[record.department()];
    if (of.department.empty()) {
      of.department = record.department();
      of.display_name = "已归档的处室";
    }
    if (!IsFiled(record.state())) {
      of.pending.push_back(record.name());
      continue;
    }
    ++of.filed;
    in_order[{record.department(), record.name()}] = &record;
  }
  for (const auto& [key, record] : in_order) {
    v1::VolumeItem& item = *volume->add_items();
    item.set_name(record->name());
    item.set_revision(record->revision());
    item.set_digest(record->revision_digest());
    item.set_department(record->department());
  }
}

template <class T>
absl::Status TakeUp(store::WriteTx& tx, const store::RecordKind& kind, const v1::Volume& volume,
                    std::vector<T>& records) {
  for (T& record : records) {
    if (record.state() != v1::FILING_STATE_FILED) continue;
    record.set_state(v1::FILING_STATE_COMPILED);
    record.set_volume(volume.name());
    LF_RETURN_IF_ERROR(tx.Put(kind, record));
  }
  return absl::OkStatus();
}

absl::Status Compile(store::WriteTx& tx, v1::Volume& volume) {
  LF_ASSIGN_OR_RETURN(auto papers, PapersOf(tx, volume));
  LF_ASSIGN_OR_RETURN(std::vector<v1::Power> powers,
                      ListAllOf<v1::Power>(tx, PowerKind(), NotArchived()));
  std::vector<v1::Workflow> charts;
  if (volume.kind() == v1::VOLUME_KIND_WORKFLOW_CHARTS) {
    LF_ASSIGN_OR_RETURN(charts, ListAllOf<v1::Workflow>(tx, WorkflowKind(), NotArchived()));
    std::set<std::string> drawn;
    for (const v1::Workflow& chart : charts) drawn.insert(chart.power());
    for (const v1::Power& power : powers) {
      if (!IsFiled(power.state()) || drawn.contains(power.name())) continue;
      papers[power.department()].without_chart.push_back(power.name());
    }
    LF_ASSIGN_OR_RETURN(auto unmarked, UnmarkedOf(tx, charts, volume.year()));
    for (const v1::Workflow& chart : charts) {
      const auto found = unmarked.find(chart.name());
      if (found == unmarked.end()) continue;
      papers[chart.department()].unmarked.insert(unmarked.extract(found));
    }
    AddItems(charts, &papers, &volume);
    powers.clear();
  } else {
    AddItems(powers, &papers, &volume);
  }
  std::vector<Papers> all;
  for (auto& [department, of] : papers) {
    if (of.has_posts && of.handed_in && of.filed == 0) volume.add_nil_departments(of.department);
    all.push_back(std::move(of));
  }
  LF_RETURN_IF_ERROR(CheckCompilable(volume.kind(), all));

  store::Query earlier;
  earlier.equal.emplace_back("kind", int64_t{volume.kind()});
  earlier.equal.emplace_back("year", int64_t{volume.year()});
  LF_ASSIGN_OR_RETURN(const auto volumes, ListAllOf<v1::Volume>(tx, VolumeKind(), earlier));
  volume.set_number(static_cast<int>(volumes.size()) + 1);
  volume.set_digest(VolumeDigest(volume));
  // The volume first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(VolumeKind(), volume));
  LF_RETURN_IF_ERROR(TakeUp(tx, PowerKind(), volume, powers));
  return TakeUp(tx, WorkflowKind(), volume, charts);
}

}  // namespace

absl::Status CompileVolume(store::WriteTx& tx, const v1::CompileVolumeRequest& request) {
  const std::string id = request.volume_id().empty() ? tx.NewId() : request.volume_id();
  v1::Volume volume;
  volume.set_name(RecordName(tx.unit_id(), VolumeKind().collection(), id));
  LF_ASSIGN_OR_RETURN(const auto existing, tx.FindBody(VolumeKind(), tx.unit_id(), id));
  if (existing) {
    return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_EXISTS,
                        absl::StrCat(volume.name(), " 已存在。"),
                        absl::StrCat(volume.name(), " exists already."))
        .Meta("resource", volume.name());
  }
  volume.set_kind(request.kind());
  volume.set_year(request.year());
  volume.set_compiler(tx.actor().subject);
  *volume.mutable_compile_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(tx.now()));
  return Compile(tx, volume);
}

}  // namespace lianfang::risk
