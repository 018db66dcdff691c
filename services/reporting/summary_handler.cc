#include "services/reporting/summary_handler.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/state/state.pb.h"
#include "services/reporting/unit_check.h"

namespace lianfang::reporting {
namespace {

constexpr int kPage = 500;

// Reads a page of 附件8. Looks each name up once.
class SummaryPage {
 public:
  // `year` 0: all years, with the newest grade.
  SummaryPage(store::Reader& reader, std::string unit_id, int32_t year, size_t size,
              v1::GetRiskSummaryResponse* response)
      : reader_(reader),
        unit_id_(std::move(unit_id)),
        year_(year),
        size_(size),
        response_(response) {}

  // Key of the last row, `{post's key}/{risk point}`; valid once Full.
  const std::string& last() const { return last_; }
  // There is at least one row more than fits.
  bool full() const { return full_; }

  absl::Status AddPost(absl::string_view key, const v1::PostLevel& post,
                       absl::string_view after_point) {
    LF_ASSIGN_OR_RETURN(const auto owner, reader_.FindById<state::v1::Owner>(
                                              OwnerKind(), unit_id_, OwnerKey(post.post())));
    const state::v1::ConfirmedGrade* grade = nullptr;
    if (owner) {
      for (const auto& confirmed : owner->grades()) {
        if (year_ == 0 || confirmed.year() == year_) grade = &confirmed;
      }
    }
    if (grade == nullptr) return absl::OkStatus();
    v1::RiskSummaryRow row;
    LF_ASSIGN_OR_RETURN(*row.mutable_department(), DepartmentName(post.department()));
    row.set_post(post.display_name());
    row.set_level(grade->level());
    if (grade->has_school_review_time()) {
      *row.mutable_school_review_time() = grade->school_review_time();
    }
    if (grade->has_superior_review_time()) {
      *row.mutable_superior_review_time() = grade->superior_review_time();
    }
    LF_RETURN_IF_ERROR(AddHolders(*owner, &row));
    return AddPoints(key, post.post(), std::string(after_point), row);
  }

 private:
  // A row for each of the post's points of the year, as long as they fit.
  absl::Status AddPoints(absl::string_view key, const std::string& post, std::string after,
                         const v1::RiskSummaryRow& row) {
    store::Query query;
    query.equal = {{"owner", post}, {"registered", int64_t{1}}};
    query.after = std::move(after);
    // One more than fits says whether there is a next page; of other years there may be any number.
    const size_t fits = size_ - static_cast<size_t>(response_->rows_size());
    query.limit = year_ == 0 ? static_cast<int>(fits) + 1 : kPage;
    while (true) {
      LF_ASSIGN_OR_RETURN(const auto points,
                          reader_.List<state::v1::Point>(PointKind(), unit_id_, query));
      for (const state::v1::Point& point : points) {
        const risk::v1::RiskPoint& record = point.risk_point();
        query.after = std::string(IdIn("riskPoints", record.name()));
        if (year_ != 0 && record.year() != year_) continue;
        if (static_cast<size_t>(response_->rows_size()) == size_) {
          full_ = true;
          return absl::OkStatus();
        }
        v1::RiskSummaryRow* added = response_->add_rows();
        *added = row;
        added->set_description(record.description());
        added->set_manifestation(record.manifestation());
        added->set_category(record.category());
        added->set_risk_point(record.name());
        LF_RETURN_IF_ERROR(AddMeasures(record.name(), added));
        last_ = absl::StrCat(key, "/", query.after);
      }
      if (points.size() < static_cast<size_t>(query.limit)) return absl::OkStatus();
    }
  }

  absl::StatusOr<std::string> DepartmentName(const std::string& department) {
    if (department.empty()) return std::string();
    LF_ASSIGN_OR_RETURN(const auto scope, reader_.FindById<state::v1::Scope>(ScopeKind(), unit_id_,
                                                                             ScopeKey(department)));
    return scope ? scope->display_name() : std::string();
  }

  absl::StatusOr<std::string> PostName(const std::string& post) {
    const auto [it, added] = post_names_.try_emplace(post);
    if (added) {
      LF_ASSIGN_OR_RETURN(const auto owner, reader_.FindById<state::v1::Owner>(
                                                OwnerKind(), unit_id_, OwnerKey(post)));
      if (owner) it->second = owner->display_name();
    }
    return it->second;
  }

  absl::Status AddHolders(const state::v1::Owner& owner, v1::RiskSummaryRow* row) {
    std::map<std::string, bool> seen;
    for (const auto& holding : owner.holdings()) {
      if (!seen.try_emplace(holding.person(), true).second) continue;
      LF_ASSIGN_OR_RETURN(const auto person, reader_.Find<personnel::v1::Person>(
                                                 directory::PersonKind(), holding.person()));
      if (person) row->add_holders(person->display_name());
    }
    return absl::OkStatus();
  }

  absl::Status AddMeasures(const std::string& risk_point, v1::RiskSummaryRow* row) {
    store::Query query;
    query.equal = {{"risk_point", risk_point}, {"in_use", int64_t{1}}};
    query.limit = kPage;
    while (true) {
      LF_ASSIGN_OR_RETURN(const auto measures, reader_.List<state::v1::PointMeasure>(
                                                   PointMeasureKind(), unit_id_, query));
      for (const state::v1::PointMeasure& measure : measures) {
        v1::RiskSummaryMeasure* added = row->add_measures();
        added->set_stage(measure.measure().stage());
        added->set_content(measure.measure().content());
        LF_ASSIGN_OR_RETURN(*added->mutable_responsible_post(),
                            PostName(measure.measure().responsible_post()));
      }
      if (measures.size() < static_cast<size_t>(kPage)) return absl::OkStatus();
      query.after = std::string(IdIn("measures", measures.back().measure().name()));
    }
  }

  store::Reader& reader_;
  const std::string unit_id_;
  const int32_t year_;
  const size_t size_;
  v1::GetRiskSummaryResponse* const response_;
  std::map<std::string, std::string> post_names_;
  std::string last_;
  bool full_ = false;
};

}  // namespace

absl::StatusOr<std::vector<v1::PostLevel>> ReadPostLevels(store::Reader& reader,
                                                          absl::string_view unit_id) {
  std::vector<v1::PostLevel> levels;
  store::Query query;
  query.not_equal = {{"level", int64_t{0}}};
  query.limit = kPage;
  while (true) {
    LF_ASSIGN_OR_RETURN(auto posts,
                        reader.List<state::v1::SummaryPost>(SummaryPostKind(), unit_id, query));
    for (state::v1::SummaryPost& post : posts) levels.push_back(std::move(*post.mutable_post()));
    if (posts.size() < static_cast<size_t>(kPage)) return levels;
    query.after = SummaryKey(levels.back().department(), levels.back().post());
  }
}

absl::Status GetRiskSummary(const rpc::CallContext& call, store::Reader& reader,
                            const v1::GetRiskSummaryRequest& request,
                            v1::GetRiskSummaryResponse* response) {
  LF_RETURN_IF_ERROR(CheckUnit(reader, call.unit_id));
  if (!request.department().empty() && UnitIdOf(request.department()) != call.unit_id) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "department", "不是该单位的处室。",
                      "is not a department of this unit.");
  }
  // `{department}/{post}/{risk point}` of the last row of the page before.
  LF_ASSIGN_OR_RETURN(const std::string token, rpc::ReadPageToken(request));
  const std::vector<std::string> at = absl::StrSplit(token, '/');
  const bool resumed = at.size() == 3;
  const std::string resumed_post = resumed ? absl::StrCat(at[0], "/", at[1]) : "";
  const auto size = static_cast<size_t>(rpc::PageSize(request.page_size()));
  SummaryPage page(reader, call.unit_id, request.year(), size, response);

  // Rows of one department stand together: `{department}/` to `{department}0`, the next character.
  const std::string prefix =
      request.department().empty() ? "" : absl::StrCat(ScopeKey(request.department()), "/");
  store::Query query;
  query.equal = {{"listed", int64_t{1}}};
  query.after = prefix;
  if (resumed) {
    // The post where the page before ended may have more.
    LF_ASSIGN_OR_RETURN(const auto post, reader.FindById<state::v1::SummaryPost>(
                                             SummaryPostKind(), call.unit_id, resumed_post));
    if (post && post->listed()) {
      LF_RETURN_IF_ERROR(page.AddPost(resumed_post, post->post(), at[2]));
    }
    query.after = resumed_post;
  }
  // Every listed post has a row, so one more than fits says whether there is a next page.
  query.limit = static_cast<int>(size) - response->rows_size() + 1;
  bool past_department = false;
  while (!page.full() && !past_department) {
    LF_ASSIGN_OR_RETURN(const auto posts, reader.List<state::v1::SummaryPost>(SummaryPostKind(),
                                                                              call.unit_id, query));
    for (const state::v1::SummaryPost& post : posts) {
      const std::string key = SummaryKey(post.post().department(), post.post().post());
      past_department = !prefix.empty() && key.compare(0, prefix.size(), prefix) != 0;
      if (page.full() || past_department) break;
      LF_RETURN_IF_ERROR(page.AddPost(key, post.post(), ""));
      query.after = key;
    }
    if (posts.size() < static_cast<size_t>(query.limit)) break;
  }
  if (page.full()) response->set_next_page_token(rpc::MakePageToken(request, page.last()));
  return absl::OkStatus();
}

}  // namespace lianfang::reporting
