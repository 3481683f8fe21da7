#include "core/boot_watch.hpp"

#include <utility>

namespace atlas {

namespace {

constexpr std::size_t most_turns = 16;

}  // namespace

bool boot_watch::see(const sample& value, unix_ms now) {
  if (value.boot.empty() || value.boot == present_.id) {
    return false;
  }
  if (value.boot != before_.id) {
    before_ = std::exchange(present_, {value.boot, value.ts});
    return false;
  }
  if (value.ts <= present_.first) {
    return false;
  }
  std::swap(before_, present_);
  if (turns(now) == most_turns) {
    turns_.erase(turns_.begin());
  }
  turns_.push_back(now);
  return true;
}

std::size_t boot_watch::turns(unix_ms now) {
  std::erase_if(turns_, [&](unix_ms turn) { return turn + memory <= now; });
  return turns_.size();
}

}  // namespace atlas
