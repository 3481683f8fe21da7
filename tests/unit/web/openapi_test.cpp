#include "tests/unit/web/running_server.hpp"
#include "web/router.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;

class OpenApi : public ::testing::Test {
 protected:
  // "GET /healthz" → its route.
  static std::map<std::string, route> described_routes() {
    std::map<std::string, route> found;
    for (const auto& one : all_routes()) {
      const std::string_view path = one.pattern;
      if (path.starts_with("/api/") || path == "/healthz" || path == "/readyz" || path == "/metrics") {
        found.emplace(std::string(to_string(one.verb)) + " " + std::string(path), one);
      }
    }
    return found;
  }

  // "GET /healthz" → what the document says of it.
  std::map<std::string, nlohmann::json> operations() const {
    std::map<std::string, nlohmann::json> found;
    for (const auto& [path, verbs] : document_.at("paths").items()) {
      for (const auto& [name, operation] : verbs.items()) {
        std::string verb = name;
        std::ranges::transform(verb, verb.begin(),
                               [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        found.emplace(verb + " " + path, operation);
      }
    }
    return found;
  }

  // What a "$ref" stands for, or the value itself.
  const nlohmann::json& resolved(const nlohmann::json& value) const {
    const auto link = value.find("$ref");
    return link == value.end()
               ? value
               : document_.at(nlohmann::json::json_pointer(link->get<std::string>().substr(1)));
  }

  running_server server_;
  http_answer answer_ = fetch(server_.port(), "GET", "/api/v1/openapi.json");
  nlohmann::json document_ = parsed(answer_);
};

TEST_F(OpenApi, IsOpenJsonOfThisVersion) {
  EXPECT_EQ(answer_.status, 200);
  EXPECT_EQ(answer_.header("content-type"), "application/json");
  EXPECT_EQ(document_.at("openapi"), "3.1.0");
  EXPECT_EQ(document_.at("info").at("version"), ATLAS_VERSION);
  const std::string cookie = document_.at("components").at("securitySchemes").at("cookie").at("name");
  EXPECT_THAT(cookie, ::testing::StartsWith("atlas_session_"));
}

TEST_F(OpenApi, HasEveryRouteAndNoOther) {
  std::set<std::string> routes;
  for (const auto& [name, one] : described_routes()) {
    routes.insert(name);
  }
  std::set<std::string> described;
  for (const auto& [name, operation] : operations()) {
    described.insert(name);
  }
  EXPECT_GT(routes.size(), 30U);
  EXPECT_EQ(described, routes);
}

TEST_F(OpenApi, SaysWhoMayAskAndWithWhat) {
  const auto described = operations();
  for (const auto& [name, one] : described_routes()) {
    const auto& operation = described.at(name);
    EXPECT_EQ(operation.at("x-least-role"), to_string(one.least)) << name;
    // Without `security` of its own the document's holds: a token or a cookie.
    EXPECT_EQ(operation.contains("security"), one.least == access::open) << name;
    EXPECT_EQ(operation.contains("requestBody"), one.takes_json) << name;
    const auto& responses = operation.at("responses");
    EXPECT_EQ(responses.contains("415"), one.takes_json) << name;
    EXPECT_TRUE(one.least == access::open || responses.contains("401")) << name;
    EXPECT_TRUE(one.verb == method::get || responses.contains("403")) << name;
  }
}

TEST_F(OpenApi, DescribesThePlaceholdersOfEachPath) {
  for (const auto& [name, operation] : operations()) {
    std::set<std::string> wanted;
    for (auto at = name.find('{'); at != std::string::npos; at = name.find('{', at + 1)) {
      wanted.insert(name.substr(at + 1, name.find('}', at) - at - 1));
    }
    std::set<std::string> there;
    for (const auto& one : operation.value("parameters", nlohmann::json::array())) {
      const auto& parameter = resolved(one);
      if (parameter.at("in") == "path") {
        EXPECT_EQ(parameter.at("required"), true) << name;
        there.insert(parameter.at("name"));
      }
    }
    EXPECT_EQ(there, wanted) << name;
  }
}

TEST_F(OpenApi, LinksOnlyToWhatIsThere) {
  std::set<std::string> linked;
  const auto walk = [&](const nlohmann::json& value, const auto& again) -> void {
    if (value.is_object() && value.contains("$ref")) {
      linked.insert(value.at("$ref"));
    }
    for (const auto& each : value) {
      if (each.is_structured()) {
        again(each, again);
      }
    }
  };
  walk(document_, walk);
  std::set<std::string> components;
  for (const auto* kind : {"schemas", "responses", "parameters", "headers"}) {
    for (const auto& [name, value] : document_.at("components").at(kind).items()) {
      components.insert("#/components/" + std::string(kind) + "/" + name);
    }
  }
  EXPECT_EQ(linked, components) << "each is used, and none is missing";
}

}  // namespace
}  // namespace atlas::web
