#include "agent/enroll.hpp"

#include "core/clean_text.hpp"
#include "core/json_object.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

namespace atlas::agent {

namespace {

using std::chrono::seconds;

constexpr seconds request_time{20};
constexpr int attempts = 20;
constexpr unsigned longest_pause = 10;  // seconds

// What a service that refuses says, in its own words.
std::string refusal(const http_answer& answer) {
  const auto why = json_object(answer.body, max_http_answer).text("detail", max_http_answer);
  return "refused with status " + std::to_string(answer.status) +
         (why.empty() ? "; is it an Atlas Fleet service?" : ": " + clean_text(why, 300));
}

result<std::string> config_of(const enrollment_request& asked, const http_answer& answer) {
  json_object given(answer.body, max_http_answer);
  const auto text = [&given](const char* name) {
    given.require(name);
    return given.text(name, max_http_answer);
  };
  const auto org = org_id::parse(text("org"));
  const auto broker_url = text("broker_url");
  const bool is_ours = text("host") == asked.host.text();
  const auto password = text("password");
  const auto ca = text("ca");
  const auto report_interval = given.whole("report_interval");
  if (given.mistake() || !org || !parse_server_url(broker_url) || !is_ours || password.empty() ||
      ca.empty()) {
    return failure(asked.service.server.text(),
                   "its answer is not that of an Atlas Fleet service of this version");
  }
  nlohmann::ordered_json config{{"server_url", broker_url},
                                {"organization_id", org->text()},
                                {"host_id", asked.host.text()},
                                {"password", password},
                                {"ca_pem", ca}};
  if (report_interval != 0) config["report_interval"] = report_interval;
  if (!asked.tags.empty()) config["tags"] = asked.tags;
  return config.dump(2) + "\n";
}

}  // namespace

result<std::string> enroll(const enrollment_request& asked) {
  nlohmann::json body{{"token", asked.token}, {"host", asked.host.text()}};
  if (!asked.password.empty()) body["password"] = asked.password;
  for (int attempt = 1;; ++attempt) {
    const auto answer = post_json(asked.service, "/api/v1/enroll", body.dump(), asked.ca_path, request_time);
    if (!answer) return tl::unexpected(answer.error());
    if (answer->status == 200 || answer->status == 201) return config_of(asked, *answer);
    const bool busy = answer->status == 429 || answer->status == 503;
    if (!busy || attempt == attempts) return failure(asked.service.server.text(), refusal(*answer));
    std::this_thread::sleep_for(seconds(std::clamp(answer->retry_after, 1U, longest_pause)));
  }
}

}  // namespace atlas::agent
