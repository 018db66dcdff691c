// What a quiet caller notices of one who floods the server.
#pragma once

namespace lianfang::bench {

void Flood();

// One of the callers, a program of its own: it prints what it saw for `Flood`, which starts it.
// PROGRAM flood-caller ADDRESS TOKEN reads|registrations CALLERS MILLISECONDS
inline constexpr char kFloodCaller[] = "flood-caller";
inline constexpr int kFloodCallerArguments = 7;
int CallFor(char** argv);

}  // namespace lianfang::bench
