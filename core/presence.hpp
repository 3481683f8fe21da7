#pragma once

#include "core/host_status.hpp"
#include "core/unix_time.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace atlas {

// Where a host stands, from what it said and for how long it has been quiet:
//   unknown   registered, never heard of
//   online    samples or an online status arrive
//   sleeping  it said that it goes to sleep
//   stopped   its agent was stopped on purpose
//   lost      the broker published its Last Will: the connection broke
//   silent    nothing came for `offline_after`
enum class host_presence { unknown, online, sleeping, stopped, lost, silent };
inline constexpr std::array all_presences{host_presence::unknown,  host_presence::online,
                                          host_presence::sleeping, host_presence::stopped,
                                          host_presence::lost,     host_presence::silent};

std::string_view to_string(host_presence presence);
std::optional<host_presence> parse_presence(std::string_view text);

struct presence_state {
  host_presence presence = host_presence::unknown;
  unix_ms since{};      // when this presence began
  unix_ms last_seen{};  // arrival of the newest sample or online status
  friend bool operator==(const presence_state&, const presence_state&) = default;
};

presence_state on_status(presence_state state, reported_state reported, unix_ms now);
presence_state on_sample(presence_state state, unix_ms now);
// Turns online into silent when last_seen is `offline_after` ago; leaves the others alone.
presence_state on_silence(presence_state state, unix_ms now, milliseconds offline_after);

}  // namespace atlas
