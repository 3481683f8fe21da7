#include "core/sha256.hpp"
#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web::testing {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const header_list json_type{{"Content-Type", "application/json"}};

TEST(Enrolment, GivesTheHostWhatItNeeds) {
  running_server server;
  const auto answer =
      fetch(server.port(), "POST", "/api/v1/enroll", json_type, R"({"token":"aft_good","host":"web-1"})");
  ASSERT_EQ(answer.status, 201);
  const auto given = parsed(answer);
  EXPECT_EQ(given.at("org"), acme().org_id);
  EXPECT_EQ(given.at("host"), "web-1");
  EXPECT_EQ(given.at("user"), "the user");
  EXPECT_EQ(given.at("password"), "the password");
  EXPECT_EQ(given.at("generation"), 3);
  EXPECT_EQ(given.at("broker_url"), "mqtts://localhost:8883");
  EXPECT_EQ(given.at("ca"), "the \"CA\"\n");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
}

TEST(Enrolment, SaysWhyItRefuses) {
  running_server server;
  const auto status_of = [&](std::string_view body) {
    return fetch(server.port(), "POST", "/api/v1/enroll", json_type, body).status;
  };
  EXPECT_EQ(status_of(R"({"token":"aft_bad","host":"web-1"})"), 401);
  EXPECT_EQ(status_of(R"({"token":"aft_good","host":"known"})"), 409);
  EXPECT_EQ(status_of(R"({"token":"aft_good","host":"known","password":"its password"})"), 201);
  EXPECT_EQ(status_of(R"({"token":"aft_busy","host":"web-1"})"), 503);
  EXPECT_EQ(status_of(R"({"token":"aft_good","host":"../etc"})"), 400);
  EXPECT_EQ(status_of(R"({"token":"aft_good"})"), 400);
  EXPECT_EQ(status_of(R"({"host":"web-1"})"), 400);
  EXPECT_EQ(status_of(R"({"token":["aft_good"],"host":"web-1"})"), 400);
  EXPECT_EQ(status_of("[]"), 400);
  EXPECT_EQ(status_of(R"({"token":")" + std::string(300, 'x') + R"(","host":"web-1"})"), 400);
  const auto wrong =
      fetch(server.port(), "POST", "/api/v1/enroll", json_type, R"({"token":"aft_secret","host":"web-1"})");
  EXPECT_THAT(wrong.body, Not(HasSubstr("aft_secret")));
}

TEST(AgentFiles, AreListedAndComeWithTheirChecksums) {
  server_options options;
  options.agent_files = downloads("https://fleet.example.com:8768");
  options.agent_files.add({"install.sh", "text/x-shellscript", "echo hello\n"});
  options.agent_files.add({"atlas-agent-Linux-x86_64", "application/octet-stream", std::string("a\0b", 3)});
  running_server server(options);
  const auto listed = parsed(fetch(server.port(), "GET", "/api/v1/agent"));
  EXPECT_EQ(listed.at("server"), "https://fleet.example.com:8768");
  ASSERT_EQ(listed.at("files").size(), 2U);
  EXPECT_EQ(listed.at("files")[1].at("size"), 3);
  EXPECT_EQ(listed.at("files")[0].at("sha256"), sha256_hex("echo hello\n"));
  EXPECT_EQ(fetch(server.port(), "GET", "/api/v1/agent/install.sh").body, "echo hello\n");
  EXPECT_EQ(fetch(server.port(), "GET", "/api/v1/agent/atlas-agent-Linux-x86_64").body,
            std::string("a\0b", 3));
  EXPECT_EQ(fetch(server.port(), "GET", "/api/v1/agent/SHA256SUMS").body,
            sha256_hex("echo hello\n") + "  install.sh\n" + sha256_hex(std::string("a\0b", 3)) +
                "  atlas-agent-Linux-x86_64\n");
  EXPECT_EQ(fetch(server.port(), "GET", "/api/v1/agent/..").status, 400);
  EXPECT_EQ(fetch(server.port(), "GET", "/api/v1/agent/atlas-agent-Plan9-mips").status, 404);
}

}  // namespace

}  // namespace atlas::web::testing
