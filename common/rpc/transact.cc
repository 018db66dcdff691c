#include <memory>
#include <utility>

#include "common/rpc/serve.h"

namespace lianfang::rpc {

void Transact(Service& host, store::Mutation mutation) {
  // Kept whole for the second run; the writer gets copies of the functions.
  auto kept = std::make_shared<store::Mutation>(std::move(mutation));
  store::Mutation first = *kept;
  first.done = [&host, kept](absl::StatusOr<store::Committed> outcome) {
    const std::string upstream = BehindOf(outcome.status());
    const auto it = host.upstreams.find(upstream);
    if (upstream.empty() || it == host.upstreams.end()) {
      kept->done(std::move(outcome));
      return;
    }
    it->second->Await(kept->unit_id, 0, kept->deadline,
                      [&host, kept](const absl::Status& caught_up) {
                        if (!caught_up.ok()) {
                          kept->done(caught_up);
                          return;
                        }
                        host.writer->Submit(*kept);
                      });
  };
  host.writer->Submit(std::move(first));
}

}  // namespace lianfang::rpc
