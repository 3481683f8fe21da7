#include "web/focus_watch.hpp"

#include "tests/unit/web/running_server.hpp"

#include <gtest/gtest.h>

namespace atlas::web {
namespace {

using namespace std::chrono_literals;
using testing::host;

constexpr focus_watch::time_point start{100s};

TEST(FocusWatch, CountsWhileTheBrowserIsHeard) {
  focus_watch watch;
  EXPECT_FALSE(watch.focus(start));
  watch.look_at(host("web-1"), start);
  EXPECT_EQ(watch.focus(start + focus_watch::patience), host("web-1"));
  watch.heard(start + 2s);
  EXPECT_EQ(watch.focus(start + 4s), host("web-1"));
}

TEST(FocusWatch, EndsWhenTheBrowserIsSilentAndBeginsAgainWhenItIsHeard) {
  focus_watch watch;
  watch.look_at(host("web-1"), start);
  EXPECT_FALSE(watch.focus(start + focus_watch::patience + 1ms));
  EXPECT_TRUE(watch.is_looking()) << "it goes on being asked";
  watch.heard(start + 60s);
  EXPECT_EQ(watch.focus(start + 60s), host("web-1"));
}

TEST(FocusWatch, EndsWhenNobodyLooksAnyMore) {
  focus_watch watch;
  watch.look_at(host("web-1"), start);
  watch.look_at(std::nullopt, start + 1s);
  EXPECT_FALSE(watch.focus(start + 1s));
  EXPECT_FALSE(watch.is_looking());
}

}  // namespace
}  // namespace atlas::web
