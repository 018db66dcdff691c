// A school on a server of its own, and what must hold of every call that changes it:
//  - a change that is accepted is one entry of its service's ledger, named in the answer; whatever
//    else comes onto a ledger, the services derived from it;
//  - a change that is refused says one of the reasons that the API documents, and leaves no trace;
//  - the same request sent again gives the same answer and is no second change.
// What does not hold is noted as a problem; the runner stops there. A reason that the API does not
// document is noted too, and the walk goes on: it says nothing of what is stored.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/ledger/checkpoint.h"
#include "common/testing/test_server.h"
#include "google/protobuf/message.h"
#include "lianfang/common/v1/types.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "tests/acceptance/model/command.h"
#include "tests/acceptance/model/documented.h"
#include "tests/acceptance/model/remote.h"

namespace lianfang::model {

inline constexpr char kUnit[] = "units/u";

// What is known of a call beforehand.
enum class Must : uint8_t { kAny, kSucceed, kFail };

class World {
 public:
  // Starts the server and brings the school in.
  World();

  // Begins a command.
  void Begin(const Command& command);
  const Command& command() const { return command_; }

  // Sends a change and checks what has to hold; then all services know of it.
  template <class Response, class Request>
  absl::StatusOr<Response> Do(const Actor& actor, Request request, Must must = Must::kAny) {
    Response response;
    const absl::Status status = Change(actor, &request, &response, must);
    if (!status.ok()) return status;
    return response;
  }

  // Reads as somebody; failing is a problem.
  template <class Response, class Request>
  Response Ask(const Actor& actor, const Request& request) {
    Response response;
    Read(actor, request, &response);
    return response;
  }
  // All pages of a list, as the auditor sees it; kept until its service's ledger grows.
  template <class Response, class Request>
  const Response& All(const Request& request) {
    return static_cast<const Response&>(List(request, Response::default_instance()));
  }

  // Waits until every service knows what all ledgers hold, and checks what came onto them.
  void Settle();

  // Fails the run. The first problem counts.
  void Problem(const std::string& text);
  const std::string& problem() const { return problem_; }

  // What the command did, in words: day, who with which roles, what, and what came of it, e.g.
  // `2026-05-13 persons/buyer (staff): submit self check selfChecks/n3 → accepted`.
  const std::string& story() const { return story_; }
  bool accepted() const { return accepted_; }
  // How often changes were refused, by reason.
  const std::map<std::string, size_t>& reasons() const { return reasons_; }
  // Methods with reasons that the API does not document for them; the story of the first of each.
  const std::map<std::string, std::string>& undocumented() const { return undocumented_; }

  // Moves the clock to eight o'clock of a later day.
  void PassDays(int days);
  absl::CivilDay today();

  // An etag that the record had before, or one that it never had.
  std::string StaleEtag(const std::string& name, const std::string& etag);

  // Which of the names the command means by one of its numbers, or by what it chose in an earlier
  // walk; -1 when that is not among them. `suitable` are preferred where nothing is pinned; empty:
  // any will do.
  int Choose(uint16_t number, const std::vector<std::string>& names,
             const std::vector<std::string>& suitable = {});
  // What the command chose.
  const std::vector<std::string>& choices() const { return choices_; }

  // Whether a name was not asked for before.
  bool IsNew(const std::string& name) { return seen_.insert(name).second; }

  // Sizes of ledgers by service, as of the last Settle.
  const std::map<std::string, int64_t>& sizes() const { return sizes_; }
  // Where all ledgers stand, for reads that shall know everything.
  template <class Request>
  void Fresh(Request* request) {
    for (const auto& [service, size] : sizes_) {
      if (size == 0) continue;
      auto* position = request->add_not_before();
      position->set_unit(kUnit);
      position->set_service(service);
      position->set_sequence(size);
    }
  }

  // The newest checkpoint of each ledger that was looked at.
  std::map<std::string, ledger::Checkpoint>& heads() { return heads_; }

  const Actor& auditor() const { return auditor_; }

 private:
  absl::Status Change(const Actor& actor, google::protobuf::Message* request,
                      google::protobuf::Message* response, Must must);
  void Read(const Actor& actor, const google::protobuf::Message& request,
            google::protobuf::Message* response);
  const google::protobuf::Message& List(const google::protobuf::Message& request,
                                        const google::protobuf::Message& type);
  // What is accepted is the next entry of its ledger.
  void CheckAccepted(const std::string& service, const google::protobuf::Message& response);
  void CheckRefused(const std::string& service, const google::protobuf::Message& request,
                    const absl::Status& status);
  void CheckAgain(const Actor& actor, const std::string& service,
                  const google::protobuf::Message& request,
                  const absl::StatusOr<std::string>& first);
  // Tells a service to know all that its upstreams hold; false when it knew already.
  bool CatchUp(const std::string& service);
  // Takes note of new entries; false when there are none but those of the audit trail.
  bool LookAtLedger(const std::string& service);

  testing::TestServer server_;
  Remote remote_;
  Documented documented_;
  Actor auditor_;

  Command command_;
  int requests_ = 0;
  bool accepted_ = false;
  std::vector<std::string> choices_;
  std::string story_;
  std::string problem_;
  std::map<std::string, size_t> reasons_;
  std::map<std::string, std::string> undocumented_;

  std::map<std::string, int64_t> sizes_;
  std::map<std::string, std::map<std::string, int64_t>> told_;  // service → upstream → size
  // Entry that the ledger's next one has to be, by service: method and request_id.
  std::map<std::string, std::pair<std::string, std::string>> expected_;
  struct Listed {
    int64_t size;
    std::unique_ptr<google::protobuf::Message> response;
  };
  std::map<std::string, Listed> lists_;
  std::set<std::string> seen_;
  std::map<std::string, std::string> etags_;  // the first of each record
  std::map<std::string, ledger::Checkpoint> heads_;
};

// The service that keeps the ledger of a method's changes, e.g. `risk`.
std::string ServiceOf(const google::protobuf::Message& request);

}  // namespace lianfang::model
