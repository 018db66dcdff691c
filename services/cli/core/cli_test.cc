#include "services/cli/core/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "lianfang/common/v1/types.pb.h"
#include "lianfang/ledger/v1/audit.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/import_folder.h"
#include "services/cli/core/pages.h"

namespace lianfang::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FixedClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'780'000'000); }
};

constexpr Flag kFlags[] = {
    {"unit", "UNIT", Flag::kValue, {"单位", "unit"}},
    {"dry", "", Flag::kSwitch, {"不改动", "changes nothing"}},
    {"upstream", "A=B", Flag::kList, {"上游", "upstream"}},
};

absl::Status Echo(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  if (session.json()) {
    common::v1::LedgerPosition position;
    position.set_unit(unit);
    return session.PrintJson(position);
  }
  session.Say(absl::StrCat("单位 ", unit, session.arguments().Has("dry") ? " 试" : "", " ",
                           session.arguments().All("upstream").size()),
              absl::StrCat("unit ", unit, session.arguments().Has("dry") ? " dry" : "", " ",
                           session.arguments().All("upstream").size(), " ", session.address(), " ",
                           absl::FormatDuration(session.timeout())));
  return absl::OkStatus();
}

absl::Status Unreachable(Session&) {
  return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE, "无法连接。", "No answer.");
}
absl::Status Different(Session&) { return VerificationError("不一致。", "Differs."); }
absl::Status Denied(Session&) {
  return FieldError(common::v1::ERROR_REASON_PERMISSION_DENIED, "unit", "不属于您。",
                    "is not yours.");
}

const Command kCommands[] = {
    {"echo", {"回显", "echoes"}, kFlags, Echo},
    {"echo twice", {"回显两次", "echoes twice"}, {}, Echo},
    {"token create", {"签发", "makes"}, kFlags, Echo},
    {"gone", {"无", "gone"}, {}, Unreachable},
    {"differ", {"异", "differs"}, {}, Different},
    {"deny", {"拒", "denies"}, {}, Denied},
};

struct Ended {
  int code;
  std::string out;
  std::string err;
};

Ended RunLine(const std::vector<std::string>& line,
              const std::map<std::string, std::string>& variables = {{"LANG", "en_US.UTF-8"}}) {
  StringSink out;
  StringSink err;
  const FixedClock clock;
  crypto::DeterministicRandom random(1);
  const Environment environment{.out = &out,
                                .err = &err,
                                .clock = &clock,
                                .random = &random,
                                .variable = [&](const std::string& name) {
                                  const auto it = variables.find(name);
                                  return it == variables.end() ? std::string() : it->second;
                                }};
  const int code = Run(line, kCommands, environment);
  return {code, out.text(), err.text()};
}

TEST(Cli, RunsACommandWithOptionsAnywhere) {
  for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
           {"echo", "--unit=a", "--address=h:1", "--timeout=2m"},
           {"--address", "h:1", "echo", "--unit", "a", "--timeout", "2m"},
           {"--timeout=2m", "--address=h:1", "echo", "--unit=units/a"}}) {
    const Ended ended = RunLine(line);
    EXPECT_EQ(ended.code, kExitOk) << ended.err;
    EXPECT_EQ(ended.out, "unit a 0 h:1 2m\n");
    EXPECT_THAT(ended.err, IsEmpty());
  }
}

TEST(Cli, SwitchesAndLists) {
  const Ended ended =
      RunLine({"token", "create", "--unit=a", "--dry", "--upstream=a=b", "--upstream", "c=d"});
  EXPECT_EQ(ended.out, "unit a dry 2 127.0.0.1:7100 30s\n") << ended.err;
}

TEST(Cli, AddressFromTheEnvironment) {
  EXPECT_EQ(RunLine({"echo", "--unit=a"}, {{"LIANFANG_ADDRESS", "x:9"}}).out, "unit a 0 x:9 30s\n");
}

TEST(Cli, LanguageByOptionThenByLocale) {
  EXPECT_EQ(RunLine({"echo", "--unit=a"}, {{"LANG", "zh_CN.UTF-8"}}).out, "单位 a 0\n");
  EXPECT_THAT(RunLine({"echo", "--unit=a", "--lang=en"}, {{"LANG", "zh_CN.UTF-8"}}).out,
              HasSubstr("unit a"));
  EXPECT_EQ(RunLine({"echo", "--unit=a", "--lang", "zh"}).out, "单位 a 0\n");
}

TEST(Cli, JsonIsOneDocumentAndNothingElse) {
  EXPECT_EQ(RunLine({"echo", "--unit=a", "--format=json"}).out, "{\n \"unit\": \"a\"\n}\n");
}

TEST(Cli, WrongUse) {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"nothing"},
      {"token"},
      {"echo"},
      {"echo", "--unit"},
      {"echo", "--unit="},
      {"echo", "--unit=Not An Id"},
      {"echo", "--unit=a", "--unit=b"},
      {"echo", "--unit=a", "--other=1"},
      {"echo", "--unit=a", "extra"},
      {"echo", "--unit=a", "--dry=yes"},
      {"--unit=a", "echo"},
      {"echo", "--unit=a", "--format=xml"},
      {"echo", "--unit=a", "--lang=fr"},
      {"echo", "--unit=a", "--timeout=soon"},
      {"echo", "--unit=a", "--timeout=-1s"},
      {"echo", "--unit=a", "-x"},
  };
  for (const auto& line : lines) {
    const Ended ended = RunLine(line);
    EXPECT_EQ(ended.code, kExitUsage) << ::testing::PrintToString(line);
    EXPECT_THAT(ended.out, IsEmpty()) << ::testing::PrintToString(line);
    EXPECT_THAT(ended.err, Not(IsEmpty())) << ::testing::PrintToString(line);
  }
}

TEST(Cli, ExitCodesOfFailures) {
  const Ended gone = RunLine({"gone", "--address=h:9"});
  EXPECT_EQ(gone.code, kExitUnreachable);
  EXPECT_THAT(gone.err, HasSubstr("address: h:9"));
  EXPECT_EQ(RunLine({"differ"}).code, kExitVerification);
  const Ended denied = RunLine({"deny"});
  EXPECT_EQ(denied.code, kExitFailed);
  EXPECT_EQ(denied.err,
            "Error: unit: is not yours.\n"
            "  reason: PERMISSION_DENIED\n"
            "  unit: is not yours.\n");
  EXPECT_EQ(RunLine({"deny", "--lang=zh"}).err,
            "错误：unit：不属于您。\n"
            "  原因代码：PERMISSION_DENIED\n"
            "  unit：不属于您。\n");
}

TEST(Cli, Help) {
  const Ended overview = RunLine({"help"});
  EXPECT_EQ(overview.code, kExitOk);
  for (const char* part :
       {"echo", "token create", "--address", "Exit codes: 0", "4 verification"}) {
    EXPECT_THAT(overview.out, HasSubstr(part));
  }
  EXPECT_EQ(RunLine({"--help"}).out, overview.out);
  const Ended one = RunLine({"token", "create", "--help"});
  EXPECT_EQ(one.code, kExitOk);
  EXPECT_THAT(one.out, HasSubstr("--upstream=A=B"));
  EXPECT_EQ(RunLine({"help", "token", "create"}).out, one.out);
  EXPECT_THAT(RunLine({"help", "--lang=zh"}).out, HasSubstr("退出码：0 成功"));
}

TEST(Uuid, SameForTheSameLabelAndWellFormed) {
  EXPECT_EQ(UuidOf("a"), UuidOf("a"));
  EXPECT_NE(UuidOf("a"), UuidOf("b"));
  EXPECT_THAT(UuidOf("a"),
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                    "[0-9a-f]{12}"));
}

TEST(List, PartsWithoutEmptyOnes) {
  EXPECT_THAT(SplitList(" a, b,,c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitList(""), IsEmpty());
}

TEST(Pages, NoMoreAtATimeThanTheRequestAllows) {
  EXPECT_EQ(PageSizeOf(*ledger::v1::ListAuditRecordsRequest::descriptor()), 200);
  EXPECT_EQ(PageSizeOf(*risk::v1::ListRiskPointsRequest::descriptor()), 500);
}

TEST(BadRows, FileLineColumnReason) {
  const absl::Status status =
      ErrorBuilder(common::v1::ERROR_REASON_IMPORT_REJECTED, "导入未进行。",
                   "Nothing was imported.")
          .Field("posts:12:department", "没有这个处室。", "no such department.")
          .Build();
  Table zh = BadRowsTable(Lang::kZh);
  ASSERT_TRUE(BadRows(status, Lang::kZh, &zh));
  EXPECT_EQ(zh.Render(0, false),
            "+-----------+----+------------+----------------+\n"
            "| 文件      | 行 | 列         | 原因           |\n"
            "+-----------+----+------------+----------------+\n"
            "| posts.csv | 12 | department | 没有这个处室。 |\n"
            "+-----------+----+------------+----------------+\n");
  Table en = BadRowsTable(Lang::kEn);
  ASSERT_TRUE(BadRows(status, Lang::kEn, &en));
  EXPECT_THAT(en.Render(0, false), HasSubstr("no such department."));
  EXPECT_FALSE(BadRows(absl::AbortedError("else"), Lang::kEn, &en));
}

}  // namespace
}  // namespace lianfang::cli
