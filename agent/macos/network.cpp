#include "agent/collectors.hpp"

#include <map>
#include <string_view>

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

namespace atlas::agent {

namespace {

// getifaddrs counts bytes in 32 bits. Longer sums are made here; at ten-second samples a counter may turn
// over once between two readings, which is right up to 3 Gbit/s.
class long_counter {
 public:
  std::uint64_t update(std::uint32_t now) {
    sum_ += static_cast<std::uint32_t>(now - last_);
    last_ = now;
    return sum_;
  }

 private:
  std::uint32_t last_ = 0;
  std::uint64_t sum_ = 0;
};

// Left out: the loopback, Apple's wireless direct links (their traffic shows on the Wi-Fi interface), and
// interfaces that have never carried a byte.
bool is_reported(std::string_view name, const if_data& counters) {
  return !name.starts_with("lo") && !name.starts_with("awdl") && !name.starts_with("llw") &&
         (counters.ifi_ibytes != 0 || counters.ifi_obytes != 0);
}

class network_collector final : public collector {
 public:
  explicit network_collector(monotonic_clock clock) : clock_(clock) {}

  void collect(sample& out) override {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return;
    const auto now = clock_();
    std::map<std::string, meters> seen;
    for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next) {
      if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_LINK || one->ifa_data == nullptr)
        continue;
      const auto& counters = *static_cast<const if_data*>(one->ifa_data);
      if (!is_reported(one->ifa_name, counters)) continue;
      auto& meter = seen.emplace(one->ifa_name, meters_[one->ifa_name]).first->second;
      const auto received = meter.received.update(meter.received_bytes.update(counters.ifi_ibytes), now);
      const auto sent = meter.sent.update(meter.sent_bytes.update(counters.ifi_obytes), now);
      if (received && sent) out.network.push_back({one->ifa_name, *received, *sent});
    }
    ::freeifaddrs(first);
    meters_ = std::move(seen);
  }

 private:
  struct meters {
    long_counter received_bytes;
    long_counter sent_bytes;
    rate_meter received;
    rate_meter sent;
  };

  monotonic_clock clock_;
  std::map<std::string, meters> meters_;
};

}  // namespace

std::unique_ptr<collector> make_network_collector(const std::string&, monotonic_clock clock) {
  return std::make_unique<network_collector>(clock);
}

}  // namespace atlas::agent
