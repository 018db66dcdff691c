#include "services/reporting/recount_check.h"

#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/verify/body_diff.h"
#include "services/reporting/domain/recount.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::Any;

// Keeps the record when it is of the map's type.
template <class T>
bool Keep(const Any& any, std::map<std::string, T>* records) {
  T record;
  if (!any.Is<T>() || !any.UnpackTo(&record)) return false;
  const std::string name = record.name();
  (*records)[name] = std::move(record);
  return true;
}

void TakeInto(const verify::CheckedEntry& entry, Records* records) {
  for (const Any& any : entry.content.resources()) {
    if (Keep(any, &records->appointments)) {
      personnel::v1::Appointment appointment;
      any.UnpackTo(&appointment);
      records->seen.insert_or_assign(appointment.name(), DayOf(entry.header.time()));
      continue;
    }
    Keep(any, &records->posts) || Keep(any, &records->self_checks) || Keep(any, &records->points) ||
        Keep(any, &records->measures) || Keep(any, &records->grades) ||
        Keep(any, &records->duties) || Keep(any, &records->powers) ||
        Keep(any, &records->workflows) || Keep(any, &records->letters) ||
        Keep(any, &records->signs) || Keep(any, &records->rectifications) ||
        Keep(any, &records->reports) || Keep(any, &records->publications);
  }
}

std::optional<verify::Miscount> Difference(const std::string& key, int year,
                                           const v1::Statistics& stored,
                                           const v1::Statistics& right) {
  const std::string left_bytes = stored.SerializeAsString();
  const std::string right_bytes = right.SerializeAsString();
  if (left_bytes == right_bytes) return std::nullopt;
  const auto difference =
      verify::FirstDifference(v1::Statistics::descriptor(), left_bytes, right_bytes);
  return verify::Miscount{
      key,
      absl::StrCat("statistics", year == 0 ? "" : absl::StrCat(" ", year), ".", difference.path),
      difference.stored, difference.expected};
}

class StatisticsRecount final : public verify::Recount {
 public:
  explicit StatisticsRecount(const std::string& unit_id) { records_.unit = UnitName(unit_id); }

  std::string table() const override { return ScopeKind().table(); }

  void Take(const verify::CheckedEntry& entry) override { TakeInto(entry, &records_); }

  std::vector<verify::Miscount> Compare(const std::map<std::string, std::string>& rows) override {
    std::vector<verify::Miscount> miscounts;
    const int newest = records_.NewestYear();
    std::map<int, Recounted> recounted;
    for (const auto& [key, body] : rows) {
      state::v1::Scope scope;
      // What cannot be read is found by comparing the rows.
      if (!scope.ParseFromString(body)) continue;
      std::set<int> years = {0};
      for (const auto& year : scope.counts().years()) years.insert(year.year());
      const std::string* department = key == kUnitScope ? nullptr : &scope.department();
      for (const int year : years) {
        const v1::Statistics stored =
            year == 0 ? Shown(scope.counts(), newest) : ShownYear(scope.counts(), year);
        auto right = recounted.find(year);
        if (right == recounted.end()) right = recounted.emplace(year, records_.Recount(year)).first;
        const auto difference = Difference(key, year, stored, right->second.Of(department));
        if (difference.has_value()) miscounts.push_back(*difference);
      }
    }
    return miscounts;
  }

 private:
  Records records_;
};

}  // namespace

std::unique_ptr<verify::Recount> NewRecount(const std::string& unit_id) {
  return std::make_unique<StatisticsRecount>(unit_id);
}

struct AnswerRecount::State {
  std::string unit;
  Records records;
};

AnswerRecount::AnswerRecount(const std::string& unit_id) : state_(std::make_unique<State>()) {
  state_->unit = UnitName(unit_id);
  state_->records.unit = state_->unit;
}

AnswerRecount::~AnswerRecount() = default;

void AnswerRecount::Take(const verify::CheckedEntry& entry) { TakeInto(entry, &state_->records); }

std::vector<verify::Miscount> AnswerRecount::Compare(
    const v1::GetStatisticsResponse& answer) const {
  std::vector<verify::Miscount> miscounts;
  const Recounted recounted = state_->records.Recount(/*year=*/0);
  const auto compare = [&](const std::string& key, const v1::Statistics& stored,
                           const std::string* department) {
    const auto difference = Difference(key, 0, stored, recounted.Of(department));
    if (difference.has_value()) miscounts.push_back(*difference);
  };
  compare(state_->unit, answer.total(), nullptr);
  for (const auto& row : answer.departments()) {
    compare(row.department(), row.statistics(), &row.department());
  }
  return miscounts;
}

}  // namespace lianfang::reporting
