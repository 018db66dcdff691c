#include "services/reporting/recount_check.h"

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

class StatisticsRecount final : public verify::Recount {
 public:
  explicit StatisticsRecount(const std::string& unit_id) { records_.unit = UnitName(unit_id); }

  std::string table() const override { return ScopeKind().table(); }

  void Take(const verify::CheckedEntry& entry) override {
    for (const Any& any : entry.content.resources()) {
      if (Keep(any, &records_.appointments)) {
        personnel::v1::Appointment appointment;
        any.UnpackTo(&appointment);
        records_.seen.insert_or_assign(appointment.name(), DayOf(entry.header.time()));
        continue;
      }
      Keep(any, &records_.posts) || Keep(any, &records_.self_checks) ||
          Keep(any, &records_.points) || Keep(any, &records_.measures) ||
          Keep(any, &records_.grades) || Keep(any, &records_.duties) ||
          Keep(any, &records_.powers) || Keep(any, &records_.workflows) ||
          Keep(any, &records_.letters) || Keep(any, &records_.signs) ||
          Keep(any, &records_.rectifications) || Keep(any, &records_.reports) ||
          Keep(any, &records_.publications);
    }
  }

  std::vector<verify::Miscount> Compare(const std::map<std::string, std::string>& rows) override {
    std::vector<verify::Miscount> miscounts;
    const int newest = records_.NewestYear();
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
        const v1::Statistics right = records_.Recount(department, year);
        if (stored.SerializeAsString() == right.SerializeAsString()) continue;
        const auto difference = verify::FirstDifference(
            v1::Statistics::descriptor(), stored.SerializeAsString(), right.SerializeAsString());
        miscounts.push_back({key,
                             absl::StrCat("statistics", year == 0 ? "" : absl::StrCat(" ", year),
                                          ".", difference.path),
                             difference.stored, difference.expected});
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

}  // namespace lianfang::reporting
