// One-time codes of an authenticator: RFC 6238 with SHA-1, 6 digits and steps of 30 seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace lianfang::crypto {

inline constexpr size_t kTotpSecretBytes = 20;

// Number of the step that an instant lies in.
int64_t TotpStep(absl::Time time);

// The code of a step (RFC 4226 with the step as counter).
std::string TotpCode(absl::string_view secret, int64_t step);

// The step whose code this is: that of `now`, the one before or the one after, since clocks differ.
// Nothing when it is none of theirs. Takes as long for a wrong code as for a right one.
std::optional<int64_t> TotpStepOf(absl::string_view secret, absl::string_view code, absl::Time now);

// RFC 4648, upper case, without padding: how authenticators take secrets.
std::string Base32(absl::string_view bytes);

}  // namespace lianfang::crypto
