#pragma once

#include "core/boot_watch.hpp"
#include "core/clock_watch.hpp"
#include "core/disk_trend.hpp"
#include "core/fleet.hpp"
#include "core/seq_window.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// With those that nobody sets.
fleet_rules with_own_rules(fleet_rules rules);

// Further alerts of one host than this are not kept.
inline constexpr std::size_t max_machines = 256;

// One alert of one host that is not quiet: pending, raised, or over so lately that it could be flapping.
struct fleet::machine {
  alert_rule rule;
  std::string instance;
  alert_state state = {};
  double value = 0;  // at the newest step
  double worst = 0;  // while it is raised: of the values since it fired, or since this run began
  bool silenced = false;
  std::uint64_t visited = 0;  // the number of the sample that had a value for it
  std::string acknowledged_by = {};
  unix_ms acknowledged_at{};

  bool is(alert_rule other, std::string_view other_instance) const {
    return rule == other && instance == other_instance;
  }
  bool is_quiet(unix_ms now, const alert_timing& timing) const {
    return state.phase == alert_phase::ok && state.turns.is_over(now, timing.window);
  }
  alert_memory memory(const host_id& host) const {
    return {{host, rule, instance}, state, value, acknowledged_by, acknowledged_at};
  }
};

// What the fleet keeps of a host besides what it shows.
struct fleet::entry : host_state {
  entry(const host_id& host, unix_ms now) : host_state(host), first_heard(now) {}

  enum class arrival { newest, late, repeated };
  // Where this sample stands among those that came before; counts what it finds missing or found again. One
  // that `waited` is never the newest.
  arrival place(const sample& value, unix_ms now, bool waited);
  // The same for the first sample of this run.
  arrival place_first(const sample& value, unix_ms now);
  // A host that rebooted with a clock set back says by its online status which boot is the present one.
  bool begins_present_boot(const sample& value, std::string_view newest_boot) const;
  // Its time by this machine's clock, where the host's own is far off.
  unix_ms right_time(unix_ms ts) const;

  machine* find(alert_rule rule, std::string_view instance);
  // Twice as long as the host's own interval, and at least as long as the rule says.
  alert_timing timing(const alert_timing& usual) const;

  unix_ms first_heard;  // by this run of the service
  seq_window seqs;      // of the boot of `newest`, when that has seq and boot
  boot_watch boots;
  std::optional<sample_remembered> remembered;  // until the first sample
  clock_watch clock;

  // The newest online status: a retained or repeated copy of it proves nothing new.
  unix_ms online_ts{};
  std::string online_boot;

  // The newest boot that the host was seen with and the one before, to which there is no way back but for two
  // machines under one name.
  std::string boot;
  std::string earlier_boot;
  // Whether this boot was not seen lately; remembers it.
  bool begins(std::string_view seen);

  std::shared_ptr<const host_rules> rules;
  std::vector<machine> machines;  // most hosts have none
  std::size_t next_machine = 0;   // where the search for one begins: samples name them in the same order
  std::size_t raised = 0;         // how many of these are

  struct mount_trend {
    std::string mount;
    disk_trend trend;
  };
  std::vector<mount_trend> trends;  // in the order of the newest sample's disks
};

}  // namespace atlas
