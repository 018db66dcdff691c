#include "services/aggregator/member_store.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/domain/member_rules.h"
#include "services/aggregator/domain/rollup.h"
#include "services/reporting/domain/report_sums.h"

namespace lianfang::aggregator {

using aggregation::v1::Member;
using reporting::v1::Statistics;
using reporting::v1::UnitReport;

absl::Status CheckRoom(store::WriteTx& tx, const Member& member) {
  LF_ASSIGN_OR_RETURN(const auto same_unit,
                      tx.List<Member>(MemberKind(), tx.unit_id(),
                                      {.equal = {{"unit", member.unit()}}, .limit = 1}));
  if (!same_unit.empty()) {
    return ErrorBuilder(
               common::v1::ERROR_REASON_RESOURCE_EXISTS,
               absl::StrCat("单位 ", member.unit(), " 已登记为 ", same_unit[0].name(), "。"),
               absl::StrCat(member.unit(), " is registered already, as ", same_unit[0].name(), "."))
        .Field("member.unit", "该单位已经登记。", "is registered already.")
        .Meta("resource", same_unit[0].name());
  }
  LF_ASSIGN_OR_RETURN(const auto kept,
                      tx.FindById<Member>(MemberRowKind(), tx.unit_id(), kTotalRow));
  if (kept && kept->report().number() >= kMaxMembers) {
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
                     absl::StrCat("下级单位最多 ", kMaxMembers, " 个。"),
                     absl::StrCat("A unit has at most ", kMaxMembers, " members."));
  }
  return absl::OkStatus();
}

absl::Status DeriveRows(store::WriteTx& tx, const Member& member) {
  const std::string id = MemberKind().IdOf(member.name());
  LF_ASSIGN_OR_RETURN(const auto before, tx.FindById<Member>(MemberRowKind(), tx.unit_id(), id));
  LF_ASSIGN_OR_RETURN(auto kept, tx.FindById<Member>(MemberRowKind(), tx.unit_id(), kTotalRow));
  Member total = kept ? *std::move(kept) : Member();
  if (!before) total.mutable_report()->set_number(total.report().number() + 1);
  MoveTotal(before ? *before : Member(), member, total.mutable_report()->mutable_total());
  LF_ASSIGN_OR_RETURN(const auto sums, tx.FindById<Member>(MemberSumsKind(), tx.unit_id(), id));
  Member adds;
  *adds.mutable_report() = SumsOf(member);
  if (sums) reporting::AddSums(sums->report(), -1, total.mutable_report());
  reporting::AddSums(adds.report(), 1, total.mutable_report());
  // Most say nothing beside their total as long as their servers do not count it.
  if (sums || reporting::HasSums(adds.report())) {
    LF_RETURN_IF_ERROR(tx.Derive(MemberSumsKind(), id, adds));
  }
  LF_RETURN_IF_ERROR(tx.Derive(MemberRowKind(), id, Slim(member)));
  return tx.Derive(MemberRowKind(), kTotalRow, total);
}

absl::StatusOr<std::optional<Statistics>> ReadTotal(store::Reader& reader,
                                                    absl::string_view unit_id) {
  LF_ASSIGN_OR_RETURN(const auto kept,
                      reader.FindById<Member>(MemberRowKind(), unit_id, kTotalRow));
  if (!kept) return std::optional<Statistics>();
  return std::optional<Statistics>(kept->report().total());
}

absl::StatusOr<bool> ReadRollup(store::Reader& reader, absl::string_view unit_id,
                                UnitReport* totals, absl::FunctionRef<void(const Member&)> row) {
  bool any = false;
  int64_t schools = 0;
  Member member;
  LF_RETURN_IF_ERROR(
      reader.Scan(MemberRowKind(), unit_id, {.limit = kMaxMembers + 1},
                  [&](absl::string_view id, absl::string_view body) {
                    if (!member.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
                      return store::CorruptRecord(MemberRowKind(), id);
                    }
                    if (id == kTotalRow) {
                      any = true;
                      *totals = member.report();
                      totals->clear_number();
                    } else {
                      schools += SchoolCount(member);
                      row(member);
                    }
                    return absl::OkStatus();
                  }));
  totals->set_school_count(schools);
  return any;
}

absl::StatusOr<bool> ReadRows(store::Reader& reader, absl::string_view unit_id, Statistics* total,
                              absl::FunctionRef<void(const Member&)> row) {
  UnitReport totals;
  LF_ASSIGN_OR_RETURN(const bool any, ReadRollup(reader, unit_id, &totals, row));
  *total = std::move(*totals.mutable_total());
  return any;
}

}  // namespace lianfang::aggregator
