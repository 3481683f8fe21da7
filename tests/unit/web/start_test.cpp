#include "tests/unit/web/certificates.hpp"
#include "tests/unit/web/running_server.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class Start : public ::testing::Test {
 protected:
  error start_error(server_options options) {
    boost::asio::io_context io{1};
    server one(io, std::move(options), acme(), hosts_, samples_,
               server_ports{auth_, desk_, staff_, backend_, alerts_, messages_, settings_, questions_, labels_});
    const auto started = one.start();
    return started ? error{} : started.error();
  }

  server_options with_tls(const std::string& certificate, const std::string& key) {
    server_options options;
    options.certificate = folder_.path() / certificate;
    options.private_key = folder_.path() / key;
    return options;
  }

  temporary_folder folder_;
  fleet hosts_{fleet_rules{}};
  memory_history samples_{1};
  known_credentials auth_;
  one_token desk_;
  known_people staff_;
  watched_service backend_{[](const host_id&) { return false; }};
  known_messages messages_;
  known_settings settings_;
  known_processes questions_;
  known_labels labels_;
  known_alerts alerts_{[](const alert_key&, const std::string&) -> alert_desk::outcome<alert> {
    return tl::make_unexpected(people_refusal{});
  }};
};

TEST_F(Start, SaysThatThePortIsTaken) {
  running_server other;
  server_options options;
  options.port = other.port();
  const auto failed = start_error(options);
  EXPECT_EQ(failed.where, fmt::format("127.0.0.1:{}", other.port()));
  EXPECT_EQ(failed.what, "address in use by another program: choose another server.port");
}

TEST_F(Start, SaysThatTheAddressIsNotThisMachines) {
  server_options options;
  options.address = "192.0.2.1";
  EXPECT_THAT(start_error(options).what, HasSubstr("server.host"));
  options.address = "no such name";
  EXPECT_THAT(start_error(options).what, HasSubstr("cannot be resolved"));
}

TEST_F(Start, TakesANameAndBothFamilies) {
  server_options options;
  options.address = "localhost";
  EXPECT_EQ(start_error(options).what, "");
  options.address = "::";
  EXPECT_EQ(start_error(options).what, "");
}

TEST_F(Start, RefusesACertificateThatHasRunOut) {
  make_certificate(folder_, "old", -1);
  const auto failed = start_error(with_tls("old.pem", "old.key"));
  EXPECT_EQ(failed.where, (folder_.path() / "old.pem").string());
  EXPECT_THAT(failed.what, HasSubstr("ran out on 20"));
}

TEST_F(Start, RefusesFilesThatAreNoPair) {
  make_certificate(folder_, "a", 10);
  make_certificate(folder_, "b", 10);
  folder_.write("text", "no certificate");
  EXPECT_THAT(start_error(with_tls("a.pem", "b.key")).what, HasSubstr("is not the private key of"));
  EXPECT_THAT(start_error(with_tls("none.pem", "a.key")).what, HasSubstr("cannot be read"));
  EXPECT_THAT(start_error(with_tls("text", "a.key")).what, HasSubstr("is not a certificate"));
  EXPECT_THAT(start_error(with_tls("a.pem", "text")).what, HasSubstr("is not the private key"));
  server_options half;
  half.certificate = folder_.path() / "a.pem";
  EXPECT_THAT(start_error(half).what, HasSubstr("both"));
}

TEST_F(Start, ServesHttpAndTheLiveFeedUnderTls) {
  make_certificate(folder_, "good", 10);
  running_server server(with_tls("good.pem", "good.key"));
  http_client client(server.port(), http_client::security::tls);
  ASSERT_TRUE(client.connected());
  const std::string body = R"({"user":"ann","password":"correct horse"})";
  for (int i = 0; i < 3; ++i) {
    client.send(request_text("POST", "/api/v1/login", {{"Content-Type", "application/json"}}, body));
    const auto answer = client.read_answer().value_or(http_answer{});
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.header("set-cookie"), HasSubstr("; Secure"));
    EXPECT_THAT(answer.header("strict-transport-security"), HasSubstr("max-age="));
  }
  server.on_loop([&] {
    for (int i = 0; i < 200; ++i) {
      server.receive(fmt::format("host-{}", i), 1);
    }
  });
  live_client live(server.port(), http_client::security::tls);
  EXPECT_EQ(live.open("/api/v1/live", running_server::viewer).status, 101);
  const auto snapshot = live.next_frame();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(nlohmann::json::parse(*snapshot)["hosts"].size(), 200U);
  server.on_loop([&] { server.receive("host-7", 50); });
  const auto delta = live.next_frame();
  ASSERT_TRUE(delta);
  EXPECT_EQ(nlohmann::json::parse(*delta)["hosts"][0]["cpu"]["percent"], 50);
  // Whoever speaks plain HTTP here is hung up on, and so is one who stops in the handshake.
  http_client plain(server.port());
  plain.send(request_text("GET", "/healthz"));
  EXPECT_FALSE(plain.read_answer());
  EXPECT_EQ(client.send(request_text("GET", "/nothing", {{"Connection", "close"}})), true);
  EXPECT_EQ(client.read_answer().value_or(http_answer{}).status, 404);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(Start, RefusesAPageThatCameWithoutEncryption) {
  make_certificate(folder_, "good", 10);
  running_server server(with_tls("good.pem", "good.key"));
  const auto status_with = [&](const std::string& origin) {
    http_client client(server.port(), http_client::security::tls);
    client.send(
        request_text("POST", "/api/v1/logout", {{"Authorization", "Bearer afa_viewer"}, {"Origin", origin}}));
    return client.read_answer().value_or(http_answer{}).status;
  };
  EXPECT_EQ(status_with("https://localhost"), 204);
  EXPECT_EQ(status_with("http://localhost"), 403);
  live_client live(server.port(), http_client::security::tls);
  auto headers = running_server::viewer;
  headers.emplace_back("Origin", "http://localhost");
  EXPECT_EQ(live.open("/api/v1/live", headers).status, 403);
}

TEST_F(Start, SaysNothingOfEncryptionWhereThereIsNone) {
  running_server server;
  EXPECT_EQ(fetch(server.port(), "GET", "/healthz").header("strict-transport-security"), "");
}

TEST_F(Start, StopsWithEverythingThatIsUnderWay) {
  boost::asio::io_context io{1};
  auto one = std::make_unique<server>(
      io, server_options{}, acme(), hosts_, samples_,
      server_ports{auth_, desk_, staff_, backend_, alerts_, messages_, settings_, questions_, labels_});
  auth_.tokens["afa_viewer"] = {"view", role::viewer, {}};
  ASSERT_TRUE(one->start());
  std::thread loop([&] { io.run(); });
  http_client half(one->port());
  half.send("GET / HTTP");
  live_client live(one->port());
  EXPECT_EQ(live.open("/api/v1/live", running_server::viewer).status, 101);
  EXPECT_TRUE(live.next_frame());
  boost::asio::post(io, [&] { one->stop(); });
  loop.join();  // nothing keeps the loop
  EXPECT_TRUE(half.is_closed_by_server());
  EXPECT_FALSE(live.next_frame());
}

}  // namespace
}  // namespace atlas::web
