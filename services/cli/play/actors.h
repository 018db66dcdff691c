// The people of a school and of its superior, each calling with a token of his own.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/client/client.h"
#include "services/cli/core/tokens.h"

namespace lianfang::cli {

class Actors {
 public:
  // `channel` is what the clients' own channel() gives; stubs of other channels may be called with
  // them too.
  Actors(std::shared_ptr<grpc::Channel> channel, std::shared_ptr<const TokenMint> mint,
         std::string unit_id)
      : channel_(std::move(channel)), mint_(std::move(mint)), unit_id_(std::move(unit_id)) {}

  // The client of `subject` in one role; the same one for the
  // same question. Safe from any thread.
  const client::Client& As(const std::string& subject, const std::string& role);
  // An identity that is no person of the unit, e.g. `cli/administrator`.
  const client::Client& AsRole(const std::string& role);

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::shared_ptr<const TokenMint> mint_;
  const std::string unit_id_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<client::Client>> clients_;
};

}  // namespace lianfang::cli
