#include "services/reporting/domain/warning_rules.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/crypto/sha256.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting {
namespace {

using config::v1::WarningRule;
using v1::Warning;

// Long enough that no two subjects of a unit share one.
constexpr size_t kIdBytes = 15;
// Characters of a record's text that a title shows.
constexpr size_t kTitleCharacters = 40;

// The beginning of a text, cut between characters of UTF-8.
std::string Shorten(absl::string_view text) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;  // inside a character
    if (characters++ == kTitleCharacters) return absl::StrCat(text.substr(0, i), "…");
  }
  return std::string(text);
}

// Full years from one day to another.
int64_t YearsBetween(absl::CivilDay from, absl::CivilDay to) {
  const int64_t years = to.year() - from.year();
  const bool before_the_day =
      std::make_pair(to.month(), to.day()) < std::make_pair(from.month(), from.day());
  return years - (before_the_day ? 1 : 0);
}

class Computer {
 public:
  Computer(const config::v1::WarningsPolicy& policy, const WarningFacts& facts)
      : policy_(policy), facts_(facts), today_(DayOf(facts.now)) {}

  std::map<std::string, Warning> Run() {
    for (const WarningRule& rule : policy_.rules()) {
      switch (rule.kind()) {
        case v1::WARNING_KIND_OVERDUE:
          Overdue(rule);
          break;
        case v1::WARNING_KIND_HIGH_WITHOUT_MEASURE:
          HighWithoutMeasure(rule);
          break;
        case v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT:
          MeasureWithoutEffect(rule);
          break;
        case v1::WARNING_KIND_LONG_HOLDER:
          LongHolder(rule);
          break;
        case v1::WARNING_KIND_REPEATED_FEEDBACK:
          RepeatedFeedback(rule);
          break;
        case v1::WARNING_KIND_CONFLICTING_POWERS:
          ConflictingPowers(rule);
          break;
        default:
          break;
      }
    }
    return std::move(warnings_);
  }

 private:
  // Begins a warning when the value has a colour. `since`: when it reached the first threshold.
  Warning* Add(const WarningRule& rule, absl::string_view key, absl::string_view subject,
               int64_t value, absl::Time since) {
    const auto [colour, threshold] = ColourOf(rule, value);
    if (colour == v1::WARNING_COLOUR_UNSPECIFIED) return nullptr;
    const std::string name = WarningName(facts_.roster.unit, rule.id(), key);
    Warning& warning = warnings_[name];
    warning.set_name(name);
    warning.set_rule(rule.id());
    warning.set_kind(rule.kind());
    warning.set_colour(colour);
    warning.set_state(v1::WARNING_STATE_OPEN);
    warning.set_subject(std::string(subject));
    warning.set_subject_display_name(DisplayName(facts_.roster, subject));
    warning.set_department(DepartmentOf(facts_.roster, subject));
    warning.set_clause(rule.clause());
    warning.set_value(value);
    warning.set_threshold(threshold);
    *warning.mutable_since() = ToTimestamp(since);
    warning.set_policy_version(absl::StrCat(policy_.id(), "@", policy_.version()));
    return &warning;
  }

  int FirstThreshold(const WarningRule& rule) const { return rule.thresholds(0).from(); }

  void Overdue(const WarningRule& rule) {
    for (const WarningFacts::Overdue& late : facts_.overdue) {
      const v1::CampaignTaskItem& item = late.item;
      const absl::CivilDay due = DayOf(item.due_date());
      Warning* warning = Add(
          rule, absl::StrCat(late.year, " ", item.task(), " ", item.subject(), " ", item.person()),
          item.subject(), today_ - due, StartOf(due + FirstThreshold(rule)));
      if (warning == nullptr) continue;
      warning->set_year(late.year);
      for (const std::string& doer : late.doers) warning->add_persons(doer);
      warning->set_title(absl::StrCat(item.title(), "（", item.subject_display_name(), "）逾期",
                                      today_ - due, "天"));
    }
  }

  void HighWithoutMeasure(const WarningRule& rule) {
    for (const state::v1::Attention& open : facts_.attentions) {
      if (open.kind() != rule.kind() ||
          LevelOf(facts_.roster, open.owner()) != common::v1::RISK_LEVEL_HIGH) {
        continue;
      }
      absl::CivilDay began = DayOf(open.since());
      const auto post = facts_.roster.posts.find(open.owner());
      if (post != facts_.roster.posts.end()) began = std::max(began, post->second.level_since);
      const int64_t days = today_ - began;
      Warning* warning =
          Add(rule, open.record(), open.record(), days, StartOf(began + FirstThreshold(rule)));
      if (warning == nullptr) continue;
      Describe(open,
               absl::StrCat("高风险的风险点已有", days, "天没有防控措施：", Shorten(open.text())),
               warning);
    }
  }

  void MeasureWithoutEffect(const WarningRule& rule) {
    for (const state::v1::Attention& open : facts_.attentions) {
      if (open.kind() != rule.kind()) continue;
      const absl::CivilDay assessed = DayOf(open.since());
      const int64_t days = today_ - assessed;
      // At once when the first threshold is the day itself.
      const absl::Time since = FirstThreshold(rule) == 0 ? TimeOf(open.since())
                                                         : StartOf(assessed + FirstThreshold(rule));
      Warning* warning = Add(rule, open.record(), open.record(), days, since);
      if (warning == nullptr) continue;
      Describe(open, absl::StrCat("措施经评估没有达到效果已", days, "天：", Shorten(open.text())),
               warning);
    }
  }

  void Describe(const state::v1::Attention& open, std::string title, Warning* warning) {
    warning->set_year(open.year());
    warning->set_subject_display_name(Shorten(open.text()));
    warning->set_department(DepartmentOf(facts_.roster, open.owner()));
    warning->set_title(std::move(title));
  }

  void LongHolder(const WarningRule& rule) {
    for (const auto& [name, post] : facts_.roster.posts) {
      if (post.level != common::v1::RISK_LEVEL_HIGH) continue;
      for (const RosterHolding& holding : post.holders) {
        const int64_t years = YearsBetween(holding.since, today_);
        const absl::CivilDay reached(holding.since.year() + FirstThreshold(rule),
                                     holding.since.month(), holding.since.day());
        Warning* warning =
            Add(rule, absl::StrCat(name, " ", holding.person), name, years, StartOf(reached));
        if (warning == nullptr) continue;
        warning->add_persons(holding.person);
        warning->set_title(absl::StrCat(DisplayName(facts_.roster, holding.person), "在高风险岗位",
                                        post.display_name, "任职已满", years, "年"));
      }
    }
  }

  void RepeatedFeedback(const WarningRule& rule) {
    // By what it is about, the oldest first.
    std::map<std::string, std::vector<const state::v1::KnownFeedback*>> about;
    for (const state::v1::KnownFeedback& feedback : facts_.feedback) {
      const int64_t age = today_ - DayOf(feedback.time());
      if (feedback.dismissed() || age >= rule.window_days()) continue;
      about[feedback.subject()].push_back(&feedback);
    }
    for (auto& [subject, all] : about) {
      std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
        return std::make_tuple(TimeOf(a->time()), a->name()) <
               std::make_tuple(TimeOf(b->time()), b->name());
      });
      const auto first = static_cast<size_t>(FirstThreshold(rule));
      if (all.size() < first) continue;
      Warning* warning = Add(rule, subject, subject, static_cast<int64_t>(all.size()),
                             TimeOf(all[first - 1]->time()));
      if (warning == nullptr) continue;
      warning->set_department(DepartmentOf(facts_.roster, all.front()->owner()));
      warning->set_title(absl::StrCat(rule.window_days(), "天内群众反映", all.size(), "次：",
                                      warning->subject_display_name()));
    }
  }

  void ConflictingPowers(const WarningRule& rule) {
    struct Hand {
      std::set<common::v1::PostFunction> functions;
      std::string post;  // one of his posts, the first by name
      absl::CivilDay since = absl::CivilDay::min();
    };
    std::map<std::string, Hand> hands;
    for (const auto& [name, post] : facts_.roster.posts) {
      for (const RosterHolding& holding : post.holders) {
        Hand& hand = hands[holding.person];
        if (hand.post.empty()) hand.post = name;
        hand.functions.insert(post.functions.begin(), post.functions.end());
        if (!post.functions.empty()) hand.since = std::max(hand.since, holding.since);
      }
    }
    for (const auto& [person, hand] : hands) {
      std::vector<std::string> pairs;
      for (const auto& pair : policy_.conflicting_functions()) {
        if (hand.functions.contains(pair.a()) && hand.functions.contains(pair.b())) {
          pairs.push_back(absl::StrCat(FunctionWord(pair.a()), "与", FunctionWord(pair.b())));
        }
      }
      Warning* warning =
          Add(rule, person, person, static_cast<int64_t>(pairs.size()), StartOf(hand.since));
      if (warning == nullptr) continue;
      warning->set_department(DepartmentOf(facts_.roster, hand.post));
      warning->add_persons(person);
      warning->set_title(absl::StrCat(DisplayName(facts_.roster, person), "一人兼有不相容职权：",
                                      absl::StrJoin(pairs, "、")));
    }
  }

  const config::v1::WarningsPolicy& policy_;
  const WarningFacts& facts_;
  const absl::CivilDay today_;
  std::map<std::string, Warning> warnings_;
};

}  // namespace

std::string WarningName(absl::string_view unit, absl::string_view rule, absl::string_view key) {
  const std::string digest = crypto::ToBytes(crypto::Sha256({rule, "\n", key}));
  return absl::StrCat(unit, "/warnings/w-", absl::BytesToHexString(digest.substr(0, kIdBytes)));
}

std::pair<v1::WarningColour, int64_t> ColourOf(const WarningRule& rule, int64_t value) {
  std::pair<v1::WarningColour, int64_t> colour = {v1::WARNING_COLOUR_UNSPECIFIED, 0};
  for (const auto& threshold : rule.thresholds()) {
    if (value >= threshold.from()) colour = {threshold.colour(), threshold.from()};
  }
  return colour;
}

std::map<std::string, Warning> ComputeWarnings(const config::v1::WarningsPolicy& policy,
                                               const WarningFacts& facts) {
  return Computer(policy, facts).Run();
}

}  // namespace lianfang::reporting
