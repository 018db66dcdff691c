// A limit as it is configured.
#pragma once

namespace lianfang::server {

// `fallback` where nothing is configured.
template <class Number>
Number LimitOr(int configured, Number fallback) {
  return configured > 0 ? configured : fallback;
}

}  // namespace lianfang::server
