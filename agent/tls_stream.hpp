#pragma once

#include "agent/broker_address.hpp"
#include "agent/connect_error.hpp"
#include "agent/rate.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace atlas::agent {

// A connection on which every call blocks until it is done or the deadline has passed.
class tls_stream {
 public:
  // TLS 1.2 or newer; the certificate must come from the CA and bear the server's name. An empty `ca_path`
  // stands for the system's CAs. Blocks longer than the deadline in the resolver.
  static tl::expected<tls_stream, connect_failure> open(const broker_address& server,
                                                        const std::string& ca_path, monotonic_time deadline);
  // Without TLS: for this machine's own services only.
  static tl::expected<tls_stream, connect_failure> open_plain(const broker_address& server,
                                                              monotonic_time deadline);
  ~tls_stream();
  tls_stream(tls_stream&& other) noexcept;
  tls_stream& operator=(tls_stream&&) = delete;

  bool write(std::string_view text, monotonic_time deadline);
  // What comes until the other side closes; nothing when that is more than `max_bytes`, or the connection
  // breaks.
  std::optional<std::string> read_to_end(std::size_t max_bytes, monotonic_time deadline);

 private:
  struct state;
  explicit tls_stream(std::unique_ptr<state> opened);
  std::unique_ptr<state> state_;
};

}  // namespace atlas::agent
