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

TEST_F(FleetOrder, WhatHasWaitedIsNoNewsEvenOfAHostThatIsNotKnownYet) {
  auto waited = numbered("b", 5, 0);
  waited.cpu.percent = 100;
  apply(sample_received{make_host(), waited, true}, 61);
  EXPECT_TRUE(was_late());
  EXPECT_FALSE(host().newest);
  EXPECT_TRUE(effects.alerts.empty());
  apply(sample_received{make_host(), numbered("b", 6, 10), true}, 69);
  EXPECT_TRUE(was_newest()) << "this one has just been taken";
  apply(sample_received{make_host(), numbered("b", 7, 20), true}, 80);
  EXPECT_TRUE(was_late());
  apply(sample_received{make_host(), numbered("b", 7, 20), true}, 81);
  EXPECT_TRUE(was_repeated());
  EXPECT_EQ(host().newest->seq, 6U);
}

TEST_F(FleetOrder, AnHourCaughtUpBehindTheNewestIsAllLateAndNothingIsMissing) {
  take(numbered("b", 1, 0));
  take(numbered("b", 361, 3'600));
  EXPECT_EQ(host().missing, 359U);
  for (std::uint64_t seq = 2; seq < 361; ++seq) {
    auto waited = numbered("b", seq, static_cast<double>(10 * (seq - 1)));
    waited.cpu.percent = 100;
    apply(sample_received{make_host(), waited, true}, 3'601);
    ASSERT_TRUE(was_late()) << seq;
    ASSERT_TRUE(effects.alerts.empty());
  }
  EXPECT_EQ(host().missing, 0U);
  EXPECT_EQ(host().newest->seq, 361U);
}

TEST_F(FleetOrder, TheSpoolOfAnEarlierRunIsNoSecondMachine) {
  take(numbered("b1", 1, 0));
  take(numbered("b2", 1, 1'000));
  // At a pace at which each message seems as old as the one before.
  for (std::uint64_t seq = 2; seq < 20; ++seq) {
    const auto taken = static_cast<double>(seq);
    apply(sample_received{make_host(), numbered("b1", seq, taken), true}, 1'000 + taken);
    EXPECT_TRUE(was_late());
    take(numbered("b2", seq, 1'000 + taken));
    EXPECT_TRUE(was_newest());
  }
  EXPECT_EQ(firing(), strings{});
}

TEST_F(FleetOrder, AClockThatIsFarOffIsPutRightAndShown) {
  for (std::uint64_t seq = 1; seq <= 6; ++seq) {
    const auto now = 10'000 + 10 * static_cast<double>(seq);
    take_at(numbered("b", seq, now - 3'600), now);
    const auto& kept = *host().newest;
    if (seq >= 3) {
      EXPECT_EQ(kept.ts, at(now)) << seq;
      EXPECT_EQ(host().clock_offset, milliseconds(-3'600'000));
    }
  }
  // Its spool, of before.
  apply(sample_received{make_host(), numbered("b", 0, 5'000 - 3'600), true}, 10'065);
  ASSERT_TRUE(was_late());
  EXPECT_EQ(effects.recorded[0].late->ts, at(5'000));
  take_at(numbered("b", 7, 10'070), 10'070);
  EXPECT_FALSE(host().clock_offset) << "somebody has set it";
  EXPECT_EQ(host().newest->ts, at(10'070));
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
