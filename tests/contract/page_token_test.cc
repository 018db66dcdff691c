// Page tokens of every list: whose token it is, and for what it was given, is never a way to what
// the caller may not see. The lists are those of the descriptors, so that a new one is tried too.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/testing/until.h"
#include "lianfang/common/v1/options.pb.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/ledger/v1/audit.grpc.pb.h"
#include "lianfang/reporting/v1/document.pb.h"
#include "tests/contract/descriptors.h"
#include "tests/contract/played_school.h"

namespace lianfang::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

using acceptance::Must;

constexpr auto kNoToken = common::v1::ERROR_REASON_INVALID_PAGE_TOKEN;
constexpr auto kNotFound = common::v1::ERROR_REASON_RESOURCE_NOT_FOUND;

// Lists that this school has too little for: an aggregator's, and what other parties bring about
// (witnesses, sessions at a login page, erasures). They have no second page here; that they take
// nobody else's token is tried all the same.
const std::set<std::string>& TooShort() {
  static const auto* names = new std::set<std::string>{
      "lianfang.aggregation.v1.AggregationService.ListMembers",
      "lianfang.aggregation.v1.AggregationService.ListSuperiorTasks",
      "lianfang.ledger.v1.LedgerService.ListCosignatures",
      "lianfang.ledger.v1.LedgerService.ListErasures",
      "lianfang.personnel.v1.AccessService.ListSessions",
  };
  return *names;
}

std::string Name(const MethodDescriptor* method) { return method->full_name(); }

// What a list shows: its entries as they stand, in order.
struct Page {
  std::vector<std::string> entries;
  std::string next;
};

const FieldDescriptor* Entries(const MethodDescriptor* method) {
  const auto* type = method->output_type();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->is_repeated() && type->field(i)->message_type() != nullptr &&
        type->field(i)->message_type()->full_name() != "lianfang.common.v1.LedgerPosition") {
      return type->field(i);
    }
  }
  return nullptr;
}

void SetText(Message* request, const char* name, const std::string& text) {
  const auto* field = request->GetDescriptor()->FindFieldByName(name);
  ASSERT_NE(field, nullptr) << request->GetDescriptor()->full_name();
  request->GetReflection()->SetString(request, field, text);
}

std::unique_ptr<Message> Asking(const Message& request, int size, const std::string& token) {
  std::unique_ptr<Message> asked(request.New());
  asked->CopyFrom(request);
  const auto* field = asked->GetDescriptor()->FindFieldByName("page_size");
  asked->GetReflection()->SetInt32(asked.get(), field, size);
  SetText(asked.get(), "page_token", token);
  return asked;
}

// The same question with another filter; null for a list that has none.
std::unique_ptr<Message> Filtered(const Message& request) {
  static const std::set<std::string> not_filters = {"parent",    "name",       "unit",
                                                    "page_size", "page_token", "not_before"};
  std::unique_ptr<Message> other(request.New());
  other->CopyFrom(request);
  const auto* type = other->GetDescriptor();
  const auto* reflection = other->GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->is_repeated() || not_filters.contains(field->name())) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      reflection->SetBool(other.get(), field, !reflection->GetBool(*other, field));
    } else if (field->enum_type() != nullptr) {
      const int last = field->enum_type()->value(field->enum_type()->value_count() - 1)->number();
      reflection->SetEnumValue(other.get(), field, last);
    } else if (field->name() == "year") {
      reflection->SetInt32(other.get(), field, acceptance::kYear + 1);
    } else {
      continue;
    }
    return other;
  }
  return nullptr;
}

class PageTokens : public PlayedSchool {
 protected:
  absl::StatusOr<Page> Ask(const MethodDescriptor* method, const std::string& token,
                           const Message& request) {
    std::string answer;
    LF_RETURN_IF_ERROR(Send(method, token, request, &answer));
    const auto response = Read(method, answer);
    Page page;
    const FieldDescriptor* entries = Entries(method);
    for (int i = 0; i < response->GetReflection()->FieldSize(*response, entries); ++i) {
      page.entries.push_back(
          response->GetReflection()->GetRepeatedMessage(*response, entries, i).SerializeAsString());
    }
    page.next = response->GetReflection()->GetString(
        *response, response->GetDescriptor()->FindFieldByName("next_page_token"));
    return page;
  }

  // Everything that the caller sees, page by page; nothing when he may not call it.
  std::optional<std::vector<std::string>> All(const MethodDescriptor* method,
                                              const std::string& token, const Message& request,
                                              int size) {
    std::vector<std::string> all;
    std::string next;
    for (int pages = 0; pages < 2000; ++pages) {
      const auto page = Ask(method, token, *Asking(request, size, next));
      if (!page.ok()) return std::nullopt;
      all.insert(all.end(), page->entries.begin(), page->entries.end());
      next = page->next;
      if (next.empty()) return all;
      EXPECT_LE(page->entries.size(), static_cast<size_t>(size)) << Name(method);
    }
    ADD_FAILURE() << Name(method) << " never ends";
    return std::nullopt;
  }

  // A second one of what the tables need but one of.
  void PlayMore() {
    using acceptance::kUnit;
    using acceptance::kYear;
    // A form handed in twice, for the year after.
    auto form = NewSelfCheck("storekeeper");
    form.set_self_check_id("sc-2014-storekeeper");
    form.mutable_self_check()->set_year(kYear + 1);
    client::Client& keeper = As("storekeeper");
    const std::string name =
        Must(Call(keeper, &acceptance::RiskStub::CreateSelfCheck, form)).self_check().name();
    for (const bool again : {false, true}) {
      Must(Do(keeper, &acceptance::RiskStub::SubmitSelfCheck, name));
      if (!again) Must(Do(keeper, &acceptance::RiskStub::WithdrawSelfCheck, name));
    }
    // Duties of all, compiled; one revised, and compiled again.
    for (const std::string& post : posts()) {
      const auto duty =
          Do(auditor(), &acceptance::DutyStub::GetPostDuty, acceptance::Named("postDuties", post));
      if (duty.ok()) {
        ApproveSteps(duty->post_duty().review());
      } else {
        ApproveDuty(post);
      }
    }
    const auto compile = [&] {
      personnel::v1::CompilePostDutiesRequest request;
      request.set_year(kYear);
      Must(Call(office(), &acceptance::DutyStub::CompilePostDuties, request));
    };
    compile();
    const std::string duty = acceptance::Named("postDuties", "storekeeper");
    Must(Do(head("supply"), &acceptance::DutyStub::RevisePostDuty, duty));
    personnel::v1::UpdatePostDutyRequest update;
    update.mutable_post_duty()->set_name(duty);
    update.mutable_post_duty()->add_items("每月盘点。");
    update.mutable_update_mask()->add_paths("items");
    Must(Call(head("supply"), &acceptance::DutyStub::UpdatePostDuty, update));
    ApproveSteps(
        Must(Do(head("supply"), &acceptance::DutyStub::SubmitPostDuty, duty)).post_duty().review());
    compile();
    // Powers of all, compiled twice.
    for (const char* department : {"supply", "teaching", "finance", "party-office", "moral"}) {
      HandInAndApprove(head(department), risk::v1::SUBMISSION_KIND_POWER_CATALOGUE,
                       acceptance::Department(department), department == std::string("moral"));
    }
    for (int i = 0; i < 2; ++i) {
      risk::v1::CompileVolumeRequest request;
      request.set_kind(risk::v1::VOLUME_KIND_POWER_CATALOGUE);
      request.set_year(kYear);
      Must(Call(office(), &acceptance::RiskStub::CompileVolume, request));
    }
    // Publications, reports and documents.
    for (const char* person : {"buyer", "storekeeper"}) {
      Must(Call(office(), &acceptance::PublicityStub::CreatePublication,
                NewPublication(reporting::v1::PUBLICATION_KIND_RISK_POINTS,
                               {absl::StrCat(kUnit, "/riskPoints/sc-", person, "-1")},
                               common::v1::PUBLICITY_SCOPE_LIMITED)));
      reporting::v1::GetUnitReportRequest report;
      report.set_unit(kUnit);
      Must(Call(office(), &acceptance::ReportingStub::GetUnitReport, report));
    }
    const auto* render = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        "lianfang.reporting.v1.DocumentService.RenderDocument");
    for (const auto kind :
         {reporting::v1::DOCUMENT_KIND_STATISTICS, reporting::v1::DOCUMENT_KIND_POST_DUTIES}) {
      reporting::v1::RenderDocumentRequest request;
      request.set_parent(kUnit);
      request.set_kind(kind);
      request.set_year(kYear);
      std::string answer;
      const absl::Status made = Send(render, TokenOf("control_office"), request, &answer);
      ASSERT_TRUE(made.ok()) << made;
    }
    reporting::v1::CreateCampaignRequest campaign;
    campaign.mutable_campaign()->set_year(kYear + 1);
    Must(Call(office(), &acceptance::CampaignStub::CreateCampaign, campaign));
    personnel::v1::CreateUnitRequest unit;
    unit.set_unit_id("elsewhere");
    unit.mutable_unit()->set_display_name("别的学校");
    unit.mutable_unit()->set_kind(personnel::v1::UNIT_KIND_SCHOOL);
    Must(Call(server().As("services/founder", {"administrator"}, {"*"}),
              &acceptance::PersonnelStub::CreateUnit, unit));
    // In the middle of the year: something is due, something is late.
    On(6, 20);
    // Reviews that wait for the superior.
    for (const char* leader : {"principal", "secretary"}) {
      auto own = NewSelfCheck(leader);
      own.set_self_check_id(absl::StrCat("sc-2014-", leader));
      own.mutable_self_check()->set_year(kYear + 1);
      const std::string made =
          Must(Call(As(leader), &acceptance::RiskStub::CreateSelfCheck, own)).self_check().name();
      Must(Do(As(leader), &acceptance::RiskStub::SubmitSelfCheck, made));
    }
    // Calls that are denied are on the audit trail, a moment later.
    for (const Caller& caller : Callers()) {
      static_cast<void>(
          Call(With(caller.subject, {caller.role}), &acceptance::RiskStub::ListMeasures, {}));
    }
    ledger::v1::ListAuditRecordsRequest denied;
    denied.set_parent(absl::StrCat(kUnit, "/ledgers/risk"));
    denied.set_page_size(1);
    EXPECT_TRUE(testing::Until([&] {
      const auto page = Call(auditor(), &ledger::v1::AuditService::Stub::ListAuditRecords, denied);
      return page.ok() && !page->next_page_token().empty();
    }));
  }

  std::string TokenOf(const std::string& role) {
    for (const Caller& caller : Callers()) {
      if (caller.role == role) return PlayedSchool::TokenOf(caller);
    }
    return "";
  }
  using PlayedSchool::TokenOf;

  // Somebody's list of more than one entry, and the token of its second page.
  struct Found {
    const MethodDescriptor* method;
    const Caller* caller;
    std::vector<std::string> units;  // of his identity
    std::unique_ptr<Message> request;
    std::string token;
  };

  std::optional<Found> Find(const MethodDescriptor* method) {
    // Whoever sees most comes first.
    for (const char* role : {"auditor", "control_office", "administrator", "superior_office",
                             "district_admin", "service", "staff"}) {
      for (const Caller& caller : Callers()) {
        if (caller.role != std::string(role)) continue;
        // Below one record a list is that of its owner; any owner whose list is long enough will
        // do.
        for (const Owner& owner : {kSame, kOther, Owner{"principal", ""}}) {
          std::set<std::string> missing;
          auto request = requests().For(method, owner, &missing);
          if (!missing.empty()) continue;
          // Units are listed to whoever has more than one.
          for (const auto& units : {std::vector<std::string>{"school"}, {"school", "elsewhere"}}) {
            const auto page = Ask(method, TokenOf(caller, units), *Asking(*request, 1, ""));
            if (page.ok() && !page->next.empty()) {
              return Found{method, &caller, units, std::move(request), page->next};
            }
          }
        }
      }
    }
    return std::nullopt;
  }

  // The answer to a question that the token was not given for: refused, or nothing that this caller
  // does not see by asking from the first page.
  void ShowsNoMore(const Found& found, const Caller& caller, const Message& request,
                   const std::string& token, const std::string& what) {
    SCOPED_TRACE(absl::StrCat(Name(found.method), ", ", what, ", as ", caller.role));
    const std::string identity = TokenOf(caller);
    const auto page = Ask(found.method, identity, *Asking(request, 200, token));
    if (!page.ok()) {
      EXPECT_NE(ReasonOf(page.status()), common::v1::ERROR_REASON_INTERNAL) << page.status();
      return;
    }
    const auto own = All(found.method, identity, request, 200);
    ASSERT_TRUE(own.has_value());
    for (const std::string& entry : page->entries) {
      EXPECT_NE(std::find(own->begin(), own->end(), entry), own->end());
    }
  }
};

TEST_F(PageTokens, AreNoWayToWhatTheCallerMayNotSee) {
  ASSERT_NO_THROW({
    Play();
    PlayMore();
    ReadRecords();
  });
  std::vector<Found> lists;
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->input_type()->FindFieldByName("page_token") == nullptr) continue;
    ASSERT_NE(Entries(method), nullptr) << Name(method);
    auto found = Find(method);
    EXPECT_EQ(found.has_value(), !TooShort().contains(Name(method))) << Name(method);
    if (found) lists.push_back(*std::move(found));
  }
  ASSERT_GT(lists.size(), 35U);
  for (const MethodDescriptor* method : AllMethods()) {
    if (!TooShort().contains(Name(method))) continue;
    for (const Caller& caller : Callers()) {
      for (const Owner& owner : {kSame, caller.own}) {
        std::set<std::string> missing;
        const auto request = requests().For(method, owner, &missing);
        for (const std::string& token : {std::string("x"), lists.front().token}) {
          const auto page = Ask(method, TokenOf(caller), *Asking(*request, 1, token));
          EXPECT_FALSE(page.ok()) << Name(method) << " as " << caller.role;
          EXPECT_NE(ReasonOf(page.status()), common::v1::ERROR_REASON_INTERNAL) << Name(method);
        }
      }
    }
  }

  for (const Found& found : lists) {
    SCOPED_TRACE(Name(found.method));
    const std::string own = TokenOf(*found.caller, found.units);
    const auto refused = [&](const std::string& identity, const Message& request,
                             const std::string& token, const std::string& what) {
      const auto page = Ask(found.method, identity, *Asking(request, 200, token));
      // What a list is below of is looked for first.
      const bool nothing_there = ReasonOf(page.status()) == kNotFound;
      EXPECT_TRUE(nothing_there || ReasonOf(page.status()) == kNoToken)
          << what << ": " << page.status();
    };

    // Pages of one are the list, each entry once. Names of what is still counted while it is read,
    // as the audit trail is, differ from call to call.
    const auto whole = All(found.method, own, *found.request, 200);
    ASSERT_TRUE(whole.has_value());
    if (!absl::StrContains(Name(found.method), "Audit")) {
      EXPECT_EQ(All(found.method, own, *found.request, 1), whole);
    }

    // Another unit, asked by somebody who may ask there.
    const auto elsewhere = Requests::Elsewhere(*found.request);
    if (elsewhere->SerializeAsString() != found.request->SerializeAsString()) {
      refused(TokenOf(*found.caller, {"school", "elsewhere"}), *elsewhere, found.token,
              "another unit");
    }
    // Another filter.
    if (const auto filtered = Filtered(*found.request)) {
      refused(own, *filtered, found.token, "another filter");
    }
    // Another list's.
    const Found& other = &found == &lists.front() ? lists.back() : lists.front();
    refused(own, *found.request, other.token, "another list's token");
    // No token at all.
    for (const char* text : {"x", "AAAA", "%00", "' OR 1=1 --"}) {
      refused(own, *found.request, text, text);
    }
    // Altered bytes: of the query it was given for, refused; of the place in the list, another
    // place of the same list.
    std::string bytes;
    ASSERT_TRUE(absl::WebSafeBase64Unescape(found.token, &bytes));
    for (size_t at = 0; at < bytes.size(); ++at) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x01);
      ShowsNoMore(found, *found.caller, *found.request, absl::WebSafeBase64Escape(changed),
                  absl::StrCat("byte ", at, " altered"));
    }
    // A place of the caller's own making.
    internal::v1::PageToken made;
    ASSERT_TRUE(made.ParseFromString(bytes));
    for (const char* after : {"0", "zzzz", "units/elsewhere/x", "\xff\xfe", "9223372036854775807",
                              "-9223372036854775808"}) {
      made.set_after(after);
      ShowsNoMore(found, *found.caller, *found.request,
                  absl::WebSafeBase64Escape(made.SerializeAsString()), "a made place");
    }
    // Callers with other rights: each with each role, and what he is told names nothing hidden.
    for (const Caller& caller : Callers()) {
      ShowsNoMore(found, caller, *found.request, found.token, "another's token");
    }
  }
}

// A token says where its list goes on. To whoever does not see all of it, it names nothing that is
// hidden from him.
TEST_F(PageTokens, NameOnlyWhatTheirPageShows) {
  ASSERT_NO_THROW(Play());
  int looked_at = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const FieldDescriptor* records = RecordsOf(method);
    if (method->input_type()->FindFieldByName("page_token") == nullptr || records == nullptr) {
      continue;
    }
    const auto* name = records->message_type()->FindFieldByName("name");
    for (const Caller& caller : Callers()) {
      for (const Owner& owner : {kSame, kOther}) {
        std::set<std::string> missing;
        const auto request = requests().For(method, owner, &missing);
        if (!missing.empty()) continue;
        std::string answer;
        if (!Send(method, TokenOf(caller), *Asking(*request, 1, ""), &answer).ok()) continue;
        const auto response = Read(method, answer);
        const auto* reflection = response->GetReflection();
        std::string bytes;
        internal::v1::PageToken token;
        const std::string next = reflection->GetString(
            *response, response->GetDescriptor()->FindFieldByName("next_page_token"));
        if (next.empty()) continue;
        ASSERT_TRUE(absl::WebSafeBase64Unescape(next, &bytes) && token.ParseFromString(bytes));
        ++looked_at;
        ASSERT_EQ(reflection->FieldSize(*response, records), 1) << Name(method);
        const Message& last = reflection->GetRepeatedMessage(*response, records, 0);
        const std::string shown = last.GetReflection()->GetString(last, name);
        // Its id, or its name with what it is ordered by.
        const std::vector<std::string> parts = absl::StrSplit(shown, '/');
        EXPECT_TRUE(absl::StrContains(token.after(), parts.back()))
            << Name(method) << " as " << caller.role << ": " << token.after() << " after " << shown;
      }
    }
  }
  EXPECT_GT(looked_at, 100);
}

}  // namespace
}  // namespace lianfang::contract
