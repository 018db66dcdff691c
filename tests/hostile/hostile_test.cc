// A hostile caller at the API: every string of every request of every method, and tokens that
// nobody signed. What is refused must be refused with a reason, and nothing may be let in.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/utf8.h"
#include "common/crypto/ec_key.h"
#include "common/rpc/validate.h"
#include "common/testing/test_server.h"
#include "google/protobuf/dynamic_message.h"
#include "lianfang/common/v1/options.pb.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"

namespace lianfang {
namespace {

using common::v1::ErrorReason;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  std::vector<const MethodDescriptor*> methods;
  for (const char* file :
       {"aggregation/v1/aggregation", "grading/v1/grading", "grading/v1/inspection",
        "grading/v1/responsibility", "ledger/v1/ledger", "ledger/v1/audit",
        "personnel/v1/personnel", "personnel/v1/access", "personnel/v1/duty",
        "reporting/v1/reporting", "reporting/v1/campaign", "reporting/v1/document",
        "reporting/v1/publicity", "reporting/v1/warning", "risk/v1/risk", "risk/v1/power",
        "risk/v1/submission", "risk/v1/feedback", "risk/v1/form_import"}) {
    const auto* descriptor = pool->FindFileByName(absl::StrCat("lianfang/", file, ".proto"));
    if (descriptor == nullptr) continue;
    for (int s = 0; s < descriptor->service_count(); ++s) {
      for (int m = 0; m < descriptor->service(s)->method_count(); ++m) {
        methods.push_back(descriptor->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::string PathOf(const MethodDescriptor* method) {
  return absl::StrCat("/", method->service()->full_name(), "/", method->name());
}

// A text that the field takes.
std::string GoodText(const FieldDescriptor* field) {
  const auto& limits = field->options().GetExtension(common::v1::limits);
  if (!limits.resource().empty()) {
    return absl::StrReplaceAll(limits.resource(), {{"*", "a"}});
  }
  if (limits.uuid()) return "12345678-1234-4234-8234-123456789abc";
  return limits.resource_id() ? "a" : "文";
}

constexpr int kMaxDepth = 4;

// Everything set to what the validator takes, as far as it goes.
void Fill(Message* message, int depth) {
  const Descriptor* type = message->GetDescriptor();
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->is_map() || (field->real_containing_oneof() != nullptr &&
                            field->real_containing_oneof()->field(0) != field)) {
      continue;
    }
    const auto& limits = field->options().GetExtension(common::v1::limits);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        if (field->type() == FieldDescriptor::TYPE_BYTES) {
          if (!field->is_repeated()) reflection->SetString(message, field, std::string(32, 'd'));
          break;
        }
        if (field->is_repeated()) {
          reflection->AddString(message, field, GoodText(field));
        } else {
          reflection->SetString(message, field, GoodText(field));
        }
        break;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value =
            field->enum_type()->value(field->enum_type()->value_count() > 1)->number();
        if (field->is_repeated()) {
          reflection->AddEnumValue(message, field, value);
        } else {
          reflection->SetEnumValue(message, field, value);
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_INT32:
        if (field->is_repeated()) break;
        reflection->SetInt32(message, field, static_cast<int>(std::max<int64_t>(limits.min(), 1)));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        if (field->is_repeated()) break;
        reflection->SetInt64(message, field, std::max<int64_t>(limits.min(), 1));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth >= kMaxDepth || field->message_type() == type) break;
        // A mask would hide what it does not name.
        if (field->message_type()->full_name() == "google.protobuf.FieldMask") break;
        Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                  : reflection->MutableMessage(message, field),
             depth + 1);
        break;
      default:
        break;
    }
  }
}

// Calls `visit` with the owner and field of each string in the message.
void ForEachString(
    Message* message, const std::string& path,
    const std::function<void(Message*, const FieldDescriptor*, std::string)>& visit) {
  const auto* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_map()) continue;
    const std::string at = absl::StrCat(path, path.empty() ? "" : ".", field->name());
    if (field->type() == FieldDescriptor::TYPE_STRING) visit(message, field, at);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->is_repeated()) {
      ForEachString(reflection->MutableRepeatedMessage(message, field, 0), at, visit);
    } else {
      ForEachString(reflection->MutableMessage(message, field), at, visit);
    }
  }
}

class Text {
 public:
  Text(Message* owner, const FieldDescriptor* field)
      : owner_(owner), field_(field), before_(Get()) {}
  ~Text() { Set(before_); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  void Set(const std::string& text) {
    const auto* reflection = owner_->GetReflection();
    if (field_->is_repeated()) {
      reflection->SetRepeatedString(owner_, field_, 0, text);
    } else {
      reflection->SetString(owner_, field_, text);
    }
  }

 private:
  std::string Get() const {
    const auto* reflection = owner_->GetReflection();
    return field_->is_repeated() ? reflection->GetRepeatedString(*owner_, field_, 0)
                                 : reflection->GetString(*owner_, field_);
  }
  Message* owner_;
  const FieldDescriptor* field_;
  std::string before_;
};

class HostileTest : public ::testing::Test {
 protected:
  HostileTest()
      : server_({personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
                 reporting::ReportingModule(), aggregator::AggregatorModule()}),
        channel_(client::MakeChannel(server_.address())) {}

  // Whether a new caller still gets an answer.
  void ExpectAlive() {
    personnel::v1::GetUnitRequest request;
    request.set_name("units/none");
    EXPECT_THAT(testing::Call<personnel::v1::PersonnelService>(
                    server_.As("admin", {"administrator"}),
                    &personnel::v1::PersonnelService::Stub::GetUnit, request),
                testing::FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  }

  absl::Status Send(const MethodDescriptor* method, const std::string& token,
                    const Message& request) {
    return testing::SendRaw(
        channel_, PathOf(method), token, request.SerializePartialAsString(),
        method->server_streaming() ? absl::Milliseconds(300) : absl::Seconds(20));
  }

  // With as many roles as anybody could have, so that what stops a request is the request.
  std::string Everything() {
    return server_.Token("integrations/hostile",
                         {"administrator", "control_office", "inspector", "district_reader",
                          "superior", "service", "integration", "leader", "security_officer"});
  }

  testing::TestServer server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// Texts that no field takes, whatever it holds.
const std::vector<std::string>& RefusedTexts() {
  static const auto* texts = new std::vector<std::string>{
      std::string("\0", 1),       // the end of a C string
      std::string("a\0b", 3),     //
      "\x1b[2J",                  // commands of a terminal
      "a\rb",                     //
      "\x7f",                     //
      "\u0085",                   // C1
      "出\u200b纳",               // zero width space
      "出\u200d纳",               // zero width joiner
      "出纳\u2060",               // word joiner
      "\ufeff出纳",               // byte order mark
      "\u202e纳出",               // written the other way round
      "a\u2066b\u2069",           // isolates
      "\u200f",                   // right-to-left mark
      "a\u2028b",                 // line separator
      "a\u00adb",                 // soft hyphen
      "a\u3164b",                 // a filler that looks like a space
      "\U000e0041",               // tags
      "\xc0\xaf",                 // an overlong slash
      "\xed\xa0\x80",             // half a surrogate
      "\xff",                     //
      std::string(100'000, 'x'),  // more than any field takes
  };
  return *texts;
}

// Texts that mean something elsewhere. Where people write, they are text.
const std::vector<std::string>& MeaningfulTexts() {
  static const auto* texts = new std::vector<std::string>{
      "' OR '1'='1",
      "'; DROP TABLE ledger_entries; --",
      "\" UNION SELECT body FROM persons --",
      "%' OR unit_id LIKE '%",
      "\\'; --",
      "{{7*7}}",
      "$(id)",
      "`id`",
      "<script>alert(1)</script>",
      "=cmd|' /C calc'!A0",
      "%s%n%x",
      "NULL",
      "-1",
      "ᴀdmin",
      "аdmin",
      "Ａ",
  };
  return *texts;
}

// What a name or an id must never be taken for.
const std::vector<std::string>& Paths() {
  static const auto* texts =
      new std::vector<std::string>{"..",
                                   "../..",
                                   "units/..",
                                   "units/../../etc/passwd",
                                   "units/%2e%2e",
                                   "units/a%2fb",
                                   "units//",
                                   "//",
                                   "/units/a",
                                   "units/a/",
                                   "units/A",
                                   "UNITS/a",
                                   "units/a/../b",
                                   "units/a;b",
                                   "units/a?b",
                                   "units/a#b",
                                   "units/a b",
                                   "units/.",
                                   "units/-a",
                                   "units/a-",
                                   "units/a_b",
                                   "units/*",
                                   "*",
                                   "units/出纳",
                                   "units/аb",
                                   "units/a\\b",
                                   "c:\\",
                                   "file:///etc/passwd",
                                   "~",
                                   absl::StrCat("units/", std::string(64, 'a')),
                                   absl::StrCat("units/", std::string(300, 'a'))};
  return *texts;
}

bool IsRefusal(ErrorReason reason) {
  return reason != common::v1::ERROR_REASON_UNSPECIFIED &&
         reason != common::v1::ERROR_REASON_INTERNAL;
}

TEST_F(HostileTest, EveryStringOfEveryRequest) {
  const std::string token = Everything();
  int methods = 0;
  int fields = 0;
  int sent = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    ++methods;
    const std::unique_ptr<Message> request(
        MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
    Fill(request.get(), 0);
    ForEachString(
        request.get(), "",
        [&](Message* owner, const FieldDescriptor* field, const std::string& path) {
          ++fields;
          Text text(owner, field);
          const auto& limits = field->options().GetExtension(common::v1::limits);
          const bool is_name = !limits.resource().empty() || limits.resource_id() || limits.uuid();
          const std::string where = absl::StrCat(method->full_name(), " ", path);
          // What is wrong with one of many is the answer to that one; see below.
          const bool answered_singly =
              method->name() == "StreamGradePosts" && path.find("profile") == 0;
          const auto send = [&](const std::string& value, bool must_refuse) {
            text.Set(value);
            ++sent;
            const absl::Status status = Send(method, token, *request);
            const std::string what = absl::StrCat(
                where, " = ", absl::CHexEscape(value.substr(0, 40)), ": ", status.ToString());
            if (must_refuse && !answered_singly) {
              EXPECT_FALSE(status.ok()) << what;
            }
            if (!status.ok()) {
              EXPECT_TRUE(IsRefusal(ReasonOf(status))) << what;
            }
          };
          for (const std::string& value : RefusedTexts()) send(value, true);
          for (const std::string& value : MeaningfulTexts()) send(value, is_name);
          if (!is_name) return;
          for (const std::string& value : Paths()) send(value, true);
        });
  }
  ExpectAlive();
  std::printf("%d methods, %d string fields, %d requests\n", methods, fields, sent);
  EXPECT_GE(methods, 100);
  EXPECT_GE(fields, 400);
}

TEST_F(HostileTest, OneBadPostOfABatchIsRefusedByItself) {
  auto& caller = server_.As("integrations/hostile", {"integration"});
  grading::v1::BatchGradePostsRequest request;
  for (const std::string& value : RefusedTexts()) {
    // A text that is not UTF-8 fails the request as a whole.
    if (!IsValidUtf8(value)) continue;
    request.add_profiles()->set_post(value);
  }
  request.add_profiles()->set_post("units/u/posts/p");
  const auto response = testing::Call<grading::v1::GradingService>(
      caller, &grading::v1::GradingService::Stub::BatchGradePosts, request);
  ASSERT_THAT(response, testing::IsOk());
  ASSERT_EQ(response->results_size(), request.profiles_size());
  for (int i = 0; i + 1 < request.profiles_size(); ++i) {
    EXPECT_TRUE(response->results(i).has_error())
        << absl::CHexEscape(request.profiles(i).post().substr(0, 40));
  }
  EXPECT_FALSE(response->results(request.profiles_size() - 1).has_error());
}

// The same without the server: which of the texts the validator alone stops, so that the test above
// does not rest on handlers that refuse for another reason.
TEST(Validation, StopsHiddenAndOverlongTextsInEveryField) {
  int fields = 0;
  int skipped = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const std::unique_ptr<Message> request(
        MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
    Fill(request.get(), 0);
    const rpc::Validator& validator = rpc::Validator::For(method->input_type());
    if (!validator.Check(*request).ok()) {
      ++skipped;
      ADD_FAILURE() << method->full_name() << ": " << validator.Check(*request);
      continue;
    }
    ForEachString(request.get(), "",
                  [&](Message* owner, const FieldDescriptor* field, const std::string& path) {
                    // What only the server sets is not read.
                    Text text(owner, field);
                    text.Set("a\x01");
                    if (validator.Check(*request).ok()) return;
                    ++fields;
                    for (const std::string& value : RefusedTexts()) {
                      text.Set(value);
                      EXPECT_FALSE(validator.Check(*request).ok())
                          << method->full_name() << " " << path << " = " << absl::CHexEscape(value);
                    }
                  });
  }
  EXPECT_EQ(skipped, 0);
  EXPECT_GE(fields, 400);
}

std::string Base64(absl::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::string Hmac(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  return std::string(reinterpret_cast<const char*>(out.data()), size);
}

TEST_F(HostileTest, TokensThatNobodySigned) {
  const std::string good = server_.Token("units/u/persons/p", {"staff"}, {"u"});
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  ASSERT_EQ(parts.size(), 3U);
  std::string claims;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[1], &claims));
  const std::string risen = Base64(
      absl::StrReplaceAll(claims, {{"\"staff\"", "\"administrator\""}, {"[\"u\"]", "[\"*\"]"}}));
  config::v1::ServerConfig config;
  config.set_data_dir(server_.data_dir());
  const auto key = crypto::EcPrivateKey::LoadOrCreate(server::TokenKeyPath(config));
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string pem = *key->PublicPem();
  const auto stranger = auth::TokenSigner::FromKey(*crypto::EcPrivateKey::Generate());

  std::map<std::string, std::string> tokens;
  const auto with_header = [](const std::string& algorithm) {
    return Base64(absl::StrCat("{\"alg\":\"", algorithm, "\",\"typ\":\"JWT\"}"));
  };
  for (const char* none : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string header = with_header(none);
    tokens[absl::StrCat("alg ", none)] = absl::StrCat(header, ".", risen, ".");
    tokens[absl::StrCat("alg ", none, " signed")] = absl::StrCat(header, ".", risen, ".", parts[2]);
  }
  // The public key, which everybody may know, as the secret of a symmetric signature.
  for (const std::string& secret : {pem, pem.substr(0, pem.size() - 1), std::string()}) {
    const std::string text = absl::StrCat(with_header("HS256"), ".", risen);
    tokens[absl::StrCat("HS256 ", secret.size())] =
        absl::StrCat(text, ".", Base64(Hmac(secret, text)));
  }
  for (const char* other : {"ES384", "ES512", "RS256", "PS256", "EdDSA", "ES256K", "es256"}) {
    tokens[absl::StrCat("alg ", other)] =
        absl::StrCat(with_header(other), ".", risen, ".", parts[2]);
  }
  tokens["claims changed"] = absl::StrCat(parts[0], ".", risen, ".", parts[2]);
  tokens["no signature"] = absl::StrCat(parts[0], ".", parts[1], ".");
  tokens["two parts"] = absl::StrCat(parts[0], ".", parts[1]);
  tokens["five parts"] = absl::StrCat(good, ".", parts[1], ".", parts[2]);
  tokens["zero signature"] =
      absl::StrCat(parts[0], ".", parts[1], ".", Base64(std::string(64, '\0')));
  tokens["DER signature"] =
      absl::StrCat(parts[0], ".", parts[1], ".",
                   Base64(absl::StrCat("\x30\x44\x02\x20", std::string(32, 'r'), "\x02\x20",
                                       std::string(32, 's'))));
  tokens["key in the header"] = absl::StrCat(
      Base64(
          R"({"alg":"ES256","typ":"JWT","jwk":{"kty":"EC"},"jku":"http://127.0.0.1/","kid":"../../dev/null"})"),
      ".", risen, ".", parts[2]);
  tokens["of another key"] =
      *stranger->Mint({.subject = "units/u/persons/p",
                       .units = {"*"},
                       .roles = {"administrator"},
                       .id = "t",
                       .issued_at = server_.clock().Now(),
                       .expires_at = server_.clock().Now() + absl::Hours(1)});
  tokens["very long"] = absl::StrCat(good, std::string(7000, 'A'));
  for (size_t i = 0; i < good.size(); i += 7) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    // The last character of a part may hold bits that mean nothing.
    if (changed != good) tokens[absl::StrCat("character ", i)] = changed;
  }

  personnel::v1::CreateUnitRequest create;
  create.set_unit_id("hostile");
  create.mutable_unit()->set_display_name("学校");
  create.mutable_unit()->set_kind(personnel::v1::UNIT_KIND_SCHOOL);
  create.set_request_id(server_.RequestId());
  for (const auto& [what, token] : tokens) {
    const auto made = testing::Call<personnel::v1::PersonnelService>(
        server_.WithToken(token), &personnel::v1::PersonnelService::Stub::CreateUnit, create);
    EXPECT_TRUE(ReasonOf(made.status()) == common::v1::ERROR_REASON_TOKEN_INVALID ||
                ReasonOf(made.status()) == common::v1::ERROR_REASON_TOKEN_MISSING)
        << what << ": " << made.status();
  }
  std::printf("%zu tokens\n", tokens.size());

  // A right one, replayed after its end, and one from the future.
  const auto admin = server_.Token("a", {"administrator"}, {"*"}, absl::Minutes(5));
  server_.clock().Advance(absl::Minutes(5));
  EXPECT_THAT(
      testing::Call<personnel::v1::PersonnelService>(
          server_.WithToken(admin), &personnel::v1::PersonnelService::Stub::CreateUnit, create),
      testing::FailsWith(common::v1::ERROR_REASON_TOKEN_EXPIRED));
  const auto later = server_.Token("a", {"administrator"}, {"*"}, absl::Minutes(50));
  server_.clock().Advance(-absl::Minutes(30));
  EXPECT_THAT(
      testing::Call<personnel::v1::PersonnelService>(
          server_.WithToken(later), &personnel::v1::PersonnelService::Stub::CreateUnit, create),
      testing::FailsWith(common::v1::ERROR_REASON_TOKEN_INVALID));
  ExpectAlive();
}

// Bytes that are no request, at every method.
TEST_F(HostileTest, BytesThatAreNoRequest) {
  const std::string token = Everything();
  const std::vector<std::string> bytes = {
      "\xff\xff\xff\xff",
      "\x0a\xff\xff\xff\xff\x0f",       // a text longer than the message
      std::string("\x0a\x05") + "abc",  // cut off
      std::string(1000, '\x0b'),        // groups within groups
      std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),  // a number too long
      std::string("\0\1", 2),                                           // a field of number 0
      std::string(1999, '\x12'),
  };
  int sent = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    for (const std::string& body : bytes) {
      ++sent;
      const absl::Status status = testing::SendRaw(
          channel_, PathOf(method), token, body,
          method->server_streaming() ? absl::Milliseconds(300) : absl::Seconds(20));
      EXPECT_FALSE(status.ok()) << method->full_name();
      EXPECT_TRUE(IsRefusal(ReasonOf(status))) << method->full_name() << ": " << status;
    }
  }
  ExpectAlive();
  std::printf("%d requests\n", sent);
}

}  // namespace
}  // namespace lianfang
