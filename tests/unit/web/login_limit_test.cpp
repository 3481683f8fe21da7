#include "web/login_limit.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace atlas::web {
namespace {

using namespace std::chrono_literals;
using time_point = login_limit::time_point;

class LoginLimit : public ::testing::Test {
 protected:
  // A wrong password; how long to wait, 0 when it was let in.
  std::chrono::seconds fail(std::string_view address, std::string_view user) {
    return limit_.admit(address, user, now_).value_or(0s);
  }
  bool is_open(std::string_view address, std::string_view user) {
    const bool open = !limit_.admit(address, user, now_);
    if (open) limit_.undecided(address, user);
    return open;
  }
  void log_in(std::string_view address, std::string_view user) {
    ASSERT_FALSE(limit_.admit(address, user, now_));
    limit_.succeeded(address, user, now_);
  }
  // As many attempts as are let in from one address in that time.
  int attack(std::string_view address, std::string_view user, std::chrono::seconds span) {
    int made = 0;
    for (const auto end = now_ + span; now_ < end;) {
      const auto wait = fail(address, user);
      made += wait == 0s ? 1 : 0;
      now_ += wait;
    }
    return made;
  }

  login_limit limit_;
  time_point now_{1000h};
};

TEST_F(LoginLimit, TheDelayDoublesAfterAFewFailures) {
  for (int i = 0; i < login_limit::of_pair.free; ++i) EXPECT_EQ(fail("192.0.2.1", "ann"), 0s);
  for (const auto expected : {1s, 2s, 4s, 8s, 16s, 32s}) {
    EXPECT_EQ(fail("192.0.2.1", "ann"), expected);
    now_ += expected - 1ms;
    EXPECT_EQ(fail("192.0.2.1", "ann"), 1s) << "rounded up";
    now_ += 1ms;
    EXPECT_EQ(fail("192.0.2.1", "ann"), 0s);
  }
}

TEST_F(LoginLimit, ARefusedAttemptCostsNothing) {
  for (int i = 0; i < 1000; ++i) fail("192.0.2.1", "ann");
  EXPECT_EQ(fail("192.0.2.1", "ann"), 1s);
}

TEST_F(LoginLimit, IsTheSameForNamesThatDoNotExistAndForCapitals) {
  for (int i = 0; i < login_limit::of_pair.free; ++i) {
    EXPECT_EQ(fail("192.0.2.1", i % 2 == 0 ? "ann" : "ANN"), 0s);
    EXPECT_EQ(fail("192.0.2.1", "nobody"), 0s);
  }
  EXPECT_EQ(fail("192.0.2.1", "Ann"), fail("192.0.2.1", "nobody"));
}

TEST_F(LoginLimit, APersonWhoMistypesIsForgottenWithTheRightPassword) {
  for (int i = 0; i + 1 < login_limit::of_pair.free; ++i) fail("192.0.2.1", "ann");
  log_in("192.0.2.1", "ann");
  for (int i = 0; i < login_limit::of_pair.free; ++i) EXPECT_EQ(fail("192.0.2.1", "ann"), 0s);
}

TEST_F(LoginLimit, OneAddressDoesNotShutAPersonOutElsewhere) {
  int tried = 0;
  for (int hour = 0; hour < 48; ++hour) {
    tried += attack("198.51.100.1", "ann", 1h);
    EXPECT_TRUE(is_open("192.0.2.1", "ann")) << "after " << hour << " hours";
  }
  EXPECT_LT(tried, 48 * 8) << "guesses in two days";
}

TEST_F(LoginLimit, AnAddressThatTriesManyNamesIsSlowedDown) {
  int tried = 0;
  for (const auto end = now_ + 1h; now_ < end;) {
    const auto wait = fail("198.51.100.1", "user-" + std::to_string(tried));
    tried += wait == 0s ? 1 : 0;
    now_ += wait;
  }
  EXPECT_LT(tried, 60);
  EXPECT_TRUE(is_open("192.0.2.1", "user-0"));
}

TEST_F(LoginLimit, ManyAddressesTogetherAreSlowedDownToo) {
  int tried = 0;
  const auto end = now_ + 24h;
  for (int address = 0; now_ < end; ++address) {
    const auto wait = fail(fmt::format("10.{}.{}.1", address / 256 % 256, address % 256), "ann");
    tried += wait == 0s ? 1 : 0;
    now_ += wait;
  }
  EXPECT_LT(tried, 3100) << "guesses a day of a botnet";
}

TEST_F(LoginLimit, ManyAddressesDoNotShutAPersonOutWhereTheyHaveBeen) {
  log_in("192.0.2.1", "ann");
  for (int address = 0; address < 200; ++address) fail(fmt::format("10.0.{}.1", address), "ann");
  EXPECT_FALSE(is_open("203.0.113.9", "ann"));
  EXPECT_TRUE(is_open("192.0.2.1", "ann"));
  EXPECT_LE(fail("203.0.113.9", "ann"), login_limit::of_user.longest) << "elsewhere they wait a little";
}

TEST_F(LoginLimit, ManyAtOnceAreNoWayAround) {
  int admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += limit_.admit("192.0.2.1", "ann", now_) ? 0 : 1;
  EXPECT_EQ(admitted, login_limit::of_pair.free);
}

TEST_F(LoginLimit, AnIpv6NetworkIsOneAddress) {
  for (int i = 0; i < login_limit::of_pair.free; ++i) fail(fmt::format("2001:db8::{:x}", i + 1), "ann");
  EXPECT_GT(fail("2001:db8::ffff", "ann"), 0s);
  EXPECT_EQ(fail("2001:db8:0:1::1", "ann"), 0s);
}

TEST_F(LoginLimit, WhatCouldNotBeCheckedIsNoFailure) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_open("192.0.2.1", "ann"));
}

TEST_F(LoginLimit, ForgetsWithTime) {
  attack("192.0.2.1", "ann", 1h);
  fail("192.0.2.1", "ann");
  EXPECT_FALSE(is_open("192.0.2.1", "ann"));
  now_ += 24h;
  for (int i = 0; i < login_limit::of_pair.free; ++i) EXPECT_EQ(fail("192.0.2.1", "ann"), 0s);
}

TEST_F(LoginLimit, ItsTablesAreBounded) {
  for (int i = 0; i < 30'000; ++i) {
    fail(fmt::format("10.{}.{}.1", i / 256, i % 256), "user-" + std::to_string(i));
  }
  EXPECT_LE(limit_.size(), 4 * login_limit::max_entries);
  EXPECT_GE(limit_.size(), 3 * login_limit::max_entries);
}

}  // namespace
}  // namespace atlas::web
