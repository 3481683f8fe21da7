// What holds for every sequence of alerts, with restarts and reconciliations at random points.
#include "tests/unit/notify/planner_fixture.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace atlas::test {
namespace {

using rc::gen::inRange;

notify_rules any_rules() {
  notify_rules rules =
      rules_for({{.name = "ops"}, {.name = "pager", .min_severity = alert_severity::critical}});
  rules.window = milliseconds(*inRange(0, 60'000));
  rules.mass = *inRange<std::size_t>(2, 4);
  return rules;
}

// A fleet's alerts and what each channel has been told.
struct world {
  explicit world(notify_rules given) : rules(std::move(given)), planner(rules) {}

  std::vector<alert_news> firing() const {
    std::vector<alert_news> out;
    for (const auto& [id, news] : alerts) {
      if (news.firing) out.push_back(news);
    }
    return out;
  }

  void hear(const std::vector<notice>& all) {
    for (const auto& one : all) {
      RC_ASSERT(!one.channels.empty());
      RC_ASSERT(!one.alerts.empty());
      for (const auto& channel : one.channels) {
        auto& open = told[channel];
        if (one.kind == notice_kind::resolved) {
          RC_ASSERT(open.erase(one.incident) == 1U);
        } else {
          RC_ASSERT((one.kind == notice_kind::grown || open.insert(one.incident).second));
          open.insert(one.incident);
        }
      }
      for (const auto& alert : one.alerts) {
        auto& times = mentioned[alert.value.key.id()];
        times.push_back(now);
        const auto recent =
            std::count_if(times.begin(), times.end(), [&](double time) { return now - time < a_day; });
        RC_ASSERT(recent <= 3);
        RC_ASSERT(one.kind == notice_kind::resolved || alert.firing);
      }
    }
  }

  void restart() {
    const auto state = planner.save();
    planner = notify_planner(rules);
    RC_ASSERT(planner.load(state).has_value());
    RC_ASSERT(planner.save() == state);
  }

  notify_rules rules;
  notify_planner planner;
  std::map<std::string, alert_news> alerts;
  std::map<std::string, std::set<std::string>> told;
  std::map<std::string, std::vector<double>> mentioned;
  double now = 0;
};

alert_news any_news(double now) {
  const auto host = *rc::gen::element<std::string>("a", "b", "c", "d", "e");
  const auto rule = *rc::gen::element(alert_rule::cpu, alert_rule::disk, alert_rule::offline);
  return news_of(host, rule, *rc::gen::arbitrary<bool>(), now);
}

RC_GTEST_PROP(PlannerProperty, SaysLittleAndNothingThatIsNotSo, ()) {
  world all(any_rules());
  const auto steps = *inRange(1, 120);
  for (int step = 0; step < steps; ++step) {
    all.now += *rc::gen::weightedElement<double>({{6, 1}, {3, 20}, {2, 45}, {1, 2'000}, {1, 30'000}});
    switch (*inRange(0, 8)) {
      case 0: all.restart(); break;
      case 1: all.hear(all.planner.reconcile(all.firing(), 5, at(all.now))); break;
      default: {
        const auto news = any_news(all.now);
        all.alerts.insert_or_assign(news.value.key.id(), news);
        all.hear(all.planner.step(std::vector{news}, 5, at(all.now)));
      }
    }
  }
}

RC_GTEST_PROP(PlannerProperty, TellsOfWhatGoesOnFiring, ()) {
  world all(any_rules());
  const auto steps = *inRange(0, 40);
  for (int step = 0; step < steps; ++step) {
    all.now += 20;
    const auto news = any_news(all.now);
    all.hear(all.planner.step(std::vector{news}, 5, at(all.now)));
  }
  // Of a host that has said nothing yet.
  const auto last = news_of("quiet", alert_rule::disk, true, all.now);
  all.hear(all.planner.step(std::vector{last}, 5, at(all.now)));
  for (int second = 0; second < 62; ++second) {
    all.now += 1;
    all.hear(all.planner.step({}, 5, at(all.now)));
  }
  RC_ASSERT(all.mentioned[last.value.key.id()].size() == 1U);
}

RC_GTEST_PROP(PlannerProperty, IsOverWhenAllIsOver, ()) {
  world all(any_rules());
  const auto steps = *inRange(0, 60);
  for (int step = 0; step < steps; ++step) {
    all.now += 13;
    all.hear(all.planner.step(std::vector{any_news(all.now)}, 5, at(all.now)));
  }
  for (int hour = 0; hour < 60; ++hour) {
    all.now += 3'600;
    all.hear(all.planner.reconcile({}, 5, at(all.now)));
  }
  RC_ASSERT(all.planner.open_incidents() == 0U);
  for (const auto& [channel, open] : all.told) {
    RC_ASSERT(open.empty());
  }
}

}  // namespace
}  // namespace atlas::test
