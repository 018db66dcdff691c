#include "services/reporting/domain/publication_rules.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

using v1::Publication;

// A notice may be entered some days after it was hung out.
constexpr int kEntryDays = 31;

absl::Status BadPublication(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, absl::StrCat("publication.", field), zh,
                    en);
}

absl::Status Illegal(absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, zh, en);
}

absl::Status CheckOpen(const Publication& publication) {
  if (publication.state() == v1::PUBLICATION_STATE_OPEN) return absl::OkStatus();
  return Illegal("该公示已经结束或者撤回。", "The publication is over or withdrawn.");
}

// Collections that a kind shows.
std::vector<absl::string_view> CollectionsOf(v1::PublicationKind kind) {
  switch (kind) {
    case v1::PUBLICATION_KIND_POST_DUTIES:
      return {"postDuties", "dutyVolumes"};
    case v1::PUBLICATION_KIND_RISK_POINTS:
      return {"riskPoints"};
    case v1::PUBLICATION_KIND_POWER_CATALOGUE:
      return {"powers", "volumes"};
    case v1::PUBLICATION_KIND_WORKFLOW_CHARTS:
      return {"workflows", "volumes"};
    case v1::PUBLICATION_KIND_MEASURES:
      return {"measures"};
    case v1::PUBLICATION_KIND_PERSONAL_FORMS:
      return {"selfChecks"};
    default:
      return {};
  }
}

absl::Status CheckScope(const Publication& publication) {
  const auto scope = publication.scope();
  if (scope == common::v1::PUBLICITY_SCOPE_NONE) {
    return BadPublication("scope", "公示应当有公示范围。", "must say how far it goes.");
  }
  const bool narrow = scope == common::v1::PUBLICITY_SCOPE_DEPARTMENT ||
                      scope == common::v1::PUBLICITY_SCOPE_LIMITED;
  // 「在一定范围内公示」: no further than that.
  if (publication.kind() == v1::PUBLICATION_KIND_PERSONAL_FORMS && !narrow) {
    return BadPublication("scope", "个人自查表只能在处室内或者一定范围内公示。",
                          "of personal forms must be one department or a limited circle.");
  }
  const bool in_department = scope == common::v1::PUBLICITY_SCOPE_DEPARTMENT;
  if (in_department == publication.department().empty()) {
    return BadPublication(
        "department",
        in_department ? "在处室内公示的，应当说明是哪个处室。" : "不在处室内公示的，不填处室。",
        in_department ? "must be given for this scope." : "must be empty for this scope.");
  }
  if (in_department && UnitIdOf(publication.department()) != UnitIdOf(publication.name())) {
    return BadPublication("department", "不是该单位的处室。", "is not a department of this unit.");
  }
  return absl::OkStatus();
}

absl::Status CheckSubjects(const Publication& publication) {
  const auto collections = CollectionsOf(publication.kind());
  std::set<std::string> seen;
  for (int i = 0; i < publication.subjects_size(); ++i) {
    const std::string& subject = publication.subjects(i);
    const std::string field = absl::StrCat("subjects[", i, "]");
    const bool fits = UnitIdOf(subject) == UnitIdOf(publication.name()) &&
                      std::any_of(collections.begin(), collections.end(), [&](auto collection) {
                        return !IdIn(collection, subject).empty();
                      });
    if (!fits) {
      return BadPublication(field, "不是该单位的、这类公示可以公示的记录。",
                            "is no record of this unit that such a publication shows.");
    }
    if (!seen.insert(subject).second)
      return BadPublication(field, "同一记录出现了两次。", "stands twice.");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Begin(absl::Time now, Publication* publication) {
  LF_RETURN_IF_ERROR(CheckScope(*publication));
  LF_RETURN_IF_ERROR(CheckSubjects(*publication));
  const absl::CivilDay today = DayOf(now);
  if (!publication->has_start_date()) *publication->mutable_start_date() = ToDate(today);
  if (!directory::IsValidDate(publication->start_date()) ||
      DayOf(publication->start_date()) < today - kEntryDays) {
    return BadPublication("start_date", absl::StrCat("不是日期，或者早于", kEntryDays, "天之前。"),
                          "is no day, or too long past.");
  }
  if (publication->period_days() == 0) publication->set_period_days(kDefaultPeriodDays);
  *publication->mutable_end_date() =
      ToDate(DayOf(publication->start_date()) + publication->period_days() - 1);
  publication->set_state(v1::PUBLICATION_STATE_OPEN);
  return absl::OkStatus();
}

absl::Status Close(const std::string& note, absl::Time now, Publication* publication) {
  LF_RETURN_IF_ERROR(CheckOpen(*publication));
  if (DayOf(now) <= DayOf(publication->end_date())) {
    const auto& end = publication->end_date();
    return MakeError(
        common::v1::ERROR_REASON_PERIOD_NOT_OVER,
        absl::StrCat("公示期到", end.month(), "月", end.day(), "日为止，还没有满。"),
        absl::StrCat("It is published until the end of ", directory::FormatDate(end), "."));
  }
  for (const v1::Objection& objection : publication->objections()) {
    if (objection.state() == v1::OBJECTION_STATE_OPEN) {
      return Illegal(absl::StrCat("第", objection.number(), "号异议还没有处理。"),
                     absl::StrCat("Objection ", objection.number(), " is not handled yet."));
    }
  }
  publication->set_state(v1::PUBLICATION_STATE_CLOSED);
  *publication->mutable_close_time() = ToTimestamp(now);
  publication->set_close_note(note);
  return absl::OkStatus();
}

absl::Status Withdraw(const std::string& reason, absl::Time now, Publication* publication) {
  LF_RETURN_IF_ERROR(CheckOpen(*publication));
  publication->set_state(v1::PUBLICATION_STATE_WITHDRAWN);
  *publication->mutable_close_time() = ToTimestamp(now);
  publication->set_close_note(reason);
  return absl::OkStatus();
}

absl::Status Object(const std::string& content, const std::string& objector, absl::Time now,
                    Publication* publication) {
  LF_RETURN_IF_ERROR(CheckOpen(*publication));
  if (publication->objections_size() >= kMaxObjections) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "name",
                      "该公示的异议已达上限，请先处理已有的异议。",
                      "has as many objections as a publication takes.");
  }
  v1::Objection* added = publication->add_objections();
  added->set_number(publication->objections_size());
  added->set_content(content);
  added->set_objector(objector);
  *added->mutable_time() = ToTimestamp(now);
  added->set_state(v1::OBJECTION_STATE_OPEN);
  return absl::OkStatus();
}

absl::Status HandleObjection(const v1::HandleObjectionRequest& request, const std::string& handler,
                             absl::Time now, Publication* publication) {
  LF_RETURN_IF_ERROR(CheckOpen(*publication));
  for (v1::Objection& objection : *publication->mutable_objections()) {
    if (objection.number() != request.number()) continue;
    if (objection.state() != v1::OBJECTION_STATE_OPEN) {
      return Illegal("该异议已经处理。", "The objection is handled already.");
    }
    if (objection.objector() == handler) {
      return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "本人提出的异议，应当由他人处理。",
                       "Nobody handles his own objection.");
    }
    objection.set_state(request.upheld() ? v1::OBJECTION_STATE_UPHELD
                                         : v1::OBJECTION_STATE_REJECTED);
    objection.set_answer(request.answer());
    objection.set_handler(handler);
    *objection.mutable_handle_time() = ToTimestamp(now);
    return absl::OkStatus();
  }
  return Illegal("该公示没有这一号异议。", "The publication has no objection of this number.");
}

}  // namespace lianfang::reporting
