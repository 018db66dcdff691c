// An aggregator over many simulated schools.
#pragma once

namespace lianfang::bench {

// PullAll over 100, 1,000 and 10,000 members, all changed and none changed: time and processor time
// a member, memory.
void Tower();

}  // namespace lianfang::bench
