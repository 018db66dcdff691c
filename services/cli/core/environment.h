// What the program gets from outside, so that tests can give it something else.
#pragma once

#include <functional>
#include <string>

#include "common/base/clock.h"
#include "common/crypto/random.h"
#include "services/cli/term/sink.h"

namespace lianfang::cli {

struct Environment {
  Sink* out = nullptr;  // results
  Sink* err = nullptr;  // progress, notes and errors
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int width = 0;  // columns of the terminal; 0: no bound
  const Clock* clock = nullptr;
  crypto::RandomSource* random = nullptr;
  // Value of an environment variable; empty when it is not set.
  std::function<std::string(const std::string&)> variable;
};

}  // namespace lianfang::cli
