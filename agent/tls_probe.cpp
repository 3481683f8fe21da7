#include "agent/tls_probe.hpp"

#include "agent/rate.hpp"
#include "agent/tls_stream.hpp"

#include <utility>

namespace atlas::agent {

std::optional<connect_failure> probe_tls(const broker_address& broker, const std::string& ca_path,
                                         std::chrono::milliseconds timeout) {
  const auto opened = tls_stream::open(broker, ca_path, steady_now() + timeout);
  if (!opened) return opened.error();
  return std::nullopt;
}

background_probe::~background_probe() {
  if (thread_.joinable()) thread_.join();
}

void background_probe::start(const broker_address& broker, const std::string& ca_path,
                             std::chrono::milliseconds timeout, std::function<void()> on_done) {
  if (thread_.joinable()) return;
  done_ = false;
  thread_ = std::thread([this, broker, ca_path, timeout, done = std::move(on_done)] {
    outcome_.failure = probe_tls(broker, ca_path, timeout);
    done_ = true;
    done();
  });
}

std::optional<background_probe::outcome> background_probe::take() {
  if (!done_) return std::nullopt;
  thread_.join();
  done_ = false;
  return std::move(outcome_);
}

}  // namespace atlas::agent
