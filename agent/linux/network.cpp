#include "agent/collectors.hpp"
#include "agent/small_file.hpp"
#include "agent/text.hpp"

#include <map>

namespace atlas::agent {

namespace {

// /proc/net/dev. Left out: the loopback, the host's ends of container links (their traffic shows on the
// bridge and on the way out), and interfaces that have never carried a byte.
bool is_reported(std::string_view name, std::uint64_t received, std::uint64_t sent) {
  return name != "lo" && !name.starts_with("veth") && (received != 0 || sent != 0);
}

class network_collector final : public collector {
 public:
  network_collector(const std::string& root, monotonic_clock clock)
      : path_(root + "/proc/net/dev"), clock_(clock) {}

  void collect(sample& out) override {
    auto rest = file_.read(path_).value_or(std::string_view());
    const auto now = clock_();
    std::map<std::string, meters, std::less<>> seen;
    while (!rest.empty()) {
      auto line = take_line(rest);
      const auto colon = line.rfind(':');             // an alias has one in its name
      if (colon == std::string_view::npos) continue;  // the two lines of headings
      const auto name = trimmed(line.substr(0, colon));
      line.remove_prefix(colon + 1);
      const auto received = to_number<std::uint64_t>(take_word(line));
      for (int skipped = 0; skipped < 7; ++skipped) take_word(line);
      const auto sent = to_number<std::uint64_t>(take_word(line));
      if (!received || !sent || !is_reported(name, *received, *sent)) continue;
      const auto known = meters_.find(name);
      auto& meter = seen.emplace(name, known == meters_.end() ? meters{} : known->second).first->second;
      const auto rx = meter.received.update(*received, now);
      const auto tx = meter.sent.update(*sent, now);
      if (rx && tx) out.network.push_back({std::string(name), *rx, *tx});
    }
    meters_ = std::move(seen);
  }

 private:
  struct meters {
    rate_meter received;
    rate_meter sent;
  };

  std::string path_;
  monotonic_clock clock_;
  small_file file_;
  std::map<std::string, meters, std::less<>> meters_;
};

}  // namespace

std::unique_ptr<collector> make_network_collector(const std::string& root, monotonic_clock clock) {
  return std::make_unique<network_collector>(root, clock);
}

}  // namespace atlas::agent
