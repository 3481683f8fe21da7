#include "web/host_search.hpp"

#include "tests/unit/web/running_server.hpp"
#include "web/host_order.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using ::testing::ElementsAre;
using testing::host;

// Three hosts: a server, a Mac, and one that was lost.
class HostSearch : public ::testing::Test {
 protected:
  HostSearch() {
    const auto now = testing::now_ms();
    auto busy = testing::sample_at(now, 87);
    busy.cpu.cores = {87, 87, 87, 87};
    busy.cpu.load = {8, 6, 4};
    busy.uptime = 9 * 86400;
    busy.disks = {{"/", "", "", 100, 40, 40, {}, {}}, {"/home", "", "", 100, 81, 81, {}, {}}};
    busy.network = {{"lo", 1e9, 1e9}, {"eth0", 1e6, 5e5}};
    add("web-1", busy,
        {"linux",
         "Debian GNU/Linux 12 (bookworm)",
         "6.1",
         "KVM",
         "x86_64",
         4,
         0,
         "0.1.0",
         "web.example",
         {"office", "Two Words"},
         {"10.0.3.7", "fe80::1"}});
    add("mac-2", testing::sample_at(now, 3),
        {"macos", "14.5", "", "MacBook Pro", "arm64", 8, 0, "0.2.0", "", {"Office"}, {"192.0.2.9"}});
    add("db-3", testing::sample_at(now, 99), {"linux", "", "", "", "", 0, 0, "", "", {}, {}});
    hosts_.apply(status_received{host("db-3"), {reported_state::lost, now, ""}}, now, effects_);
  }

  void add(std::string_view id, sample value, host_info info) {
    const auto now = testing::now_ms();
    hosts_.apply(sample_received{host(id), std::move(value)}, now, effects_);
    hosts_.apply(info_received{host(id), std::move(info)}, now, effects_);
  }

  std::vector<std::string> found(std::string_view typed) const {
    const host_search search(typed);
    std::vector<std::string> ids;
    for (const auto* each : hosts_.hosts()) {
      if (search.fits(*each)) {
        ids.emplace_back(each->id.text());
      }
    }
    return ids;
  }

  fleet hosts_{fleet_rules{}};
  fleet_effects effects_;
};

TEST_F(HostSearch, FindsAllWhenNothingIsTyped) {
  EXPECT_THAT(found(""), ElementsAre("web-1", "mac-2", "db-3"));
  EXPECT_THAT(found("  \t"), ElementsAre("web-1", "mac-2", "db-3"));
}

TEST_F(HostSearch, FindsWordsWhereverTheyStand) {
  EXPECT_THAT(found("DEBIAN"), ElementsAre("web-1"));
  EXPECT_THAT(found("office"), ElementsAre("web-1", "mac-2"));
  EXPECT_THAT(found("office arm"), ElementsAre("mac-2"));
  EXPECT_THAT(found("\"macbook pro\""), ElementsAre("mac-2"));
  EXPECT_THAT(found("10.0.3"), ElementsAre("web-1"));
}

TEST_F(HostSearch, KnowsStatesAndTheirBeginnings) {
  EXPECT_THAT(found("state:online"), ElementsAre("web-1", "mac-2"));
  EXPECT_THAT(found("state:lost,silent"), ElementsAre("db-3"));
  EXPECT_THAT(found("state:lo"), ElementsAre("db-3"));
  EXPECT_THAT(found("state:offline"), ElementsAre("db-3"));
  EXPECT_THAT(found("state:trouble"), ElementsAre("db-3"));
  EXPECT_THAT(found("state:nonsense"), ElementsAre());
}

TEST_F(HostSearch, KnowsFields) {
  EXPECT_THAT(found("tag:office"), ElementsAre("web-1", "mac-2"));
  EXPECT_THAT(found("tag:offi"), ElementsAre());
  EXPECT_THAT(found("tag:\"two words\""), ElementsAre("web-1"));
  EXPECT_THAT(found("os:macos"), ElementsAre("mac-2"));
  EXPECT_THAT(found("os:bookworm"), ElementsAre("web-1"));
  EXPECT_THAT(found("agent:0.2"), ElementsAre("mac-2"));
  EXPECT_THAT(found("ip:10.0.0.0/8"), ElementsAre("web-1"));
  EXPECT_THAT(found("ip:192.0."), ElementsAre("mac-2"));
}

TEST_F(HostSearch, ComparesFiguresOfHostsThatReport) {
  EXPECT_THAT(found("cpu>80"), ElementsAre("web-1")) << "the last figure of a lost host says nothing";
  EXPECT_THAT(found("cpu<=3%"), ElementsAre("mac-2"));
  EXPECT_THAT(found("cpu=87"), ElementsAre("web-1"));
  EXPECT_THAT(found("disk>=81"), ElementsAre("web-1"));
  EXPECT_THAT(found("load>1.5"), ElementsAre("web-1"));
  EXPECT_THAT(found("load>2"), ElementsAre());
  EXPECT_THAT(found("uptime>7d uptime<300h"), ElementsAre("web-1"));
  EXPECT_THAT(found("uptime>20m"), ElementsAre("web-1"));
  EXPECT_THAT(found("traffic>1.2m traffic<2M"), ElementsAre("web-1"));
  EXPECT_THAT(found("cores>=8"), ElementsAre("mac-2"));
}

TEST_F(HostSearch, TurnsATermAroundWithAMinus) {
  EXPECT_THAT(found("-tag:office"), ElementsAre("db-3"));
  EXPECT_THAT(found("office -mac"), ElementsAre("web-1"));
  EXPECT_THAT(found("-"), ElementsAre("web-1", "mac-2", "db-3")) << "every id has one";
}

TEST_F(HostSearch, TakesForTextWhatIsNoTerm) {
  EXPECT_THAT(found("cpu>much"), ElementsAre());
  EXPECT_THAT(found("colour:red"), ElementsAre());
  EXPECT_THAT(found("tag:"), ElementsAre());
  EXPECT_THAT(found("ip:10.0.3.7"), ElementsAre("web-1"));
}

TEST(NaturalOrder, ComparesNumbersAsNumbers) {
  EXPECT_TRUE(natural_less("web-2", "web-10"));
  EXPECT_FALSE(natural_less("web-10", "web-2"));
  EXPECT_TRUE(natural_less("a", "B"));
  EXPECT_TRUE(natural_less("web", "web-1"));
  EXPECT_TRUE(natural_less("a01", "a1") != natural_less("a1", "a01"));
  EXPECT_FALSE(natural_less("x", "x"));
  EXPECT_TRUE(natural_less("a99999999999999999999998", "a99999999999999999999999"));
}

}  // namespace
}  // namespace atlas::web
