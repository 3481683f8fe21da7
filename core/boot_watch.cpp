#include "core/boot_watch.hpp"

#include <utility>

namespace atlas {

namespace {

constexpr std::size_t most_turns = 16;
// Lags of samples that are sent as they are taken differ by less.
constexpr milliseconds steady{500};

}  // namespace

// Of the boot whose turn had ended.
bool boot_watch::is_live(const sample& value, unix_ms now) const {
  return value.ts > present_.first || std::chrono::abs(now - value.ts - before_.lag) <= steady;
}

bool boot_watch::see(const sample& value, unix_ms now) {
  if (value.boot.empty()) {
    return false;
  }
  if (value.boot == present_.id) {
    present_.lag = now - value.ts;
    return false;
  }
  if (value.boot != before_.id) {
    before_ = std::exchange(present_, {value.boot, value.ts, now - value.ts});
    return false;
  }
  const bool live = is_live(value, now);
  before_.lag = now - value.ts;
  if (!live) {
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
