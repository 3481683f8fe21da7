#include "tests/unit/web/running_server.hpp"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using nlohmann::json;
using ::testing::ElementsAre;

json next(live_client& client) {
  const auto frame = client.next_frame();
  return frame ? json::parse(*frame) : json{};
}

// Deltas may be split in time: reads until one tells of this host.
json next_host(live_client& client, const std::string& id) {
  for (;;) {
    const auto frame = next(client);
    if (frame.is_null()) {
      return frame;
    }
    for (const auto& one : frame["hosts"]) {
      if (one["id"] == id) {
        return one;
      }
    }
  }
}

class Live : public ::testing::Test {
 protected:
  live_client connect(const std::string& target = "/api/v1/live") {
    live_client client(server_.port());
    EXPECT_EQ(client.open(target, running_server::viewer).status, 101);
    return client;
  }

  static server_options quick() {
    server_options options;
    options.live_interval = std::chrono::milliseconds(30);
    options.session_check = std::chrono::milliseconds(50);
    options.live_write_timeout = std::chrono::minutes(5);
    return options;
  }

  running_server server_{quick()};
};

TEST_F(Live, BeginsWithASnapshotAndGoesOnWithWhatChanged) {
  host_info info;
  info.os = "linux";
  server_.on_loop([&] {
    server_.receive("alpha", 10);
    server_.apply(info_received{host("alpha"), info});
    server_.receive("beta", 95);
  });
  auto client = connect();
  const auto snapshot = next(client);
  EXPECT_EQ(snapshot["type"], "snapshot");
  EXPECT_EQ(snapshot["org"]["title"], "Acme Fleet");
  ASSERT_EQ(snapshot["hosts"].size(), 2U);
  EXPECT_EQ(snapshot["hosts"][0]["id"], "alpha");
  EXPECT_EQ(snapshot["hosts"][0]["info"]["os"], "linux");
  ASSERT_EQ(snapshot["alerts"].size(), 1U);
  EXPECT_EQ(snapshot["alerts"][0]["id"], "beta:cpu");

  server_.on_loop([&] { server_.receive("alpha", 20); });
  const auto delta = next(client);
  EXPECT_EQ(delta["type"], "delta");
  EXPECT_EQ(delta["seq"].get<std::uint64_t>(), snapshot["seq"].get<std::uint64_t>() + 1);
  ASSERT_EQ(delta["hosts"].size(), 1U);
  EXPECT_EQ(delta["hosts"][0]["id"], "alpha");
  EXPECT_EQ(delta["hosts"][0]["cpu"]["percent"], 20);
  EXPECT_EQ(delta["alerts"].size(), 0U);
  EXPECT_FALSE(delta.contains("removed"));
}

TEST_F(Live, TellsOfInventoryOnlyWhenItChanges) {
  server_.on_loop([&] { server_.receive("alpha", 10); });
  auto client = connect();
  next(client);
  host_info info;
  info.hostname = "one";
  server_.on_loop([&] { server_.apply(info_received{host("alpha"), info}); });
  EXPECT_EQ(next_host(client, "alpha")["info"]["hostname"], "one");
  server_.on_loop([&] { server_.receive("alpha", 11); });
  EXPECT_FALSE(next_host(client, "alpha").contains("info"));
  info.hostname = "two";
  server_.on_loop([&] { server_.apply(info_received{host("alpha"), info}); });
  const auto changed = next_host(client, "alpha");
  EXPECT_EQ(changed["info"]["hostname"], "two");
  EXPECT_FALSE(changed.contains("cpu")) << "the sample is still the same";
}

TEST_F(Live, SaysWhatAHostNoLongerReports) {
  auto with_battery = [](double percent) {
    auto value = sample_at(now_ms(), 10);
    value.battery = battery_sample{percent, true};
    return value;
  };
  auto client = connect();
  next(client);
  server_.on_loop([&] { server_.apply(sample_received{host("alpha"), with_battery(80)}); });
  EXPECT_EQ(next_host(client, "alpha")["battery"]["percent"], 80);
  server_.on_loop([&] { server_.receive("alpha", 12); });
  const auto without = next_host(client, "alpha");
  ASSERT_TRUE(without.contains("battery"));
  EXPECT_TRUE(without["battery"].is_null());
  server_.on_loop([&] { server_.receive("alpha", 13); });
  EXPECT_FALSE(next_host(client, "alpha").contains("battery"));
}

TEST_F(Live, TellsOfAlertsAndRemovedHosts) {
  server_.on_loop([&] { server_.receive("alpha", 10); });
  auto client = connect();
  next(client);
  server_.on_loop([&] { server_.receive("alpha", 99); });
  const auto fired = next(client);
  ASSERT_EQ(fired["alerts"].size(), 1U);
  EXPECT_EQ(fired["alerts"][0]["state"], "firing");
  server_.on_loop([&] { server_.apply(host_removed{host("alpha")}); });
  const auto gone = next(client);
  EXPECT_EQ(gone["removed"], json::array({"alpha"}));
  ASSERT_EQ(gone["alerts"].size(), 1U);
  EXPECT_EQ(gone["alerts"][0]["state"], "resolved");
}

TEST_F(Live, PutsABatchIntoOneDeltaAndTheLastStateWins) {
  auto client = connect();
  const auto first = next(client)["seq"].get<std::uint64_t>();
  constexpr int changes = 20'000;
  server_.on_loop([&] {
    for (int i = 1; i <= changes; ++i) {
      server_.receive(fmt::format("host-{}", i % 10), i % 80);
    }
  });
  const auto delta = next(client);
  EXPECT_EQ(delta["seq"].get<std::uint64_t>(), first + 1);
  EXPECT_EQ(delta["hosts"].size(), 10U);
  for (const auto& one : delta["hosts"]) {
    const int digit = one["id"].get<std::string>().back() - '0';
    const int last = changes - (changes - digit) % 10;
    EXPECT_EQ(one["cpu"]["percent"], last % 80) << one["id"];
  }
}

TEST_F(Live, SendsNoMoreOftenThanItsInterval) {
  auto client = connect();
  next(client);
  const auto began = std::chrono::steady_clock::now();
  int published = 0;
  std::set<std::uint64_t> seqs;
  json last;
  while (published < 500 || std::chrono::steady_clock::now() - began < std::chrono::milliseconds(300)) {
    server_.on_loop([&] { server_.receive("alpha", ++published % 80); });
  }
  server_.on_loop([&] { server_.receive("alpha", 81); });
  do {
    last = next(client);
    ASSERT_FALSE(last.is_null());
    seqs.insert(last["seq"].get<std::uint64_t>());
  } while (last["hosts"][0]["cpu"]["percent"] != 81);
  const auto passed = std::chrono::steady_clock::now() - began;
  EXPECT_LE(seqs.size(), static_cast<std::size_t>(passed / std::chrono::milliseconds(30)) + 2);
  EXPECT_GT(published, static_cast<int>(seqs.size()));
}

TEST_F(Live, BringsASlowBrowserToTheNewestStateWithinBoundedMemory) {
  // A delta of 20 such hosts is more than half of what the kernel takes for a browser that does not read.
  const auto change_all = [&](double cpu) {
    auto wide = sample_at(now_ms(), cpu);
    wide.disks.resize(200, wide.disks.front());
    server_.on_loop([&] {
      for (int i = 0; i < 20; ++i) {
        server_.apply(sample_received{host(fmt::format("host-{}", i)), wide});
      }
    });
  };
  const auto type_of = [](const std::optional<std::string>& frame) {
    return frame ? frame->substr(0, frame->find(',')) : "";
  };
  change_all(1);
  live_client slow(server_.port());
  slow.connection().set_receive_buffer(4096);
  ASSERT_EQ(slow.open("/api/v1/live", running_server::viewer).status, 101);
  auto quick = connect();
  EXPECT_EQ(type_of(quick.next_frame()), R"({"type":"snapshot")");
  for (int round = 0; round < 25; ++round) {
    change_all(2 + round);
    ASSERT_EQ(type_of(quick.next_frame()), R"({"type":"delta")") << "the quick one is never resynchronised";
  }
  change_all(77);
  slow.connection().set_receive_buffer(1 << 20);
  std::vector<std::string> types;
  std::optional<std::string> frame;
  do {
    frame = slow.next_frame();
    types.push_back(type_of(frame));
    ASSERT_TRUE(frame);
  } while (frame->find(R"("cpu":{"percent":77)") == std::string::npos);
  EXPECT_THAT(types, ::testing::Contains(R"({"type":"snapshot")").Times(::testing::Ge(2)));
  EXPECT_LT(types.size(), 25U) << "it is not sent what it missed";
  EXPECT_GE(server_.counters().live_resyncs, 1U);
}

TEST_F(Live, ResumesWhereTheDeltasAreStillKnown) {
  auto other = connect();  // keeps the feed running
  auto client = connect();
  const auto seq = next(client)["seq"].get<std::uint64_t>();
  next(other);
  for (int i = 0; i < 5; ++i) {
    server_.on_loop([&] { server_.receive("alpha", i); });
    EXPECT_EQ(next(other)["seq"].get<std::uint64_t>(), seq + 1 + static_cast<unsigned>(i));
  }
  // A connection that was lost after the second delta.
  auto back = connect(fmt::format("/api/v1/live?resume={}", seq + 2));
  for (std::uint64_t wanted = seq + 3; wanted <= seq + 5; ++wanted) {
    const auto frame = next(back);
    EXPECT_EQ(frame["type"], "delta");
    EXPECT_EQ(frame["seq"].get<std::uint64_t>(), wanted);
  }
  // The same by a message on an open connection.
  back.send_text(fmt::format(R"({{"type":"resume","seq":{}}})", seq + 4));
  EXPECT_EQ(next(back)["seq"].get<std::uint64_t>(), seq + 5);
}

TEST_F(Live, AnswersAResumeThatItCannotServeWithASnapshot) {
  auto client = connect();
  const auto seq = next(client)["seq"].get<std::uint64_t>();
  for (const auto odd : {std::uint64_t{1}, seq + 1000}) {
    client.send_text(fmt::format(R"({{"type":"resume","seq":{}}})", odd));
    EXPECT_EQ(next(client)["type"], "snapshot") << odd;
  }
  auto stranger = connect("/api/v1/live?resume=7");
  EXPECT_EQ(next(stranger)["type"], "snapshot");
}

TEST_F(Live, NeverResumesOverWhatNobodySaw) {
  std::uint64_t seq = 0;
  {
    auto client = connect();
    seq = next(client)["seq"].get<std::uint64_t>();
  }
  ASSERT_TRUE(server_.becomes_true([&] { return server_.web->counters().live_clients == 0; }));
  server_.on_loop([&] { server_.receive("alpha", 42); });
  auto back = connect(fmt::format("/api/v1/live?resume={}", seq));
  const auto frame = next(back);
  EXPECT_EQ(frame["type"], "snapshot");
  EXPECT_GT(frame["seq"].get<std::uint64_t>(), seq);
  EXPECT_EQ(frame["hosts"][0]["cpu"]["percent"], 42);
}

TEST_F(Live, FocusesAHostWhileAnyoneLooks) {
  using looks = std::vector<std::pair<std::string, bool>>;
  server_.on_loop([&] {
    server_.receive("alpha", 1);
    server_.receive("beta", 1);
  });
  const auto focused = [&](const looks& wanted) {
    return server_.becomes_true([&] { return server_.backend.focused == wanted; });
  };
  auto one = connect();
  auto two = std::make_unique<live_client>(connect());
  one.send_text(R"({"type":"focus","host":"alpha"})");
  EXPECT_TRUE(focused({{"alpha", true}}));
  two->send_text(R"({"type":"focus","host":"alpha"})");
  two->send_text(R"({"type":"focus","host":"no-such-host"})");
  two->send_text(R"({"type":"focus","host":"alpha"})");
  two->send_text(R"({"type":"focus","host":"beta"})");
  EXPECT_TRUE(focused({{"alpha", true}, {"beta", true}}));
  two.reset();
  EXPECT_TRUE(focused({{"alpha", true}, {"beta", true}, {"beta", false}}));
  one.send_text(R"({"type":"focus","host":null})");
  EXPECT_TRUE(focused({{"alpha", true}, {"beta", true}, {"beta", false}, {"alpha", false}}));
}

TEST_F(Live, EndsWithTheSession) {
  server_.on_loop([&] { server_.auth.sessions["secret"] = {"ann", role::viewer, "id"}; });
  live_client client(server_.port());
  const header_list cookie{{"Cookie", fmt::format("{}=secret", running_server::cookie_name)}};
  ASSERT_EQ(client.open("/api/v1/live", cookie).status, 101);
  EXPECT_EQ(next(client)["type"], "snapshot");
  server_.on_loop([&] { server_.auth.sessions.clear(); });
  EXPECT_FALSE(client.next_frame());
  EXPECT_EQ(client.close_code(), 4401);
}

TEST_F(Live, IsClosedToStrangersAndToPagesOfOtherOrigins) {
  EXPECT_EQ(live_client(server_.port()).open("/api/v1/live").status, 401);
  EXPECT_EQ(live_client(server_.port()).open("/api/v1/hosts", running_server::viewer).status, 200);
  auto headers = running_server::viewer;
  headers.emplace_back("Origin", "http://evil.example");
  EXPECT_EQ(live_client(server_.port()).open("/api/v1/live", headers).status, 403);
  headers.back().second = "http://LOCALHOST";
  EXPECT_EQ(live_client(server_.port()).open("/api/v1/live", headers).status, 101);
}

TEST_F(Live, ClosesOnMessagesThatAreTooLargeOrMakeNoSense) {
  const auto code_after = [&](std::uint8_t opcode, const std::string& payload) {
    auto client = connect();
    next(client);
    client.send_frame(opcode, payload);
    while (client.next_frame()) {
    }
    return client.close_code();
  };
  EXPECT_EQ(code_after(0x1, std::string(5000, ' ')), 1009);
  EXPECT_EQ(code_after(0x1, "\xff\xfe"), 1007);
  EXPECT_EQ(code_after(0x2, "{}"), 1003);
  EXPECT_EQ(code_after(0x1, "not json"), 1008);
  EXPECT_EQ(code_after(0x1, R"({"type":"resume","seq":"x"})"), 1008);
  EXPECT_EQ(code_after(0x1, std::string(4000, '[')), 1008);
  EXPECT_EQ(code_after(0x3, "reserved"), 1002);
  EXPECT_EQ(code_after(0x8, "\x03\xe8"), 1000);
  auto client = connect();
  next(client);
  client.send_text(R"({"type":"of a newer page","with":[1,2]})");
  server_.on_loop([&] { server_.receive("alpha", 5); });
  EXPECT_EQ(next(client)["type"], "delta");
}

TEST_F(Live, ClosesOnAFloodOfMessages) {
  auto client = connect();
  for (int i = 0; i < 100; ++i) {
    client.send_text(R"({"type":"focus","host":null})");
  }
  while (client.next_frame()) {
  }
  EXPECT_EQ(client.close_code(), 1008);
}

TEST(LiveLimits, BoundTheNumberOfBrowsers) {
  server_options options;
  options.max_live_clients = 2;
  running_server server(options);
  std::vector<live_client> clients;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(clients.emplace_back(server.port()).open("/api/v1/live", running_server::viewer).status, 101);
  }
  EXPECT_EQ(live_client(server.port()).open("/api/v1/live", running_server::viewer).status, 503);
  clients.clear();
  EXPECT_TRUE(server.becomes_true([&] { return server.web->counters().live_clients == 0; }));
  EXPECT_EQ(live_client(server.port()).open("/api/v1/live", running_server::viewer).status, 101);
}

TEST(LiveLimits, EndABrowserThatTakesNothingForTooLong) {
  server_options options;
  options.live_write_timeout = std::chrono::milliseconds(200);
  options.live_interval = std::chrono::milliseconds(1);
  running_server server(options);
  server.on_loop([&] {
    auto wide = sample_at(now_ms(), 1);
    wide.disks.resize(200, wide.disks.front());
    for (int i = 0; i < 200; ++i) {
      server.apply(sample_received{host(fmt::format("host-{}", i)), wide});
    }
  });
  live_client stuck(server.port());
  stuck.connection().set_receive_buffer(4096);
  ASSERT_EQ(stuck.open("/api/v1/live", running_server::viewer).status, 101);
  EXPECT_TRUE(server.becomes_true([&] { return server.web->counters().live_clients == 0; }));
}

}  // namespace
}  // namespace atlas::web
