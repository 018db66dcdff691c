#include "tests/bench/light_load.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace lianfang::bench {
namespace {

constexpr int kConnections = 4;
constexpr int kWindow = 16 << 20;

// What gRPC puts before a message: not compressed, and its length.
std::string Framed(const std::string& message) {
  const auto size = static_cast<uint32_t>(message.size());
  std::string framed(1, '\0');
  for (const int shift : {24, 16, 8, 0}) framed.push_back(static_cast<char>(size >> shift));
  return framed + message;
}

int Connected(const std::string& address) {
  const size_t colon = address.rfind(':');
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &hints,
                  &found) != 0) {
    throw std::runtime_error("no address " + address);
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool open = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (!open) throw std::runtime_error("cannot reach " + address);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

nghttp2_nv Header(std::string_view name, std::string_view value) {
  // The library takes no constant bytes, and with these flags does not write to them.
  return {.name = reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          .value = reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())),
          .namelen = name.size(),
          .valuelen = value.size(),
          .flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

struct Caller {
  std::string body;
  size_t sent = 0;
  bool answered = false;  // with OK
  absl::Time start;
  std::vector<double> millis;
};

// What all connections share.
struct Progress {
  const LightLoad& load;
  const std::string authorization;
  const absl::Time end;
  int64_t number = 0;
  int64_t failed = 0;
  int running = 0;
};

class Connection {
 public:
  Connection(Progress* run, int callers)
      : run_(run), fd_(Connected(run->load.address)), callers_(callers) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t, void*) {
          if (Text(name, name_size) != "grpc-status") return 0;
          auto* caller = static_cast<Caller*>(
              nghttp2_session_get_stream_user_data(session, frame->hd.stream_id));
          if (caller != nullptr) caller->answered = Text(value, value_size) == "0";
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, [](nghttp2_session* session, int32_t stream, uint32_t, void* self) {
          static_cast<Connection*>(self)->OnEnd(
              static_cast<Caller*>(nghttp2_session_get_stream_user_data(session, stream)));
          return 0;
        });
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow},
                                               {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow);
    for (Caller& caller : callers_) {
      ++run_->running;
      Next(&caller);
    }
  }
  ~Connection() {
    nghttp2_session_del(session_);
    close(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  const std::vector<Caller>& callers() const { return callers_; }

  // Frames of many calls go out together.
  void Write() {
    const uint8_t* frame = nullptr;
    for (ssize_t size; (size = nghttp2_session_mem_send(session_, &frame)) > 0;) {
      out_.append(Text(frame, static_cast<size_t>(size)));
    }
    for (size_t at = 0; at < out_.size();) {
      const ssize_t written = send(fd_, out_.data() + at, out_.size() - at, MSG_NOSIGNAL);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw std::runtime_error(absl::StrCat("send: ", std::strerror(errno)));
      at += static_cast<size_t>(written);
    }
    out_.clear();
  }

  void Read() {
    const ssize_t size = recv(fd_, in_.data(), in_.size(), 0);
    if (size < 0 && errno == EINTR) return;
    if (size <= 0) throw std::runtime_error("the server closed the connection");
    if (nghttp2_session_mem_recv(session_, in_.data(), static_cast<size_t>(size)) < 0) {
      throw std::runtime_error("the server does not speak HTTP/2");
    }
  }

 private:
  static std::string_view Text(const uint8_t* bytes, size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
  }

  void Next(Caller* caller) {
    if (absl::Now() >= run_->end) {
      --run_->running;
      return;
    }
    caller->body = Framed(run_->load.make(run_->number++));
    caller->sent = 0;
    caller->answered = false;
    const nghttp2_nv headers[] = {
        Header(":method", "POST"),          Header(":scheme", "http"),
        Header(":path", run_->load.method), Header(":authority", run_->load.address),
        Header("te", "trailers"),           Header("content-type", "application/grpc"),
        Header("grpc-timeout", "30S"),      Header("authorization", run_->authorization)};
    nghttp2_data_provider body{};
    body.source.ptr = caller;
    body.read_callback = [](nghttp2_session*, int32_t, uint8_t* into, size_t room, uint32_t* flags,
                            nghttp2_data_source* source, void*) -> ssize_t {
      auto* from = static_cast<Caller*>(source->ptr);
      const size_t size = from->body.copy(reinterpret_cast<char*>(into), room, from->sent);
      from->sent += size;
      if (from->sent == from->body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return static_cast<ssize_t>(size);
    };
    caller->start = absl::Now();
    nghttp2_submit_request(session_, nullptr, headers, std::size(headers), &body, caller);
  }

  void OnEnd(Caller* caller) {
    caller->millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - caller->start));
    if (!caller->answered) ++run_->failed;
    Next(caller);
  }

  Progress* const run_;
  const int fd_;
  nghttp2_session* session_ = nullptr;
  std::vector<Caller> callers_;
  std::string out_;
  std::array<uint8_t, 64 << 10> in_{};
};

}  // namespace

Result RunLight(const LightLoad& load) {
  const absl::Time begin = absl::Now();
  Progress run{.load = load,
               .authorization = absl::StrCat("Bearer ", load.token),
               .end = begin + load.duration};
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < kConnections; ++i) {
    connections.push_back(std::make_unique<Connection>(&run, (load.callers + i) / kConnections));
  }
  std::vector<pollfd> waiting;
  for (const auto& connection : connections) {
    connection->Write();
    waiting.push_back({.fd = connection->fd(), .events = POLLIN, .revents = 0});
  }
  while (run.running > 0) {
    poll(waiting.data(), waiting.size(), -1);
    for (size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      connections[i]->Read();
      connections[i]->Write();
    }
  }
  const absl::Duration took = absl::Now() - begin;
  std::vector<double> millis;
  for (const auto& connection : connections) {
    for (const Caller& caller : connection->callers()) {
      millis.insert(millis.end(), caller.millis.begin(), caller.millis.end());
    }
  }
  return Summary(std::move(millis), took, run.failed);
}

}  // namespace lianfang::bench
