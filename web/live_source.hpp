#pragma once

#include "core/host_id.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atlas::web {

struct view_request;

// One text frame, written once.
using live_frame = std::shared_ptr<const std::string>;

// A browser's place in a source of frames. It holds no frames: only how far it has read.
class live_reader {
 public:
  virtual ~live_reader() = default;
  // There is something to take(); called on the loop thread, must not join or leave the source.
  virtual void wake() = 0;

 private:
  friend class live_feed;
  std::uint64_t seq_ = 0;          // the newest frame taken
  std::uint64_t lag_allowed_ = 0;  // deltas that it may be behind before it gets a snapshot instead
  bool wants_snapshot_ = true;
  bool had_snapshot_ = false;
  std::optional<host_id> focus_;
};

// Where a live connection's frames come from: the whole fleet (live_feed) or what one browser shows of it
// (view_feed). Loop thread.
class live_source {
 public:
  virtual ~live_source() = default;
  // `resume_after`: the reader has everything up to that number.
  virtual void join(live_reader& reader, std::optional<std::uint64_t> resume_after) = 0;
  virtual void leave(live_reader& reader) = 0;
  // The next frame for this reader, or nothing when it has them all.
  virtual live_frame take(live_reader& reader) = 0;
  // The reader has everything up to `seq`, of the hosts `have` where it does not have all.
  virtual void resume(live_reader& reader, std::uint64_t seq, const std::vector<host_id>& have) = 0;
  // The host that this reader looks at closely; a host not known counts as none.
  virtual void focus(live_reader& reader, std::optional<host_id> host) = 0;
  // What this reader shows.
  virtual void view(live_reader& reader, view_request asked) = 0;
};

}  // namespace atlas::web
