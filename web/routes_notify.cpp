// Where alerts are told of: how the channels are doing, and a test message.
#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <algorithm>

namespace atlas::web::routes {

namespace {

constexpr std::size_t longest_name = 40;

void append_channel(std::string& out, const channel_report& one) {
  out += R"({"name":)";
  append_json_string(out, one.name);
  out += R"(,"type":)";
  append_json_string(out, to_string(one.type));
  out += R"(,"sent":)";
  append_json_integer(out, one.sent);
  out += R"(,"waiting":)";
  append_json_integer(out, one.waiting);
  out += R"(,"dead":)";
  append_json_integer(out, one.dead);
  out += R"(,"trouble":)";
  append_json_string(out, one.trouble);
  out += R"(,"failing_since":)";
  append_json_time(out, one.failing_since);
  out += R"(,"last_sent":)";
  append_json_time(out, one.last_sent);
  out += '}';
}

void append_outcome(std::string& out, const channel_outcome& one) {
  out += R"({"channel":)";
  append_json_string(out, one.channel);
  out += one.delivered ? R"(,"delivered":true,"trouble":)" : R"(,"delivered":false,"trouble":)";
  append_json_string(out, one.trouble);
  out += '}';
}

}  // namespace

void notify_channels(site& where, const request&, const respond& reply) {
  reply(list_response("channels", where.messages.channels(), append_channel));
}

void notify_test(site& where, const request& asked, const respond& reply) {
  json_object body(asked.body, where.options.max_body_bytes);
  std::optional<std::string> channel;
  if (body.has("channel")) {
    channel = body.text("channel", longest_name);
  }
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  const auto known = where.messages.channels();
  if (channel ? std::ranges::find(known, *channel, &channel_report::name) == known.end() : known.empty()) {
    return reply(problem(404, channel ? "there is no channel of this name"
                                      : "there is no channel yet: alerts.notify in tenant.json names them"));
  }
  where.messages.test_channels(actor_of(asked), std::move(channel),
                               [reply](const result<std::vector<channel_outcome>>& outcomes) {
                                 reply(outcomes ? list_response("results", *outcomes, append_outcome)
                                                : store_trouble(outcomes.error()));
                               });
}

}  // namespace atlas::web::routes
