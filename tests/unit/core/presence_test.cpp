#include "core/presence.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

constexpr milliseconds limit{30'000};

presence_state online_since(double seconds) { return on_sample({}, at(seconds)); }

TEST(Presence, IsUnknownUntilSomethingIsHeard) {
  EXPECT_EQ(presence_state{}.presence, host_presence::unknown);
}

TEST(Presence, BecomesOnlineByASampleOrAStatus) {
  const presence_state expected{host_presence::online, at(1), at(1)};
  EXPECT_EQ(on_sample({}, at(1)), expected);
  EXPECT_EQ(on_status({}, reported_state::online, at(1)), expected);
}

TEST(Presence, KeepsSinceWhileItStaysOnline) {
  const auto state = on_sample(online_since(1), at(9));
  EXPECT_EQ(state.since, at(1));
  EXPECT_EQ(state.last_seen, at(9));
}

TEST(Presence, NeverMovesLastSeenBack) { EXPECT_EQ(on_sample(online_since(9), at(1)).last_seen, at(9)); }

TEST(Presence, FollowsWhatTheHostOrItsWillSays) {
  for (const auto& [said, expected] : {std::pair{reported_state::sleeping, host_presence::sleeping},
                                       std::pair{reported_state::stopped, host_presence::stopped},
                                       std::pair{reported_state::lost, host_presence::lost}}) {
    const auto state = on_status(online_since(1), said, at(5));
    EXPECT_EQ(state.presence, expected);
    EXPECT_EQ(state.since, at(5));
    EXPECT_EQ(state.last_seen, at(1));
  }
}

TEST(Presence, OfAHostThatSaidGoodbyeIsNotLostWhenItsConnectionBreaks) {
  for (const auto said : {reported_state::sleeping, reported_state::stopped}) {
    const auto state = on_status(online_since(1), said, at(5));
    EXPECT_EQ(on_status(state, reported_state::lost, at(70)), state);
  }
}

TEST(Presence, TurnsSilentExactlyWhenTheTimeIsUp) {
  const auto state = online_since(0);
  EXPECT_EQ(on_silence(state, at(29.999), limit), state);
  const auto silent = on_silence(state, at(30), limit);
  EXPECT_EQ(silent.presence, host_presence::silent);
  EXPECT_EQ(silent.since, at(30));
  EXPECT_EQ(silent.last_seen, at(0));
}

TEST(Presence, OnlyAnOnlineHostTurnsSilent) {
  for (const auto said : {reported_state::sleeping, reported_state::stopped, reported_state::lost}) {
    const auto state = on_status(online_since(1), said, at(5));
    EXPECT_EQ(on_silence(state, at(1000), limit), state);
  }
  EXPECT_EQ(on_silence({}, at(1000), limit), presence_state{});
}

TEST(Presence, ComesBackByASampleFromWhereverItWas) {
  for (const host_presence presence : all_presences) {
    const auto state = on_sample({presence, at(1), at(1)}, at(8));
    EXPECT_EQ(state.presence, host_presence::online);
    EXPECT_EQ(state.since, presence == host_presence::online ? at(1) : at(8));
  }
}

TEST(Presence, IsReadByTheNameItIsWrittenWith) {
  for (const host_presence presence : all_presences) {
    EXPECT_EQ(parse_presence(to_string(presence)), presence);
  }
  EXPECT_EQ(parse_presence("offline"), std::nullopt);
}

}  // namespace
}  // namespace atlas::test
