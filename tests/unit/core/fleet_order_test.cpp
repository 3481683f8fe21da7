#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

// Which samples are newest, late or repeated.
class FleetOrder : public FleetTest {
 protected:
  bool was_newest() const { return effects.recorded.size() == 1 && !effects.recorded[0].late; }
  bool was_late() const {
    return effects.recorded.size() == 1 && effects.recorded[0].late && !effects.recorded[0].repeated;
  }
  bool was_repeated() const {
    return effects.recorded.size() == 1 && effects.recorded[0].late && effects.recorded[0].repeated;
  }

  void take_at(sample value, double now) { apply(sample_received{make_host(), std::move(value)}, now); }
};

TEST_F(FleetOrder, ARepeatChangesNothing) {
  take(numbered("b", 1, 0));
  take(numbered("b", 2, 10));
  for (const auto& repeat : {numbered("b", 1, 0), numbered("b", 2, 10)}) {
    take(repeat);
    EXPECT_TRUE(was_repeated());
    EXPECT_TRUE(effects.changed.empty());
  }
  EXPECT_EQ(host().repeated, 2U);
  EXPECT_EQ(host().samples, 2U);
  EXPECT_EQ(host().newest->seq, 2U);
}

TEST_F(FleetOrder, CountsWhatIsMissingAndTakesBackWhatComesLate) {
  take(numbered("b", 1, 0));
  take(numbered("b", 5, 40));
  EXPECT_EQ(host().missing, 3U);
  take(numbered("b", 3, 20));
  EXPECT_TRUE(was_late());
  EXPECT_EQ(effects.recorded[0].late->seq, 3U);
  EXPECT_EQ(host().missing, 2U);
  EXPECT_EQ(host().late, 1U);
  EXPECT_EQ(host().newest->seq, 5U);
  take(numbered("b", 3, 20));
  EXPECT_TRUE(was_repeated());
  EXPECT_EQ(host().missing, 2U);
}

TEST_F(FleetOrder, ASampleFromBeforeTheServiceStartedIsLateButWasNotMissing) {
  take(numbered("b", 100, 1000));
  take(numbered("b", 99, 990));
  EXPECT_TRUE(was_late());
  EXPECT_EQ(host().missing, 0U);
}

TEST_F(FleetOrder, ALateSampleDoesNotWakeAHostOrItsAlerts) {
  take(numbered("b", 5, 40));
  say(reported_state::lost, 50);
  auto late = numbered("b", 4, 30);
  late.cpu.percent = 100;
  take_at(late, 60);
  EXPECT_TRUE(was_late());
  EXPECT_EQ(presence(), host_presence::lost);
  EXPECT_TRUE(effects.alerts.empty());
  EXPECT_TRUE(effects.changed.empty());
}

TEST_F(FleetOrder, WithinABootTheNumberDecidesAndNotTheClock) {
  take(numbered("b", 1, 1000));
  take_at(numbered("b", 2, 0), 1001);
  EXPECT_TRUE(was_newest());
  EXPECT_EQ(host().newest->ts, at(0));
}

TEST_F(FleetOrder, ANewBootStartsItsNumbersAnew) {
  take(numbered("b1", 500, 0));
  take(numbered("b2", 1, 10));
  EXPECT_TRUE(was_newest());
  EXPECT_EQ(host().missing, 0U);
  take(numbered("b2", 3, 30));
  EXPECT_EQ(host().missing, 1U);
}

TEST_F(FleetOrder, AnOlderSampleOfAnotherBootIsLate) {
  take(numbered("b1", 500, 0));
  take(numbered("b2", 1, 10));
  take_at(numbered("b1", 501, 5), 20);
  EXPECT_TRUE(was_late());
  take(numbered("b2", 2, 20));
  EXPECT_TRUE(was_newest());
  EXPECT_EQ(host().missing, 0U);
}

TEST_F(FleetOrder, AClockThatWasFarAheadIsForgivenAfterAReboot) {
  take_at(numbered("b1", 1, 86'400), 0);
  take_at(numbered("b2", 1, 10), 10);
  EXPECT_TRUE(was_newest());
  EXPECT_EQ(host().newest->boot, "b2");
}

TEST_F(FleetOrder, AClockThatWasALittleAheadMakesTheNextBootLate) {
  take_at(numbered("b1", 1, 200), 0);
  take_at(numbered("b2", 1, 10), 10);
  EXPECT_TRUE(was_late());
}

TEST_F(FleetOrder, TheOnlineStatusTellsWhichBootIsThePresentOne) {
  take_at(numbered("b1", 1, 200), 0);
  say(reported_state::online, 9, "b2");
  take_at(numbered("b2", 1, 10), 10);
  EXPECT_TRUE(was_newest());
  take_at(numbered("b1", 2, 210), 20);  // the spool of the boot before
  take_at(numbered("b2", 2, 20), 21);
  EXPECT_EQ(host().newest->boot, "b2");
}

TEST_F(FleetOrder, WithoutNumbersTheClockDecides) {
  take(make_sample(10));
  take(make_sample(10));
  EXPECT_TRUE(was_newest());
  take_at(make_sample(9), 11);
  EXPECT_TRUE(was_late());
  take(make_sample(12));
  EXPECT_TRUE(was_newest());
  EXPECT_EQ(host().missing, 0U);
}

TEST_F(FleetOrder, APublisherWithNumbersButNoBootMayStartAgain) {
  take(numbered("", 500, 0));
  take(numbered("", 500, 0));
  EXPECT_TRUE(was_repeated());
  take(numbered("", 1, 10));
  EXPECT_TRUE(was_newest());
  EXPECT_EQ(host().missing, 0U);
}

TEST_F(FleetOrder, ALeapOfAllNumbersDoesNotOverflowTheCount) {
  take(numbered("b", 0, 0));
  take(numbered("b", ~std::uint64_t{0}, 10));
  take(numbered("c", 0, 20));
  take(numbered("c", ~std::uint64_t{0}, 30));
  EXPECT_EQ(host().missing, ~std::uint64_t{0});
}

}  // namespace
}  // namespace atlas::test
