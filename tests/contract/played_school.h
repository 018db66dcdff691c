// A school that has played a year, so that there are records of every kind, and whoever may call.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/acceptance/school.h"
#include "tests/contract/records.h"
#include "tests/contract/requests.h"

namespace lianfang::contract {

// Who calls, with one role only.
struct Caller {
  const char* column;
  const char* role;
  const char* subject;
  Owner own;  // without a person: has nothing of his own
};

// A member and the head of supply, the leader in charge of it, and everybody else.
const std::vector<Caller>& Callers();

// Distances of a record from the caller, besides his own.
inline const Owner kSame = {"storekeeper", "supply"};
inline const Owner kOther = {"registrar", "teaching"};

class PlayedSchool : public acceptance::School {
 protected:
  PlayedSchool();

  // The whole unit's year as far as the tables need it: records of every kind. Throws when it
  // cannot.
  void Play();

  std::string TokenOf(const Caller& caller, const std::vector<std::string>& units = {"school"}) {
    return server().KeptToken(caller.subject, {caller.role}, units);
  }

  // Sends a request as it is, to any method; the first message of the answer goes to `answer`.
  absl::Status Send(const google::protobuf::MethodDescriptor* method, const std::string& token,
                    const google::protobuf::Message& request, std::string* answer);

  // The answer of a method, read.
  static std::unique_ptr<google::protobuf::Message> Read(
      const google::protobuf::MethodDescriptor* method, const std::string& answer);

  // Takes up what the ledgers state now.
  void ReadRecords();
  const Records& records() const { return records_; }
  Requests& requests() { return requests_; }

 private:
  void Make(const std::string& method, const std::string& role, const Owner& owner);

  std::shared_ptr<grpc::Channel> channel_;
  Records records_;
  Requests requests_;
};

}  // namespace lianfang::contract
