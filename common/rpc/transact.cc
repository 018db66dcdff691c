#include <memory>
#include <set>
#include <string>
#include <utility>

#include "common/rpc/serve.h"

namespace lianfang::rpc {
namespace {

// Runs the change; when it fails for lack of an upstream's entries, catches up and runs it again.
// Each upstream is caught up with once, so this ends.
void Try(Service& host, const std::shared_ptr<store::Mutation>& kept,
         const std::shared_ptr<std::set<std::string>>& caught_up) {
  // Kept whole for further runs; the writer gets copies of the functions.
  store::Mutation run = *kept;
  run.done = [&host, kept, caught_up](absl::StatusOr<store::Committed> outcome) {
    const std::string upstream = BehindOf(outcome.status());
    const auto it = host.upstreams.find(upstream);
    if (upstream.empty() || it == host.upstreams.end() || !caught_up->insert(upstream).second) {
      kept->done(std::move(outcome));
      return;
    }
    it->second->Await(kept->unit_id, 0, kept->deadline,
                      [&host, kept, caught_up](const absl::Status& fresh) {
                        if (!fresh.ok()) {
                          kept->done(fresh);
                          return;
                        }
                        Try(host, kept, caught_up);
                      });
  };
  host.writer->Submit(std::move(run));
}

}  // namespace

void Transact(Service& host, store::Mutation mutation) {
  Try(host, std::make_shared<store::Mutation>(std::move(mutation)),
      std::make_shared<std::set<std::string>>());
}

}  // namespace lianfang::rpc
