#pragma once

#include "core/alert.hpp"
#include "core/fleet.hpp"
#include "web/ports.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace atlas::web {

// {"name","id","title","primary_color","secondary_color","logo_url"}; the last two may be null.
void append_branding(std::string& out, const branding& brand);

// The whole host object:
// {"id","state","since","last_seen","clock_offset","ts","seq","boot","interval",<sample members>,"info","note","tags"}.
// What is not known is left out.
void append_host(std::string& out, const host_state& host);
// The same without its closing brace, for further members.
void append_open_host(std::string& out, const host_state& host);

// [alert,…]
void append_alerts(std::string& out, const std::vector<alert>& alerts);

// What browsers last saw of a host, so that a delta can carry only what changed.
struct seen_host {
  std::uint64_t samples = 0;
  std::uint64_t info = 0;       // a hash of the inventory
  std::uint64_t label = 0;      // a hash of note and tags
  bool clock_offset = true;     // it was there, or may have been
  std::uint32_t members = ~0U;  // one bit per optional member that was there; at first anything may have been
};

// {"id","state","since","last_seen","clock_offset"} and the sample, the inventory, note and tags when they are
// newer than `seen`, which is brought up to date. A member that was there and no longer is comes as null.
void append_changed_host(std::string& out, const host_state& host, seen_host& seen);

}  // namespace atlas::web
