#include "tests/unit/web/running_server.hpp"
#include "web/connection_set.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

namespace atlas::web {
namespace {

using namespace testing;

int status_of(http_client& client) { return client.read_answer().value_or(http_answer{}).status; }

int status_of(std::uint16_t port, std::string_view bytes) {
  http_client client(port);
  client.send(bytes);
  return status_of(client);
}

server_options impatient() {
  server_options options;
  options.request_timeout = std::chrono::milliseconds(150);
  return options;
}

TEST(Limits, RefuseWhatIsNoHttp) {
  running_server server;
  for (const std::string_view odd :
       {"\x16\x03\x01\x02\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
        "chunked\r\n\r\n"}) {
    http_client client(server.port());
    client.send(odd);
    EXPECT_EQ(status_of(client), 400) << odd;
    EXPECT_TRUE(client.is_closed_by_server()) << odd;
  }
  EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200);
}

TEST(Limits, RefuseUnknownTransferCodings) {
  running_server server;
  EXPECT_EQ(
      status_of(server.port(), "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
      501);
}

TEST(Limits, BoundTheRequestLineAndTheHeaders) {
  running_server server;
  EXPECT_EQ(status_of(server.port(), "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 431);
  EXPECT_EQ(
      status_of(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"),
      431);
  std::string many = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 200; ++i) {
    many += "a:b\r\n";
  }
  EXPECT_EQ(status_of(server.port(), many + "\r\n"), 431);
  // Endless, never a line end.
  http_client client(server.port());
  client.send("GET /");
  while (client.send(std::string(4096, 'a'))) {
  }
  EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200);
}

TEST(Limits, BoundTheBody) {
  running_server server;
  const header_list json{{"Content-Type", "application/json"}};
  EXPECT_EQ(fetch(server.port(), "POST", "/api/v1/login", json, std::string(70'000, ' ')).status, 413);
  http_client announced(server.port());
  announced.send(
      "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
      "99999999999\r\n\r\n");
  EXPECT_EQ(status_of(announced), 413);
  http_client chunked(server.port());
  chunked.send(
      "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 20; ++i) {
    chunked.send("2000\r\n" + std::string(0x2000, ' ') + "\r\n");
  }
  EXPECT_EQ(status_of(chunked), 413);
}

TEST(Limits, TakeAChunkedBody) {
  running_server server;
  EXPECT_EQ(status_of(server.port(),
                      "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n"
                      "10\r\n{\"user\":\"ann\",\"p\r\n1E\r\nassword\":   \"correct horse\"  }\r\n0\r\n\r\n"),
            200);
}

TEST(Limits, EndARequestThatComesTooSlowly) {
  running_server server(impatient());
  // A byte now and then does not buy more time.
  for (const std::string_view text :
       {std::string_view("GET /healthz HTTP/1.1\r\nHost: local"),
        std::string_view("POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: "
                         "application/json\r\nContent-Length: 500\r\n\r\n{")}) {
    http_client client(server.port());
    client.send(text);
    const auto began = std::chrono::steady_clock::now();
    while (client.send(" ") && std::chrono::steady_clock::now() - began < http_client::patience) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_TRUE(client.is_closed_by_server());
  }
}

TEST(Limits, EndAConnectionThatSaysNothing) {
  running_server server(impatient());
  http_client silent(server.port());
  EXPECT_TRUE(silent.is_closed_by_server());
  EXPECT_TRUE(server.becomes_true([&] { return server.web->counters().connections == 0; }));
}

TEST(Limits, EndAConnectionThatSaysNothingMore) {
  auto options = impatient();
  options.request_timeout = std::chrono::seconds(3);
  running_server server(options);
  http_client idle(server.port());
  idle.send(request_text("GET", "/healthz"));
  EXPECT_EQ(status_of(idle), 200);
  EXPECT_TRUE(idle.is_closed_by_server());
  EXPECT_TRUE(server.becomes_true([&] { return server.web->counters().connections == 0; }));
}

TEST(Limits, ServeManyRequestsOnOneConnection) {
  running_server server;
  http_client client(server.port());
  std::string pipeline;
  for (int i = 0; i < 50; ++i) {
    pipeline += request_text("GET", i % 2 == 0 ? "/healthz" : "/nothing");
  }
  client.send(pipeline);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(status_of(client), i % 2 == 0 ? 200 : 404);
  }
  // Byte by byte.
  for (const char c : request_text("GET", "/healthz")) {
    client.send(std::string(1, c));
  }
  EXPECT_EQ(status_of(client), 200);
}

TEST(Limits, DoNotReadTheBodyOfARefusedRequest) {
  running_server server;
  http_client client(server.port());
  // The body looks like a request of its own; it must not be answered as one.
  const auto inner = request_text("GET", "/healthz");
  client.send(request_text("POST", "/nothing", {}, inner));
  const auto answer = client.read_answer().value_or(http_answer{});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_FALSE(client.read_answer());
}

TEST(Limits, SpeakHttp10) {
  running_server server;
  http_client once(server.port());
  once.send("GET /healthz HTTP/1.0\r\n\r\n");
  const auto answer = once.read_answer().value_or(http_answer{});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(once.is_closed_by_server());
  http_client kept(server.port());
  for (int i = 0; i < 2; ++i) {
    kept.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(status_of(kept), 200);
  }
}

TEST(Limits, AnswerAnExpectationBeforeTheBodyComes) {
  running_server server;
  const std::string body = R"({"user":"ann","password":"correct horse"})";
  const auto head = fmt::format(
      "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
      body.size());
  http_client client(server.port());
  client.send(head + "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(client), 100);
  client.send(body);
  EXPECT_EQ(status_of(client), 200);
  http_client odd(server.port());
  odd.send(head + "Expect: a miracle\r\n\r\n");
  EXPECT_EQ(status_of(odd), 417);
  // A request that is refused anyway never sends its body.
  http_client refused(server.port());
  refused.send("POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(refused), 404);
}

// The files that a thousand connections need on both sides.
void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(Limits, AThousandHalfOpenRequestsDoNotStopAGoodOne) {
  allow_many_files();
  server_options options;
  options.max_connections_per_address = 2000;
  running_server server(options);
  std::vector<http_client> half_open;
  for (int i = 0; i < 1000; ++i) {
    half_open.emplace_back(server.port()).send("GET /healthz HTTP/1.1\r\nHost: lo");
  }
  EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200);
  EXPECT_GE(server.counters().connections, 1000U);
}

TEST(Limits, TheLongestWaitingMakesWayWhenThereAreTooManyConnections) {
  server_options options;
  options.max_connections = 8;
  running_server server(options);
  std::vector<http_client> half_open;
  for (int i = 0; i < 50; ++i) {
    half_open.emplace_back(server.port()).send("GET /healthz HTTP/1.1\r\n");
    EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200) << i;
  }
  EXPECT_TRUE(half_open.front().is_closed_by_server());
  EXPECT_GT(server.counters().rejected_connections, 0U);
  EXPECT_LE(server.counters().connections, 9U);
}

TEST(Limits, TheLongestWaitingOfAnAddressMakesWayWhenItHasItsShare) {
  server_options options;
  options.max_connections_per_address = 8;
  running_server server(options);
  std::vector<http_client> half_open;
  for (int i = 0; i < 30; ++i) {
    half_open.emplace_back(server.port()).send("GET /healthz HTTP/1.1\r\n");
    EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200) << i;
  }
  EXPECT_TRUE(half_open.front().is_closed_by_server());
  EXPECT_GT(server.counters().rejected_connections, 0U);
  EXPECT_LE(server.counters().connections, 9U);
}

TEST(Limits, AClientThatDoesNotReadItsResponseMakesWay) {
  const temporary_folder ui;
  ui.write("index.html", std::string(16 * 1024 * 1024, 'x'));
  server_options options;
  options.max_connections = 4;
  options.ui_dir = ui.path();
  running_server server(options);
  std::vector<http_client> slow;
  for (int i = 0; i < 12; ++i) {
    auto& client = slow.emplace_back(server.port());
    client.set_receive_buffer(4096);
    client.send(request_text("GET", "/dashboard"));
    ASSERT_TRUE(client.read_exactly(12)) << i;
  }
  EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200);
  EXPECT_LE(server.counters().connections, 5U);
}

TEST(Limits, LiveFeedsLeaveHalfOfAnAddressesPlaces) {
  server_options options;
  options.max_connections_per_address = 8;
  running_server server(options);
  std::vector<live_client> live;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(live.emplace_back(server.port()).open("/api/v1/live", running_server::viewer).status, 101);
  }
  EXPECT_EQ(live_client(server.port()).open("/api/v1/live", running_server::viewer).status, 503);
  std::vector<http_client> half_open;
  for (int i = 0; i < 8; ++i) {
    half_open.emplace_back(server.port()).send("GET /healthz HTTP/1.1\r\n");
  }
  EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200);
  EXPECT_TRUE(live.front().next_frame()) << "a live feed is not closed to make way";
}

TEST(Origins, AreIpv4AddressesAndIpv6NetworksOf64Bits) {
  const auto origin = [](const char* text) { return origin_of(boost::asio::ip::make_address(text)); };
  EXPECT_NE(origin("192.0.2.1"), origin("192.0.2.2"));
  EXPECT_EQ(origin("192.0.2.1"), origin("::ffff:192.0.2.1"));
  EXPECT_EQ(origin("2001:db8:1:2::1"), origin("2001:db8:1:2:ffff::9"));
  EXPECT_NE(origin("2001:db8:1:2::1"), origin("2001:db8:1:3::1"));
}

TEST(Limits, RefuseACompressedBody) {
  running_server server;
  http_client client(server.port());
  client.send(
      "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x01");
  EXPECT_EQ(status_of(client), 415);
}

// All file descriptors of this process but one, until it is destroyed.
class few_files {
 public:
  few_files() {
    ::getrlimit(RLIMIT_NOFILE, &usual_);
    const int newest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(newest);
    rlimit low = usual_;
    low.rlim_cur = static_cast<rlim_t>(newest) + 8;
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
      taken_.push_back(fd);
    }
    ::close(taken_.back());
    taken_.pop_back();
  }
  ~few_files() {
    for (const int fd : taken_) {
      ::close(fd);
    }
    ::setrlimit(RLIMIT_NOFILE, &usual_);
  }
  few_files(const few_files&) = delete;
  few_files& operator=(const few_files&) = delete;

 private:
  rlimit usual_{};
  std::vector<int> taken_;
};

TEST(Limits, OutOfFilesTheLongestWaitingMakesWay) {
  running_server server;
  http_client half_open(server.port());
  half_open.send("GET /healthz HTTP/1.1\r\n");
  ASSERT_TRUE(server.becomes_true([&] { return server.web->counters().connections == 1; }));
  const few_files limit;
  // The client takes the last file: the server can only accept it by letting go of the other one.
  EXPECT_EQ(fetch(server.port(), "GET", "/healthz").status, 200);
  EXPECT_TRUE(half_open.is_closed_by_server());
}

TEST(Limits, AreCountedAndFreed) {
  running_server server;
  {
    http_client client(server.port());
    client.send(request_text("GET", "/healthz"));
    EXPECT_EQ(status_of(client), 200);
    EXPECT_EQ(server.counters().connections, 1U);
    EXPECT_EQ(server.counters().requests, 1U);
  }
  EXPECT_TRUE(server.becomes_true([&] { return server.web->counters().connections == 0; }));
}

}  // namespace
}  // namespace atlas::web
