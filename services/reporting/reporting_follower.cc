#include "services/reporting/reporting_follower.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_apply.h"
#include "google/protobuf/util/time_util.h"
#include "services/reporting/domain/counters.h"
#include "services/reporting/reporting_kinds.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::Any;
using google::protobuf::Message;

// Rows over a change: each is read once, changed in memory, and written at the end if it differs.
class TxRows final : public CountRows {
 public:
  explicit TxRows(store::WriteTx* tx) : tx_(tx) {}

  absl::StatusOr<state::v1::Scope*> UnitScope() override {
    return Load<state::v1::Scope>(ScopeKind(), kUnitScope);
  }
  absl::StatusOr<state::v1::Scope*> ScopeOf(absl::string_view department) override {
    return Load<state::v1::Scope>(ScopeKind(), ScopeKey(department));
  }
  absl::StatusOr<state::v1::Owner*> OwnerOf(absl::string_view name) override {
    return Load<state::v1::Owner>(OwnerKind(), OwnerKey(name));
  }
  absl::StatusOr<state::v1::Holder*> HolderOf(absl::string_view person) override {
    return Load<state::v1::Holder>(HolderKind(), IdIn("persons", person));
  }
  absl::StatusOr<state::v1::Point*> PointOf(absl::string_view risk_point) override {
    return Load<state::v1::Point>(PointKind(), IdIn("riskPoints", risk_point));
  }
  absl::StatusOr<state::v1::PointMeasure*> MeasureOf(absl::string_view measure) override {
    return Load<state::v1::PointMeasure>(PointMeasureKind(), IdIn("measures", measure));
  }
  absl::StatusOr<state::v1::CountedSelfCheck*> SelfCheckOf(absl::string_view self_check) override {
    return Load<state::v1::CountedSelfCheck>(CountedSelfCheckKind(),
                                             IdIn("selfChecks", self_check));
  }
  absl::StatusOr<state::v1::CountedAppointment*> AppointmentOf(
      absl::string_view appointment) override {
    return Load<state::v1::CountedAppointment>(CountedAppointmentKind(),
                                               IdIn("appointments", appointment));
  }
  absl::StatusOr<state::v1::SummaryPost*> SummaryPostOf(absl::string_view department,
                                                        absl::string_view post) override {
    return Load<state::v1::SummaryPost>(SummaryPostKind(), SummaryKey(department, post));
  }

  absl::Status Store() {
    for (const auto& [key, row] : rows_) {
      if (row.message->SerializeAsString() == row.stored) continue;
      LF_RETURN_IF_ERROR(tx_->Derive(*key.first, key.second, *row.message));
    }
    return absl::OkStatus();
  }

 private:
  struct Row {
    std::unique_ptr<Message> message;
    std::string stored;  // empty for a row that does not exist: so is an empty message
  };

  template <class T>
  absl::StatusOr<T*> Load(const store::RecordKind& kind, absl::string_view id) {
    if (id.empty()) return absl::DataLossError(absl::StrCat(kind.table(), ": a name has no id"));
    const auto [it, added] = rows_.try_emplace({&kind, std::string(id)});
    Row& row = it->second;
    if (added) {
      row.message = std::make_unique<T>();
      LF_ASSIGN_OR_RETURN(const auto body, tx_->FindBody(kind, tx_->unit_id(), id));
      if (body) row.stored = *body;
      if (!row.message->ParseFromString(row.stored)) return store::CorruptRecord(kind, id);
    }
    return static_cast<T*>(row.message.get());
  }

  store::WriteTx* tx_;
  std::map<std::pair<const store::RecordKind*, std::string>, Row> rows_;
};

// Unpacks a record of a type and counts it.
template <class T, class... Extra>
absl::Status Count(Counters& counters, const std::string& unit, const Any& any, Extra... extra) {
  T record;
  if (!any.UnpackTo(&record)) return absl::DataLossError("a record cannot be read");
  const auto* field = T::descriptor()->FindFieldByName("name");
  const std::string name = record.GetReflection()->GetString(record, field);
  if (UnitName(UnitIdOf(name)) != unit) {
    return absl::DataLossError(absl::StrCat("'", name, "' is not of ", unit));
  }
  return counters.Apply(record, extra...);
}

}  // namespace

absl::Status ApplyEntry(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                        const ledger::v1::EntryContent& content) {
  if (header.service() == "personnel") {
    LF_RETURN_IF_ERROR(directory::ApplyDirectory(tx, header, content));
  }
  const std::string unit = UnitName(tx.unit_id());
  const absl::CivilDay today = absl::ToCivilDay(
      absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(header.time())),
      directory::SchoolTimeZone());
  TxRows rows(&tx);
  Counters counters(&rows, unit);
  for (const Any& any : content.resources()) {
    absl::Status status;
    if (any.Is<personnel::v1::Department>()) {
      status = Count<personnel::v1::Department>(counters, unit, any);
    } else if (any.Is<personnel::v1::Post>()) {
      status = Count<personnel::v1::Post>(counters, unit, any);
    } else if (any.Is<personnel::v1::Appointment>()) {
      status = Count<personnel::v1::Appointment>(counters, unit, any, today);
    } else if (any.Is<risk::v1::SelfCheck>()) {
      status = Count<risk::v1::SelfCheck>(counters, unit, any);
    } else if (any.Is<risk::v1::RiskPoint>()) {
      status = Count<risk::v1::RiskPoint>(counters, unit, any);
    } else if (any.Is<risk::v1::Measure>()) {
      status = Count<risk::v1::Measure>(counters, unit, any);
    } else if (any.Is<grading::v1::Grade>()) {
      status = Count<grading::v1::Grade>(counters, unit, any);
    }
    LF_RETURN_IF_ERROR(status);
  }
  LF_RETURN_IF_ERROR(counters.SetPosition(header.service(), header.sequence()));
  return rows.Store();
}

}  // namespace lianfang::reporting
