#include "core/alert_machine.hpp"

#include "tests/unit/core/make.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr alert_levels at_90_for_30_s{90, never, 5, milliseconds{30'000}};
constexpr alert_levels at_90_at_once{90, never, 5, milliseconds{0}};
constexpr alert_levels at_90_and_95{90, 95, 5, milliseconds{30'000}};
constexpr alert_levels both_at_once{90, 95, 2, milliseconds{0}};
constexpr alert_timing timing;
constexpr double minute = 60;

// Steps one machine and keeps what it said.
class machine {
 public:
  explicit machine(alert_levels levels) : levels_(levels) {}
  alert_change step(double value, double seconds) {
    const auto next = advance(state, levels_, timing, value, at(seconds));
    state = next.state;
    return next.change;
  }
  alert_state state;

 private:
  alert_levels levels_;
};

TEST(Alert, StaysOkBelowTheThreshold) {
  machine cpu(at_90_for_30_s);
  EXPECT_EQ(cpu.step(89.9, 0), alert_change::none);
  EXPECT_EQ(cpu.state.phase, alert_phase::ok);
}

TEST(Alert, FiresOnceTheValueWasHighForTheHoldTime) {
  machine cpu(at_90_for_30_s);
  EXPECT_EQ(cpu.step(90, 0), alert_change::none);
  EXPECT_EQ(cpu.state.phase, alert_phase::pending);
  EXPECT_EQ(cpu.state.since, at(0));
  EXPECT_EQ(cpu.step(95, 29.999), alert_change::none);
  EXPECT_EQ(cpu.step(95, 30), alert_change::fired);
  EXPECT_EQ(cpu.state.phase, alert_phase::firing);
  EXPECT_EQ(cpu.state.since, at(30));
  EXPECT_EQ(cpu.step(95, 40), alert_change::none);
}

TEST(Alert, FiresAtOnceWithoutAHoldTime) {
  machine cpu(at_90_at_once);
  EXPECT_EQ(cpu.step(90, 0), alert_change::fired);
}

TEST(Alert, StartsTheHoldTimeAnewAfterADip) {
  machine cpu(at_90_for_30_s);
  cpu.step(95, 0);
  EXPECT_EQ(cpu.step(89, 20), alert_change::none);
  EXPECT_EQ(cpu.state.phase, alert_phase::ok);
  cpu.step(95, 25);
  EXPECT_EQ(cpu.step(95, 50), alert_change::none);
  EXPECT_EQ(cpu.step(95, 55), alert_change::fired);
}

TEST(Alert, StaysRaisedInsideTheMarginAndClearsOnlyBelowTheClearLevel) {
  machine cpu(at_90_at_once);
  cpu.step(95, 0);
  EXPECT_EQ(cpu.step(89, 10), alert_change::none);
  EXPECT_EQ(cpu.step(85, 20), alert_change::none);
  EXPECT_EQ(cpu.step(95, 30), alert_change::none);
  EXPECT_EQ(cpu.step(84.9, 40), alert_change::resolved);
  EXPECT_EQ(cpu.state.phase, alert_phase::ok);
  EXPECT_EQ(cpu.state.since, at(40));
}

TEST(Alert, DoesNotCountTimeThatRanBackwards) {
  machine cpu(at_90_for_30_s);
  cpu.step(95, 1000);
  EXPECT_EQ(cpu.step(95, 10), alert_change::none);
  EXPECT_EQ(cpu.step(95, 39), alert_change::none);
  EXPECT_EQ(cpu.step(95, 40), alert_change::fired);
}

TEST(Alert, TakesAValueThatIsNoNumberForNotHigh) {
  machine cpu(at_90_for_30_s);
  cpu.step(95, 0);
  EXPECT_EQ(cpu.step(std::nan(""), 60), alert_change::none);
  EXPECT_EQ(cpu.state.phase, alert_phase::ok);
}

TEST(Alert, StartsTheHoldTimeAnewWhereValuesAreMissing) {
  machine cpu(at_90_for_30_s);
  cpu.step(95, 0);
  EXPECT_EQ(cpu.step(95, 301), alert_change::none);
  EXPECT_EQ(cpu.step(95, 331), alert_change::fired);
}

TEST(AlertSeverity, RisesInPlaceOnceTheValueWasCriticalForTheHoldTimeAndFallsBack) {
  machine cpu(at_90_and_95);
  cpu.step(91, 0);
  EXPECT_EQ(cpu.step(91, 30), alert_change::fired);
  EXPECT_EQ(cpu.state.severity, alert_severity::warning);
  EXPECT_EQ(cpu.step(96, 40), alert_change::none);
  EXPECT_EQ(cpu.step(96, 70), alert_change::escalated);
  EXPECT_EQ(cpu.state.severity, alert_severity::critical);
  EXPECT_EQ(cpu.state.since, at(30));
  EXPECT_EQ(cpu.step(90, 80), alert_change::none);
  EXPECT_EQ(cpu.step(89.9, 90), alert_change::lowered);
  EXPECT_EQ(cpu.state.phase, alert_phase::firing);
  EXPECT_EQ(cpu.step(80, 100), alert_change::resolved);
}

TEST(AlertSeverity, IsCriticalFromTheBeginningWhenTheValueWasSoForTheWholeHoldTime) {
  machine cpu(at_90_and_95);
  cpu.step(99, 0);
  EXPECT_EQ(cpu.step(99, 30), alert_change::fired);
  EXPECT_EQ(cpu.state.severity, alert_severity::critical);
}

TEST(AlertSeverity, IsWarningWhenOnlyThatLevelWasReachedForLongEnough) {
  machine cpu(at_90_and_95);
  cpu.step(91, 0);
  cpu.step(99, 20);
  EXPECT_EQ(cpu.step(99, 30), alert_change::fired);
  EXPECT_EQ(cpu.state.severity, alert_severity::warning);
  EXPECT_EQ(cpu.step(99, 50), alert_change::escalated);
}

TEST(AlertSeverity, StaysCriticalWhileItWouldGoUpAndDown) {
  machine cpu(both_at_once);
  int changes = 0;
  for (int i = 0; i < 8640; ++i) {
    changes += cpu.step(i % 2 == 0 ? 96 : 91, 10 * i) == alert_change::none ? 0 : 1;
  }
  EXPECT_EQ(changes, 5) << "fired, lowered, escalated, lowered, escalated";
}

TEST(AlertFlapping, OfAValueThatAlternatesEverySampleForADayIsSaidOnce) {
  machine cpu(at_90_at_once);
  int turns = 0;
  int named = 0;
  for (int i = 0; i < 8640; ++i) {
    switch (cpu.step(i % 2 == 0 ? 95 : 10, 10 * i)) {
      case alert_change::fired:
      case alert_change::resolved: ++turns; break;
      case alert_change::flapping: ++named; break;
      default: break;
    }
  }
  EXPECT_EQ(turns, 3);
  EXPECT_EQ(named, 1);
  EXPECT_EQ(cpu.state.phase, alert_phase::firing);
  EXPECT_TRUE(cpu.state.flapping);
}

// Turns the alert three times within half a minute, and lets it begin to be calm at 30 s.
void flap(machine& cpu) {
  EXPECT_EQ(cpu.step(95, 0), alert_change::fired);
  EXPECT_EQ(cpu.step(10, 10), alert_change::resolved);
  EXPECT_EQ(cpu.step(95, 20), alert_change::fired);
  EXPECT_EQ(cpu.step(10, 30), alert_change::flapping);
}

TEST(AlertFlapping, IsOverOnceTheValueHasBeenLowForHalfAnHour) {
  machine cpu(at_90_at_once);
  flap(cpu);
  for (double left = 1; left < 30; ++left) {
    EXPECT_EQ(cpu.step(10, 30 + left * minute), alert_change::none);
  }
  EXPECT_EQ(cpu.step(10, 30 + 30 * minute), alert_change::resolved);
  EXPECT_FALSE(cpu.state.flapping);
}

TEST(AlertFlapping, CountsTheCalmAnewAfterEachHighValueAndWhereValuesAreMissing) {
  machine cpu(at_90_at_once);
  flap(cpu);
  EXPECT_EQ(cpu.step(95, 10 * minute), alert_change::none);
  EXPECT_EQ(cpu.step(10, 11 * minute), alert_change::none);
  EXPECT_EQ(cpu.step(10, 60 * minute), alert_change::none) << "nobody saw what was between";
  EXPECT_TRUE(cpu.state.flapping);
}

TEST(AlertFlapping, IsNotWhatThreeChangesOfALongDayAre) {
  machine cpu(at_90_at_once);
  cpu.step(95, 0);
  cpu.step(10, 30 * minute);
  cpu.step(95, 50 * minute);
  EXPECT_EQ(cpu.step(10, 61 * minute), alert_change::resolved);
}

TEST(AlertAcknowledged, IsRaisedStillAndResolvesAsAFiringOne) {
  machine cpu(both_at_once);
  cpu.step(91, 0);
  cpu.state.phase = alert_phase::acknowledged;
  EXPECT_EQ(cpu.step(99, 10), alert_change::escalated);
  EXPECT_EQ(cpu.state.phase, alert_phase::acknowledged);
  EXPECT_EQ(cpu.step(10, 20), alert_change::resolved);
  EXPECT_EQ(cpu.step(91, 30), alert_change::fired);
  EXPECT_EQ(cpu.state.phase, alert_phase::firing);
}

}  // namespace
}  // namespace atlas::test
