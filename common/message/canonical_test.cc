#include "common/message/canonical.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "lianfang/common/v1/options.pb.h"
#include "lianfang/personnel/v1/access.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::message {
namespace {

TEST(CanonicalRequest, DoesNotDependOnWhatIsSecret) {
  personnel::v1::LoginRequest request;
  request.set_account("units/u/accounts/a");
  const std::string without = CanonicalRequest(request);
  request.set_password("a password");
  request.set_totp_code("123456");
  request.set_new_password("another one");
  EXPECT_EQ(CanonicalRequest(request), without);
  EXPECT_NE(Canonical(request), without);
  request.set_id_token("e30.e30.e30");
  EXPECT_EQ(CanonicalRequest(request), without);
  // The request itself stays whole.
  EXPECT_EQ(request.new_password(), "another one");
  request.set_account("units/u/accounts/b");
  EXPECT_NE(CanonicalRequest(request), without);
}

TEST(CanonicalRequest, IsTheWholeRequestWhereNothingIsSecret) {
  personnel::v1::CreatePersonRequest request;
  request.set_parent("units/u");
  request.mutable_person()->set_display_name("教师");
  EXPECT_EQ(CanonicalRequest(request), Canonical(request));
}

// Whoever adds a password to the contract must say that it is secret.
TEST(CanonicalRequest, EveryPasswordAndCodeOfTheContractIsSecret) {
  const auto* file = personnel::v1::LoginRequest::descriptor()->file();
  int seen = 0;
  for (int i = 0; i < file->message_type_count(); ++i) {
    const auto* type = file->message_type(i);
    if (!absl::EndsWith(type->name(), "Request")) continue;
    for (int f = 0; f < type->field_count(); ++f) {
      const std::string& name = type->field(f)->name();
      const bool secret = name == "code" || name == "id_token" ||
                          absl::StrContains(name, "password") || absl::EndsWith(name, "_code") ||
                          absl::EndsWith(name, "refresh_token");
      if (!secret) continue;
      ++seen;
      EXPECT_TRUE(type->field(f)->options().GetExtension(common::v1::limits).secret())
          << type->full_name() << "." << name;
    }
  }
  EXPECT_GE(seen, 10);
}

}  // namespace
}  // namespace lianfang::message
