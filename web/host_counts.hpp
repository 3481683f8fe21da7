#pragma once

#include "core/host_id.hpp"

#include <cstddef>
#include <unordered_map>

namespace atlas::web {

// How many look at each host.
class host_counts {
 public:
  // True for the first one.
  bool add(const host_id& host) { return ++counts_[host] == 1; }
  // True for the last one.
  bool drop(const host_id& host) {
    const auto found = counts_.find(host);
    if (found == counts_.end() || --found->second > 0) {
      return false;
    }
    counts_.erase(found);
    return true;
  }
  bool contains(const host_id& host) const { return counts_.contains(host); }

 private:
  std::unordered_map<host_id, std::size_t> counts_;
};

}  // namespace atlas::web
