// Random sequences of events over the whole fleet, 100,000 by default; ATLAS_ALERT_SEQUENCES asks for more.
#include "core/fleet.hpp"
#include "tests/unit/core/make.hpp"

#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace atlas::test {
namespace {

constexpr int usual_sequences = 100'000;

// Checks a property with its share of the sequences.
template <class Property>
void check_share(double share, Property property) {
  const auto* wanted = std::getenv("ATLAS_ALERT_SEQUENCES");
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = static_cast<int>(share * (wanted == nullptr ? usual_sequences : std::atoi(wanted)));
  const auto outcome = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  std::ostringstream text;
  rc::detail::printResultMessage(outcome, text);
  EXPECT_TRUE(outcome.template is<rc::detail::SuccessResult>()) << text.str();
  std::cout << text.str() << '\n';
}

// Each word is one event; see run::happen().
using words = std::vector<std::uint32_t>;
words any_words() {
  return *rc::gen::resize(60, rc::gen::container<words>(rc::gen::arbitrary<std::uint32_t>()));
}

fleet_rules quick_rules() {
  fleet_rules rules;
  for (const auto rule : {alert_rule::cpu, alert_rule::memory, alert_rule::disk}) {
    rules.levels[rule] = {90, 95, 4, milliseconds{rule == alert_rule::cpu ? 0 : 20'000}};
  }
  rules.levels[alert_rule::battery] = {20, 10, 4, milliseconds{0}};
  rules.timing.window = milliseconds{120'000};
  rules.timing.calm = milliseconds{40'000};
  return rules;
}

// One organisation with a host that reports every ten seconds, late, twice, or not at all.
class run {
 public:
  enum class mode { as_it_comes, without_restarts, exact_restarts, stale_restarts };
  explicit run(mode how) : how_(how), hosts_(std::make_unique<fleet>(quick_rules())) {}

  // What one event was, for the check of it.
  struct outcome {
    bool is_late = false;
    std::vector<alert> alerts;
  };

  outcome happen(std::uint32_t word) {
    effects_.clear();
    outcome seen;
    switch (word % 16) {
      case 0: restart(word >> 4); break;
      case 1: seen.is_late = send_late(word >> 4); break;
      case 2: seen.is_late = send_again(); break;
      case 3: apply(alert_acknowledged{{make_host(), alert_rule::cpu, ""}, "ann"}); break;
      case 4: apply(status_received{make_host(), {reported_state::lost, now_, "b"}}); break;
      case 5: now_ += milliseconds{15'000}; [[fallthrough]];
      case 6: apply(time_passed{}); break;
      case 7: held_back_.push_back(make(word >> 4)); break;
      default: send_newest(word >> 4);
    }
    seen.alerts = effects_.alerts;
    for (const auto& each : seen.alerts) {
      retained_.insert_or_assign(each.key.id(), each);
    }
    return seen;
  }

  const fleet& hosts() const { return *hosts_; }

 private:
  void apply(fleet_event event) { hosts_->apply(std::move(event), now_, effects_); }

  sample make(std::uint32_t bits) {
    now_ += milliseconds{10'000};
    sample value;
    value.ts = now_;
    value.boot = "b";
    value.seq = ++seq_;
    value.cpu.percent = 84 + bits % 16;
    value.memory.percent = 84 + (bits >> 4) % 16;
    if ((bits >> 8) % 8 != 0) {
      value.disks.push_back({"/", "", "", 0, 0, 84.0 + (bits >> 11) % 16, {}, {}});
    }
    value.battery = {5.0 + (bits >> 15) % 30, (bits >> 20) % 8 == 0};
    return value;
  }
  void send_newest(std::uint32_t bits) {
    newest_ = make(bits);
    apply(sample_received{make_host(), *newest_});
  }
  // A sample from before the newest, with extreme values.
  bool send_late(std::uint32_t bits) {
    if (held_back_.empty() || !newest_ || held_back_.back().ts >= newest_->ts) {
      return false;
    }
    auto value = held_back_.back();
    held_back_.pop_back();
    value.cpu.percent = value.memory.percent = bits % 2 == 0 ? 100 : 0;
    apply(sample_received{make_host(), value});
    return true;
  }
  bool send_again() {
    if (newest_) {
      apply(sample_received{make_host(), *newest_});
    }
    return newest_.has_value();
  }

  void restart(std::uint32_t bits) {
    if (how_ == mode::without_restarts) {
      return;
    }
    const bool is_stale = how_ == mode::stale_restarts && bits % 2 == 0;
    auto memories = is_stale ? stored_ : hosts_->memories();
    stored_ = hosts_->memories();
    hosts_ = std::make_unique<fleet>(quick_rules());
    fleet_effects unsaid;
    for (auto& each : memories) {
      if (how_ == mode::stale_restarts) {
        each.state.seen = {};  // as the store keeps it
      }
      hosts_->apply(alert_remembered{each}, now_, unsaid);
    }
    for (const auto& [id, each] : retained_) {
      hosts_->apply(alert_restored{parse_alert(format_alert(each)).value()}, now_, unsaid);
    }
    if (newest_) {
      hosts_->apply(sample_remembered{make_host(), newest_->ts, newest_->boot, newest_->seq}, now_, unsaid);
    }
    RC_ASSERT(unsaid.alerts.empty());
  }

  mode how_;
  std::unique_ptr<fleet> hosts_;
  fleet_effects effects_;
  unix_ms now_ = at(0);
  std::uint64_t seq_ = 0;
  std::optional<sample> newest_;
  std::vector<sample> held_back_;
  std::map<std::string, alert> retained_;  // at the broker
  std::vector<alert_memory> stored_;       // as of the restart before
};

// Checks that what was said of the alerts hangs together, and with what is shown.
void check_announcements(run::mode how) {
  run world(how);
  std::set<std::string> raised;
  for (const auto word : any_words()) {
    const auto seen = world.happen(word);
    for (const auto& each : seen.alerts) {
      const auto id = each.key.id();
      RC_ASSERT(!seen.is_late || !is_of_samples(each.key.rule));
      switch (each.change) {
        case alert_change::fired: RC_ASSERT(raised.insert(id).second); break;
        case alert_change::resolved: RC_ASSERT(raised.erase(id) == 1U); break;
        case alert_change::none: RC_FAIL("an alert without a change"); break;
        case alert_change::acknowledged:
        case alert_change::escalated:
        case alert_change::lowered:
        case alert_change::flapping:
        case alert_change::silenced:
        case alert_change::unsilenced: RC_ASSERT(raised.contains(id)); break;
      }
    }
    std::set<std::string> shown;
    for (const auto& each : world.hosts().firing_alerts()) {
      shown.insert(each.key.id());
    }
    RC_ASSERT(shown == raised);
  }
}

TEST(AlertSequences, FireAndResolveInTurnOverRestartsAndNeverForALateSample) {
  check_share(0.35, [] { check_announcements(run::mode::exact_restarts); });
}

TEST(AlertSequences, FireAndResolveInTurnWhenTheStoreLagsBehindTheBroker) {
  check_share(0.35, [] { check_announcements(run::mode::stale_restarts); });
}

// id, change, time, severity and value of each change of the alerts that follow from samples
std::vector<std::string> told(const std::vector<alert>& alerts) {
  std::vector<std::string> lines;
  for (const auto& each : alerts) {
    if (is_of_samples(each.key.rule)) {
      lines.push_back(std::to_string(static_cast<int>(each.change)) + format_alert(each));
    }
  }
  return lines;
}

TEST(AlertSequences, SayTheSameWithAndWithoutRestarts) {
  check_share(0.15, [] {
    run with(run::mode::exact_restarts);
    run without(run::mode::without_restarts);
    for (const auto word : any_words()) {
      if (word % 16 == 3) {
        continue;  // an acknowledgement is stamped with the time of the service
      }
      RC_ASSERT(told(with.happen(word).alerts) == told(without.happen(word).alerts));
    }
  });
}

TEST(AlertSequences, SayTheSameWhateverTheBatching) {
  check_share(0.15, [] {
    fleet singly(quick_rules());
    fleet in_batches(quick_rules());
    fleet_effects one;
    fleet_effects other;
    std::vector<sample> waiting;
    unix_ms now = at(0);
    for (const auto word : any_words()) {
      now += milliseconds{10'000};
      sample value;
      value.ts = now - milliseconds{word % 7 == 0 ? 25'000 : 0};
      value.cpu.percent = 84 + (word >> 4) % 16;
      value.memory.percent = 84 + (word >> 8) % 16;
      value.disks.push_back({"/", "", "", 0, 0, 84.0 + (word >> 12) % 16, {}, {}});
      singly.apply(sample_received{make_host(), value}, now, one);
      waiting.push_back(value);
      if (word % 3 == 0) {
        for (const auto& each : waiting) {
          in_batches.apply(sample_received{make_host(), each}, now, other);
        }
        waiting.clear();
      }
    }
    for (const auto& each : waiting) {
      in_batches.apply(sample_received{make_host(), each}, now, other);
    }
    RC_ASSERT(told(one.alerts) == told(other.alerts));
  });
}

}  // namespace
}  // namespace atlas::test
