#include "core/fleet.hpp"
#include "tests/unit/core/generators.hpp"
#include "tests/unit/core/make.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace atlas::test {
namespace {

using rc::gen::inRange;

fleet_rules short_rules() {
  fleet_rules rules;
  for (const auto rule : {alert_rule::cpu, alert_rule::memory, alert_rule::disk}) {
    rules.levels[rule].hold = milliseconds{20'000};
  }
  rules.max_hosts = 3;
  return rules;
}

sample any_fleet_sample(unix_ms now) {
  sample value;
  value.ts = now + milliseconds(*inRange(-30'000, 5'000));
  value.boot = *rc::gen::element<std::string>("", "b1", "b2");
  value.seq = maybe(inRange<std::uint64_t>(0, 12));
  value.cpu.percent = *inRange(80, 100);
  value.memory.percent = *inRange(80, 100);
  for (const auto* mount : {"/", "/home", "/usb"}) {
    if (*rc::gen::arbitrary<bool>()) {
      value.disks.push_back({mount, "", "", 0, 0, static_cast<double>(*inRange(80, 100)), {}, {}});
    }
  }
  return value;
}

fleet_event any_event(unix_ms now) {
  const auto host = make_host(*rc::gen::element<std::string>("a", "b", "c", "d"));
  switch (*inRange(0, 13)) {
    case 0: return host_registered{host};
    case 1: return host_removed{host};
    case 2: return time_passed{};
    case 3:
      return status_received{host,
                             {*rc::gen::element(reported_state::online, reported_state::sleeping,
                                                reported_state::stopped, reported_state::lost),
                              now, *rc::gen::element<std::string>("", "b1", "b2")}};
    case 4: {
      const auto rule = *rc::gen::suchThat(rc::gen::elementOf(all_alert_rules),
                                           [](alert_rule any) { return any != alert_rule::isolation; });
      return alert_restored{{{host, rule, has_instance(rule) ? "/old" : ""},
                             alert_severity::warning,
                             alert_phase::firing,
                             95,
                             90,
                             now}};
    }
    case 5: return isolation_checked{*inRange<std::size_t>(0, 2)};
    default: return sample_received{host, any_fleet_sample(now)};
  }
}

// Whatever happens, what the fleet says about alerts and counts must agree with what it shows.
RC_GTEST_PROP(FleetProperty, EffectsCountsAndListsAgree, ()) {
  fleet hosts(short_rules());
  std::set<std::string> firing;
  auto now = at(0);
  for (int left = *inRange(0, 150); left > 0; --left) {
    now += milliseconds(*inRange(0, 15'000));
    const auto event = any_event(now);
    const auto* restored = std::get_if<alert_restored>(&event);
    fleet_effects effects;
    hosts.apply(event, now, effects);

    if (restored != nullptr && hosts.find(restored->value.key.host) != nullptr) {
      firing.insert(restored->value.key.id());
    }
    for (const auto& each : effects.alerts) {
      if (each.change == alert_change::flapping) {
        continue;
      }
      const bool fired = each.change == alert_change::fired;
      RC_ASSERT(fired || each.change == alert_change::resolved);
      RC_ASSERT((fired ? firing.insert(each.key.id()).second : firing.erase(each.key.id()) == 1));
    }
    std::set<std::string> shown;
    std::map<alert_severity, std::size_t> severities{{alert_severity::warning, 0},
                                                     {alert_severity::critical, 0}};
    for (const auto& each : hosts.firing_alerts()) {
      RC_ASSERT(shown.insert(each.key.id()).second);
      ++severities[each.severity];
    }
    RC_ASSERT(shown == firing);
    RC_ASSERT(hosts.counts().alerts == severities);

    std::map<host_presence, std::size_t> presences;
    for (const host_presence presence : all_presences) {
      presences[presence] = 0;
    }
    for (const auto* each : hosts.hosts()) {
      ++presences[each->presence.presence];
      RC_ASSERT(hosts.find(each->id) == each);
    }
    RC_ASSERT(hosts.counts().hosts == presences);
    RC_ASSERT(hosts.size() <= 3U);
    for (const auto& row : effects.recorded) {
      RC_ASSERT(row.late.has_value() || row.host->newest.has_value());
    }
  }
}

// A network that repeats messages changes nothing.
RC_GTEST_PROP(FleetProperty, RepeatedSamplesAreHarmless, ()) {
  fleet once(short_rules());
  fleet twice(short_rules());
  fleet_effects effects;
  std::vector<sample> sent;
  auto now = at(0);
  for (int left = *inRange(1, 80); left > 0; --left) {
    now += milliseconds(10'000);
    auto value = make_sample(0, *inRange(80, 100));
    value.ts = now;
    value.boot = "b";
    value.seq = sent.size() + 1;
    sent.push_back(value);
    once.apply(sample_received{make_host(), value}, now, effects);
    twice.apply(sample_received{make_host(), value}, now, effects);
    const auto& repeat = sent[*inRange<std::size_t>(0, sent.size())];
    twice.apply(sample_received{make_host(), repeat}, now, effects);
  }
  const auto* first = once.find(make_host());
  const auto* second = twice.find(make_host());
  RC_ASSERT(first->newest == second->newest);
  RC_ASSERT(first->samples == second->samples);
  RC_ASSERT(first->missing == 0U);
  RC_ASSERT(second->missing == 0U);
  RC_ASSERT(second->repeated == sent.size());
  RC_ASSERT(once.firing_alerts().size() == twice.firing_alerts().size());
}

}  // namespace
}  // namespace atlas::test
