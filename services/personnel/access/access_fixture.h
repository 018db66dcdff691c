// A personnel service with accounts in a test. The school `units/u`:
//   departments  affairs (head persons/head, leader in charge persons/vp)
//   posts        clerk and head in affairs, principal (principal responsible), vp
//   persons      each holds the post of his name; ops and keeper hold none
//   leading group: persons/principal leads, persons/clerk is of the office
// Hashing costs next to nothing, and the clock is the test's.
#pragma once

#include <string>
#include <vector>

#include "common/testing/test_server.h"
#include "lianfang/personnel/v1/access.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"

namespace lianfang::personnel {

using testing::FailsWith;
using testing::IsOk;

inline constexpr auto kRefused = common::v1::ERROR_REASON_SIGN_IN_REFUSED;
inline constexpr auto kEnded = common::v1::ERROR_REASON_SESSION_ENDED;
inline constexpr auto kExpired = common::v1::ERROR_REASON_TOKEN_EXPIRED;

class AccessFixture : public ::testing::Test {
 protected:
  using Access = v1::AccessService::Stub;
  using Directory = v1::PersonnelService::Stub;

  explicit AccessFixture(const config::v1::ServerConfig& config = {});

  // What the server hosts: personnel, and a grading that reviews nothing.
  static std::vector<server::ModuleSpec> Modules();

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(client::Client& client,
                            grpc::Status (Access::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request) {
    return testing::Call<v1::AccessService>(client, method, request);
  }
  // As the administrator of the installation, whose token the key's holder made.
  template <class Req, class Resp>
  absl::StatusOr<Resp> Keep(grpc::Status (Access::*method)(grpc::ClientContext*, const Req&, Resp*),
                            Req request) {
    request.set_request_id(server_.RequestId());
    return Call(Admin(), method, request);
  }
  template <class Req, class Resp>
  absl::StatusOr<Resp> Direct(grpc::Status (Directory::*method)(grpc::ClientContext*, const Req&,
                                                                Resp*),
                              Req request) {
    request.set_request_id(server_.RequestId());
    return testing::Call<v1::PersonnelService>(Admin(), method, request);
  }
  client::Client& Admin() { return server_.As("operators/installation", {"administrator"}); }
  client::Client& With(const v1::Tokens& tokens) {
    return server_.WithToken(tokens.access_token());
  }
  client::Client& Nobody() { return server_.WithToken(""); }

  static std::string Name(const std::string& id) { return "units/u/accounts/" + id; }
  static std::string PersonName(const std::string& id) { return "units/u/persons/" + id; }

  // A person's account with the first password kFirst, or whatever else is asked for.
  v1::CreateAccountRequest NewAccount(const std::string& person,
                                      const std::vector<std::string>& roles = {});
  // An account whose first password was changed to kPassword.
  v1::Tokens Ready(const std::string& person, const std::vector<std::string>& roles = {});

  absl::StatusOr<v1::Tokens> SignIn(const std::string& id, const std::string& password,
                                    const std::string& code = "",
                                    const std::string& new_password = "");
  absl::StatusOr<v1::Tokens> Refresh(const v1::Tokens& tokens);
  // Whether the token opens anything: reads the own sessions.
  absl::Status Use(const v1::Tokens& tokens);
  // The status of a call that a member of staff may make.
  absl::Status UseAsStaff(const v1::Tokens& tokens);

  v1::Account AccountNow(const std::string& id);
  absl::StatusOr<v1::Account> Update(v1::Account account);
  // Ends the person's appointment yesterday.
  void EndAppointment(const std::string& person);

  static constexpr char kFirst[] = "first-pass-word";
  static constexpr char kPassword[] = "kx7-pq2w-9mzt";

  testing::TestServer server_;
};

}  // namespace lianfang::personnel
