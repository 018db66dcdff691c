// Certificates of a test: an authority and leaves in a folder.
#pragma once

#include <sys/stat.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/crypto/certificate.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::testing {

class Pki {
 public:
  // Writes `{name}.pem` into the folder, which must outlive it.
  Pki(std::string folder, const std::string& name)
      : folder_(std::move(folder)),
        name_(name),
        authority_(Must(crypto::MakeAuthority(name, absl::Now() - absl::Hours(24) * 400, 3650))) {
    Write(name + ".pem", authority_.certificate, 0644);
  }

  struct Options {
    bool for_servers = true;
    bool for_clients = true;
    absl::Duration age = absl::ZeroDuration();  // since it was issued
    int days = 30;
  };

  // Writes `{file}.pem` and `{file}.key`, which replace what is there.
  void Issue(const std::string& file, const std::vector<std::string>& names,
             const Options& options) const {
    const auto leaf = Must(crypto::IssueLeaf({.common_name = file,
                                              .names = names,
                                              .for_servers = options.for_servers,
                                              .for_clients = options.for_clients,
                                              .days = options.days},
                                             authority_, absl::Now() - options.age));
    Write(file + ".key", leaf.key, 0600);
    Write(file + ".pem", leaf.certificate, 0644);
  }
  void Issue(const std::string& file, const std::vector<std::string>& names) const {
    Issue(file, names, Options{});
  }

  std::string Path(const std::string& file) const { return absl::StrCat(folder_, "/", file); }
  std::string ca() const { return Path(name_ + ".pem"); }

  // For a server with `file`; with `client_ca`, clients may show a certificate or must.
  config::v1::ServerTls Server(const std::string& file, bool required) const {
    config::v1::ServerTls tls;
    tls.set_certificate_file(Path(file + ".pem"));
    tls.set_key_file(Path(file + ".key"));
    tls.set_client_ca_file(ca());
    tls.set_require_client_certificate(required);
    return tls;
  }
  // For a client with `file`; empty: without a certificate.
  config::v1::ClientTls Client(const std::string& file) const {
    config::v1::ClientTls tls;
    tls.set_ca_file(ca());
    if (file.empty()) return tls;
    tls.set_certificate_file(Path(file + ".pem"));
    tls.set_key_file(Path(file + ".key"));
    return tls;
  }

 private:
  template <class T>
  static T Must(absl::StatusOr<T> result) {
    if (!result.ok()) throw std::runtime_error(result.status().ToString());
    return *std::move(result);
  }
  // By renaming, as whoever renews a certificate should.
  void Write(const std::string& file, const std::string& text, mode_t mode) const {
    const std::string fresh = Path(file + ".new");
    std::ofstream(fresh) << text;
    chmod(fresh.c_str(), mode);
    if (std::rename(fresh.c_str(), Path(file).c_str()) != 0) {
      throw std::runtime_error("cannot write " + file);
    }
  }

  std::string folder_;
  std::string name_;
  crypto::CertificateAndKey authority_;
};

}  // namespace lianfang::testing
