// Settings that both ends of a connection share.
#pragma once

namespace lianfang::client {

// Largest message either way. Batches of grades and pages of entries stay below it.
inline constexpr int kMaxMessageBytes = 16 << 20;
// Largest message that a server takes.
inline constexpr int kMaxRequestBytes = 4 << 20;
// Certificate files are looked at this often.
inline constexpr int kCertificateRefreshSeconds = 1;
// Interval of keepalive pings; the server accepts no shorter one.
inline constexpr int kKeepaliveMillis = 30'000;

}  // namespace lianfang::client
