// The statistics once more, counted from what the List calls show.
#include <algorithm>
#include <map>

#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "tests/acceptance/model/invariants.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using common::v1::RiskLevel;

namespace {

using Buckets = std::map<int, int64_t>;  // value of the enumeration → count; no zeros

template <class Counts, class Value>
Buckets BucketsOf(const Counts& counts, Value value) {
  Buckets buckets;
  for (const auto& one : counts) {
    if (one.count() != 0) buckets[value(one)] += one.count();
  }
  return buckets;
}

int64_t Sum(const Buckets& buckets) {
  int64_t sum = 0;
  for (const auto& [value, count] : buckets) sum += count;
  return sum;
}

std::string Show(const Buckets& buckets) {
  std::string text;
  for (const auto& [value, count] : buckets) absl::StrAppend(&text, value, "×", count, " ");
  return text;
}

// Level of every post in a year, by its confirmed grade.
std::map<std::string, RiskLevel> LevelsOfPosts(World& world, int year) {
  std::map<std::string, RiskLevel> levels;
  for (const auto& grade :
       Everything<grading::v1::ListGradesResponse, grading::v1::ListGradesRequest>(world)
           .grades()) {
    // What the superior confirmed last is in force while a later revision is under review.
    if (grade.year() == year && grade.confirmed_level() != common::v1::RISK_LEVEL_UNSPECIFIED) {
      levels[grade.post()] = grade.confirmed_level();
    }
  }
  return levels;
}

class Recount {
 public:
  Recount(World& world, int year, const reporting::v1::Statistics& shown)
      : world_(world), year_(year), shown_(shown) {}

  void Check() {
    CountPoints();
    CountForms();
    CountPapers();
  }

 private:
  void Same(absl::string_view what, int64_t shown, int64_t counted) {
    if (shown == counted) return;
    world_.Problem(absl::StrCat("statistics of ", year_, ": ", what, " ", shown,
                                " where a recount gives ", counted));
  }
  void Same(absl::string_view what, const Buckets& shown, const Buckets& counted) {
    if (shown == counted) return;
    world_.Problem(absl::StrCat("statistics of ", year_, ": ", what, " ", Show(shown),
                                "where a recount gives ", Show(counted)));
  }

  // The owner's level: a post's own, or the highest of the department's or the unit's posts.
  RiskLevel LevelOf(const std::string& owner) {
    if (levels_.contains(owner)) return levels_[owner];
    RiskLevel highest = common::v1::RISK_LEVEL_UNSPECIFIED;
    for (const auto& post : PostsOf(world_)) {
      if (owner != kUnit && post.department() != owner) continue;
      const auto level = levels_.find(post.name());
      if (level == levels_.end()) continue;
      if (highest == common::v1::RISK_LEVEL_UNSPECIFIED || level->second < highest) {
        highest = level->second;
      }
    }
    return highest;
  }

  void CountPoints() {
    levels_ = LevelsOfPosts(world_, year_);
    Buckets by_level;
    Buckets by_category;
    Buckets by_layer;
    Buckets by_method;
    Buckets by_topic;
    Buckets by_stage;
    int64_t untreated = 0;
    std::map<std::string, int> measures_of;
    const auto& measures =
        Everything<risk::v1::ListMeasuresResponse, risk::v1::ListMeasuresRequest>(world_)
            .measures();
    for (const auto& measure : measures) {
      if (measure.state() != risk::v1::MEASURE_STATE_DRAFT &&
          measure.state() != risk::v1::MEASURE_STATE_ARCHIVED) {
        ++measures_of[measure.risk_point()];
      }
    }
    std::map<std::string, bool> of_year;
    for (const auto& point :
         Everything<risk::v1::ListRiskPointsResponse, risk::v1::ListRiskPointsRequest>(world_)
             .risk_points()) {
      of_year[point.name()] = point.year() == year_;
      if (point.year() != year_ || (point.state() != risk::v1::RISK_POINT_STATE_REGISTERED &&
                                    point.state() != risk::v1::RISK_POINT_STATE_PUBLICISED)) {
        continue;
      }
      // A post without a grade has no level, whatever its department has.
      const bool of_post = point.layer() == common::v1::RISK_LAYER_POST;
      const bool graded = levels_.contains(point.owner());
      ++by_level[of_post && !graded ? 0 : LevelOf(point.owner())];
      ++by_category[point.category()];
      ++by_layer[point.layer()];
      ++by_method[point.method()];
      ++by_topic[point.sensitive_topic()];
      if (measures_of[point.name()] == 0) ++untreated;
    }
    for (const auto& measure : measures) {
      if (measure.state() == risk::v1::MEASURE_STATE_DRAFT ||
          measure.state() == risk::v1::MEASURE_STATE_ARCHIVED || !of_year[measure.risk_point()]) {
        continue;
      }
      ++by_stage[measure.stage()];
    }
    Same("risk points", shown_.risk_point_count(), Sum(by_category));
    Same("risk points by level",
         BucketsOf(shown_.risk_points_by_level(), [](const auto& c) { return c.level(); }),
         by_level);
    Same("risk points by category",
         BucketsOf(shown_.risk_points_by_category(), [](const auto& c) { return c.category(); }),
         by_category);
    Same("risk points by layer",
         BucketsOf(shown_.risk_points_by_layer(), [](const auto& c) { return c.layer(); }),
         by_layer);
    Same("risk points by method",
         BucketsOf(shown_.risk_points_by_method(), [](const auto& c) { return c.method(); }),
         by_method);
    Same("risk points by topic",
         BucketsOf(shown_.risk_points_by_topic(), [](const auto& c) { return c.topic(); }),
         by_topic);
    Same("measures", shown_.measure_count(), Sum(by_stage));
    Same("measures by stage",
         BucketsOf(shown_.measures_by_stage(), [](const auto& c) { return c.stage(); }), by_stage);
    Same("risk points without a measure", shown_.risk_points_without_measure(), untreated);
  }

  void CountForms() {
    int64_t submitted = 0;
    int64_t approved = 0;
    for (const auto& form :
         Everything<risk::v1::ListSelfChecksResponse, risk::v1::ListSelfChecksRequest>(world_)
             .self_checks()) {
      if (form.year() != year_) continue;
      if (form.state() != risk::v1::SELF_CHECK_STATE_DRAFT) ++submitted;
      if (form.state() == risk::v1::SELF_CHECK_STATE_APPROVED) ++approved;
    }
    Same("self-checks handed in", shown_.self_checks_submitted(), submitted);
    Same("self-checks approved", shown_.self_checks_approved(), approved);
    int64_t duties = 0;
    for (const auto& duty :
         Everything<personnel::v1::ListPostDutiesResponse, personnel::v1::ListPostDutiesRequest>(
             world_)
             .post_duties()) {
      if (duty.year() == year_ && duty.approved_revision() > 0) ++duties;
    }
    Same("duties approved", shown_.duties_approved(), duties);
    const auto filed = [](const auto& records) {
      return std::count_if(records.begin(), records.end(), [](const auto& record) {
        return record.state() == risk::v1::FILING_STATE_FILED ||
               record.state() == risk::v1::FILING_STATE_COMPILED;
      });
    };
    Same("powers", shown_.power_count(),
         filed(Everything<risk::v1::ListPowersResponse, risk::v1::ListPowersRequest>(world_)
                   .powers()));
    Same("charts", shown_.workflow_count(),
         filed(Everything<risk::v1::ListWorkflowsResponse, risk::v1::ListWorkflowsRequest>(world_)
                   .workflows()));
  }

  void CountPapers() {
    int64_t letters = 0;
    int64_t signed_letters = 0;
    for (const auto& letter :
         Everything<grading::v1::ListLettersResponse, grading::v1::ListLettersRequest>(world_)
             .responsibility_letters()) {
      if (letter.year() != year_ || letter.state() == grading::v1::LETTER_STATE_EXPIRED) continue;
      ++letters;
      if (letter.state() == grading::v1::LETTER_STATE_IN_FORCE) ++signed_letters;
    }
    Same("letters", shown_.letter_count(), letters);
    Same("letters signed", shown_.letters_signed(), signed_letters);
    int64_t signs = 0;
    int64_t displayed = 0;
    for (const auto& sign :
         Everything<grading::v1::ListWarningSignsResponse, grading::v1::ListWarningSignsRequest>(
             world_)
             .warning_signs()) {
      if (sign.year() != year_ || sign.state() == grading::v1::WARNING_SIGN_STATE_REMOVED) continue;
      ++signs;
      if (sign.state() == grading::v1::WARNING_SIGN_STATE_DISPLAYED) ++displayed;
    }
    Same("signs", shown_.sign_count(), signs);
    Same("signs displayed", shown_.signs_displayed(), displayed);
    int64_t publications = 0;
    for (const auto& one : Everything<reporting::v1::ListPublicationsResponse,
                                      reporting::v1::ListPublicationsRequest>(world_)
                               .publications()) {
      if (one.year() != year_) continue;
      if (one.state() != reporting::v1::PUBLICATION_STATE_WITHDRAWN) ++publications;
    }
    Same("publications", shown_.publication_count(), publications);
    int64_t rectifications = 0;
    int64_t closed = 0;
    for (const auto& one : Everything<grading::v1::ListRectificationsResponse,
                                      grading::v1::ListRectificationsRequest>(world_)
                               .rectifications()) {
      if (one.year() != year_) continue;
      ++rectifications;
      if (one.state() == grading::v1::RECTIFICATION_STATE_CLOSED) ++closed;
    }
    Same("rectifications", shown_.rectification_count(), rectifications);
    Same("rectifications closed", shown_.rectifications_closed(), closed);
  }

  World& world_;
  int year_;
  const reporting::v1::Statistics& shown_;
  std::map<std::string, RiskLevel> levels_;
};

// The departments and the leadership together are the unit.
void CheckParts(World& world, const reporting::v1::GetStatisticsResponse& statistics) {
  int64_t points = 0;
  int64_t measures = 0;
  int64_t posts = 0;
  for (const auto& department : statistics.departments()) {
    points += department.statistics().risk_point_count();
    measures += department.statistics().measure_count();
    posts += department.statistics().post_count();
  }
  if (points != statistics.total().risk_point_count() ||
      measures != statistics.total().measure_count() || posts != statistics.total().post_count()) {
    world.Problem(absl::StrCat("statistics of ", statistics.year(),
                               ": the departments' sums are not the total"));
  }
}

}  // namespace

void CheckStatistics(World& world) {
  for (int year = kFirstYear; year <= YearOf(world) + 1; ++year) {
    reporting::v1::GetStatisticsRequest request;
    request.set_unit(kUnit);
    request.set_year(year);
    world.Fresh(&request);
    const auto answer = world.Ask<reporting::v1::GetStatisticsResponse>(world.auditor(), request);
    Recount(world, year, answer.total()).Check();
    CheckParts(world, answer);
  }
}

}  // namespace lianfang::model
