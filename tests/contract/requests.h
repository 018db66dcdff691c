// Requests of any method, made by its descriptor: what has to be there is filled in, and names are
// those of the owner's records.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "google/protobuf/message.h"
#include "tests/contract/records.h"

namespace lianfang::contract {

class Requests {
 public:
  // `new_uuid` gives the ids of requests. `records` must outlive this.
  Requests(const Records* records, std::function<std::string()> new_uuid)
      : records_(*records), new_uuid_(std::move(new_uuid)) {}

  // `missing` gets the collections of which the owner has no record.
  std::unique_ptr<google::protobuf::Message> For(const google::protobuf::MethodDescriptor* method,
                                                 const Owner& owner,
                                                 std::set<std::string>* missing = nullptr);

  // The same request about another unit, `units/elsewhere`.
  static std::unique_ptr<google::protobuf::Message> Elsewhere(
      const google::protobuf::Message& request);

 private:
  void Fill(google::protobuf::Message* message, const Owner& owner, bool create, int depth,
            std::set<std::string>* missing);

  const Records& records_;
  std::function<std::string()> new_uuid_;
  int made_ = 0;
};

}  // namespace lianfang::contract
