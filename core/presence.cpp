#include "core/presence.hpp"

#include <algorithm>

namespace atlas {

namespace {

presence_state enter(presence_state state, host_presence presence, unix_ms now) {
  if (state.presence != presence) {
    state.presence = presence;
    state.since = now;
  }
  return state;
}

presence_state seen(presence_state state, unix_ms now) {
  state.last_seen = std::max(state.last_seen, now);
  return enter(state, host_presence::online, now);
}

bool said_goodbye(host_presence presence) {
  return presence == host_presence::sleeping || presence == host_presence::stopped;
}

}  // namespace

std::string_view to_string(host_presence presence) {
  switch (presence) {
    case host_presence::unknown: return "unknown";
    case host_presence::online: return "online";
    case host_presence::sleeping: return "sleeping";
    case host_presence::stopped: return "stopped";
    case host_presence::lost: return "lost";
    case host_presence::silent: return "silent";
  }
  return "";
}

std::optional<host_presence> parse_presence(std::string_view text) {
  for (const host_presence presence : all_presences) {
    if (text == to_string(presence)) {
      return presence;
    }
  }
  return std::nullopt;
}

presence_state on_status(presence_state state, reported_state reported, unix_ms now) {
  switch (reported) {
    case reported_state::online: return seen(state, now);
    case reported_state::sleeping: return enter(state, host_presence::sleeping, now);
    case reported_state::stopped: return enter(state, host_presence::stopped, now);
    case reported_state::lost:
      // The connection of a host that went to sleep breaks too, a minute later: that is no news.
      return said_goodbye(state.presence) ? state : enter(state, host_presence::lost, now);
  }
  return state;
}

presence_state on_sample(presence_state state, unix_ms now) { return seen(state, now); }

presence_state on_silence(presence_state state, unix_ms now, milliseconds offline_after) {
  const bool quiet = now - state.last_seen >= offline_after;
  return state.presence == host_presence::online && quiet ? enter(state, host_presence::silent, now) : state;
}

}  // namespace atlas
