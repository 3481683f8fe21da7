#pragma once

#include "core/fleet.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace atlas::web {

// The newest changes of alerts, for those who have the ones before.
class alert_log {
 public:
  static constexpr std::size_t max_changes = 1000;

  void add(const std::vector<alert>& changes, std::uint64_t revision);
  // Whether it has every change after `revision`.
  bool reaches(std::uint64_t revision) const { return revision >= forgotten_; }
  // Appends `[alert,…]`: of each alert the newest change after `revision`.
  void append_after(std::string& out, std::uint64_t revision) const;

 private:
  struct change {
    std::uint64_t revision;
    alert value;
  };
  std::deque<change> changes_;
  std::uint64_t forgotten_ = 0;  // the newest revision that is not here
};

// Appends `[alert,…]`: those that are raised, the most urgent first, at most `most`.
void append_urgent_alerts(std::string& out, const fleet& hosts, std::size_t most);

}  // namespace atlas::web
