#include "web/host_list.hpp"

#include "tests/unit/web/running_server.hpp"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using ::testing::ElementsAre;
using testing::host;

class HostList : public ::testing::Test {
 protected:
  void add(std::string_view id, double cpu, host_info info = {}) {
    hosts_.apply(sample_received{host(id), testing::sample_at(testing::now_ms(), cpu)}, testing::now_ms(),
                 effects_);
    hosts_.apply(info_received{host(id), std::move(info)}, testing::now_ms(), effects_);
  }

  host_page page(const std::string& query) {
    const auto target = parse_target("/x?" + query);
    return list_hosts(hosts_.hosts(), host_list_query::parse(target->query).value());
  }

  std::vector<std::string> ids(const std::string& query) {
    std::vector<std::string> found;
    for (const auto* one : page(query).hosts) {
      found.emplace_back(one->id.text());
    }
    return found;
  }

  static std::string parameter_at_fault(const std::string& query) {
    const auto parsed = host_list_query::parse(parse_target("/x?" + query)->query);
    return parsed ? "" : parsed.error().where;
  }

  fleet hosts_{fleet_rules{}};
  fleet_effects effects_;
};

TEST_F(HostList, IsInOrderOfIdsUnlessAskedOtherwise) {
  add("b", 10);
  add("c", 30);
  add("a", 20);
  EXPECT_THAT(ids(""), ElementsAre("a", "b", "c"));
  EXPECT_THAT(ids("sort=-id"), ElementsAre("c", "b", "a"));
  EXPECT_THAT(ids("sort=cpu"), ElementsAre("b", "a", "c"));
  EXPECT_THAT(ids("sort=-cpu"), ElementsAre("c", "a", "b"));
}

TEST_F(HostList, PutsHostsWithoutAFigureBelowTheOthers) {
  add("busy", 99);
  add("calm", 0);
  hosts_.apply(host_registered{host("new")}, testing::now_ms(), effects_);
  EXPECT_THAT(ids("sort=cpu"), ElementsAre("new", "calm", "busy"));
  EXPECT_THAT(ids("sort=-disk"), ElementsAre("busy", "calm", "new"));
}

TEST_F(HostList, FiltersByStateTextAndTags) {
  host_info debian;
  debian.os = "linux";
  debian.version = "Debian GNU/Linux 12";
  debian.hostname = "WEB-01.example";
  debian.tags = {"web", "eu"};
  host_info mac;
  mac.os = "macos";
  mac.tags = {"web"};
  add("a", 1, debian);
  add("b", 1, mac);
  hosts_.apply(host_registered{host("c-new")}, testing::now_ms(), effects_);
  EXPECT_THAT(ids("state=online"), ElementsAre("a", "b"));
  EXPECT_THAT(ids("state=unknown,lost"), ElementsAre("c-new"));
  EXPECT_THAT(ids("q=DEBIAN"), ElementsAre("a"));
  EXPECT_THAT(ids("q=web-01"), ElementsAre("a"));
  EXPECT_THAT(ids("q=New"), ElementsAre("c-new"));
  EXPECT_THAT(ids("tag=web"), ElementsAre("a", "b"));
  EXPECT_THAT(ids("tag=web&tag=eu"), ElementsAre("a"));
  EXPECT_THAT(ids("q=nothing"), ElementsAre());
}

TEST_F(HostList, PagesThroughAllHostsOnceInEveryOrder) {
  for (int i = 0; i < 57; ++i) {
    add(fmt::format("h{}", i), i % 7);
  }
  for (const auto* order : {"id", "-id", "cpu", "-cpu", "state", "-last_seen", "disk"}) {
    std::vector<std::string> seen;
    std::string cursor;
    do {
      const auto one = page(fmt::format("limit=10&sort={}&cursor={}", order, cursor));
      for (const auto* row : one.hosts) {
        seen.emplace_back(row->id.text());
      }
      cursor = one.next.value_or("");
    } while (!cursor.empty());
    EXPECT_EQ(seen, ids(fmt::format("limit=1000&sort={}", order))) << order;
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 57U) << order;
  }
}

TEST_F(HostList, GoesOnAtTheSamePlaceWhenTheCursorsHostIsGone) {
  for (const auto* id : {"a", "b", "c", "d"}) {
    add(id, 1);
  }
  const auto first = page("limit=2");
  hosts_.apply(host_removed{host("b")}, testing::now_ms(), effects_);
  EXPECT_THAT(ids("limit=2&cursor=" + *first.next), ElementsAre("c", "d"));
}

TEST_F(HostList, NamesTheParameterAtFault) {
  EXPECT_EQ(parameter_at_fault("state=online,broken"), "state");
  EXPECT_EQ(parameter_at_fault("sort=colour"), "sort");
  EXPECT_EQ(parameter_at_fault("limit=0"), "limit");
  EXPECT_EQ(parameter_at_fault("limit=1001"), "limit");
  EXPECT_EQ(parameter_at_fault("limit=ten"), "limit");
  EXPECT_EQ(parameter_at_fault("cursor=AAAA"), "cursor");
  EXPECT_EQ(parameter_at_fault("cursor=!"), "cursor");
  EXPECT_EQ(parameter_at_fault("q=" + std::string(300, 'a')), "q");
}

}  // namespace
}  // namespace atlas::web
