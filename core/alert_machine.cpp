#include "core/alert_machine.hpp"

namespace atlas {

namespace {

// What every part of a step looks at.
struct reading {
  const alert_levels& levels;
  const alert_timing& timing;
  double value;
  unix_ms at;
  bool after_gap;  // nobody knows what was between the value before and this one
};

// Begins a wait, or begins it anew where time ran backwards or values are missing: only time that was seen to
// pass counts.
void begin_wait(unix_ms& since, const reading& now) {
  if (since == unix_ms{} || now.at < since || now.after_gap) {
    since = now.at;
  }
}

bool has_held(unix_ms since, const reading& now) { return now.at - since >= now.levels.hold; }

// Whether the value has been low for so long that this counts; begins the wait.
bool is_calm(unix_ms& since, const reading& now) {
  begin_wait(since, now);
  return now.at - since >= now.timing.calm;
}

void raise_severity(alert_state& state, const reading& now) {
  if (!(now.value >= now.levels.critical)) {
    state.critical_since = {};
    return;
  }
  begin_wait(state.critical_since, now);
  if (has_held(state.critical_since, now)) {
    state.severity = alert_severity::critical;
    state.critical_since = {};
  }
}

void lower_severity(alert_state& state, const reading& now) {
  if (!(now.value < now.levels.critical - now.levels.margin)) {
    state.lower_since = {};
    return;
  }
  state.stays_critical = state.stays_critical || state.severities.is_restless(now.at, now.timing.window);
  if (state.stays_critical && !is_calm(state.lower_since, now)) {
    return;
  }
  state.stays_critical = false;
  state.severity = alert_severity::warning;
  state.lower_since = {};
}

// Follows the critical level on its own: with its hold, its margin, and its own memory of going up and down.
alert_change follow_severity(alert_state& state, const reading& now) {
  const auto before = state.severity;
  if (before == alert_severity::warning) {
    raise_severity(state, now);
  } else {
    lower_severity(state, now);
  }
  if (state.severity == before || !is_raised(state.phase)) {
    return alert_change::none;
  }
  state.severities.note(now.at);
  return before == alert_severity::warning ? alert_change::escalated : alert_change::lowered;
}

void become_ok(alert_state& state, unix_ms at) {
  state.phase = alert_phase::ok;
  state.since = at;
  state.critical_since = {};
  state.lower_since = {};
  state.calm_since = {};
  state.flapping = false;
  state.stays_critical = false;
}

alert_change wait_for_hold(alert_state& state, const reading& now) {
  if (!(now.value >= now.levels.lowest())) {
    if (state.phase == alert_phase::pending) {
      become_ok(state, now.at);
    }
    state.critical_since = {};
    return alert_change::none;
  }
  if (state.phase == alert_phase::ok) {
    state.phase = alert_phase::pending;
    state.severity = alert_severity::warning;
    state.since = {};
  }
  begin_wait(state.since, now);
  follow_severity(state, now);
  if (!has_held(state.since, now)) {
    return alert_change::none;
  }
  state.phase = alert_phase::firing;
  state.since = now.at;
  state.turns.note(now.at);
  return alert_change::fired;
}

alert_change watch_raised(alert_state& state, const reading& now) {
  if (!(now.value < now.levels.lowest() - now.levels.margin)) {
    state.calm_since = {};
    return follow_severity(state, now);
  }
  if (state.flapping || state.turns.is_restless(now.at, now.timing.window)) {
    const bool is_news = !state.flapping;
    state.flapping = true;
    if (!is_calm(state.calm_since, now)) {
      return is_news ? alert_change::flapping : alert_change::none;
    }
  }
  become_ok(state, now.at);
  state.turns.note(now.at);
  return alert_change::resolved;
}

}  // namespace

alert_step advance(alert_state state, const alert_levels& levels, const alert_timing& timing, double value,
                   unix_ms at) {
  const reading now{levels, timing, value, at, state.seen != unix_ms{} && at - state.seen > timing.gap};
  const auto change = is_raised(state.phase) ? watch_raised(state, now) : wait_for_hold(state, now);
  state.seen = at;
  return {state, change};
}

alert_state lasting(alert_state state) {
  state.seen = {};
  state.calm_since = {};
  state.lower_since = {};
  return state;
}

std::string_view to_string(alert_phase phase) {
  switch (phase) {
    case alert_phase::ok: return "ok";
    case alert_phase::pending: return "pending";
    case alert_phase::firing: return "firing";
    case alert_phase::acknowledged: return "acknowledged";
  }
  return "";
}

}  // namespace atlas
