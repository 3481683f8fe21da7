#pragma once

#include "core/boot_watch.hpp"
#include "core/fleet.hpp"
#include "core/seq_window.hpp"

#include <string>
#include <vector>

namespace atlas {

// Of attempts that did not fail: none may.
inline constexpr threshold isolation_rule{1, 1, milliseconds::zero()};

// One alert of one host.
struct fleet::machine {
  alert_rule rule;
  std::string instance;
  alert_state state;
  double value = 0;  // at the newest step

  void restart_hold() {
    if (state.phase == alert_phase::pending) {
      state.phase = alert_phase::ok;
    }
  }
};

// What the fleet keeps of a host besides what it shows.
struct fleet::entry : host_state {
  entry(const host_id& host, unix_ms now) : host_state(host), first_heard(now) {}

  enum class arrival { newest, late, repeated };
  // Where this sample stands among those that came before; counts what it finds missing or found again.
  arrival place(const sample& value, unix_ms now);

  // Calls visit(machine&) for every alert that follows from samples.
  template <class Visit>
  void for_each_sample_alert(Visit visit) {
    visit(cpu);
    visit(memory);
    for (auto& disk : disks) {
      visit(disk);
    }
  }

  unix_ms first_heard;  // by this run of the service
  seq_window seqs;      // of the boot of `newest`, when that has seq and boot
  boot_watch boots;

  // The newest online status: a retained or repeated copy of it proves nothing new.
  unix_ms online_ts{};
  std::string online_boot;

  machine cpu{alert_rule::cpu, {}, {}};
  machine memory{alert_rule::memory, {}, {}};
  machine offline{alert_rule::offline, {}, {}};
  machine duplicate{alert_rule::duplicate, {}, {}};
  std::vector<machine> disks;  // one a mount, in the order of the newest sample
  std::size_t firing = 0;      // how many of these fire
};

}  // namespace atlas
