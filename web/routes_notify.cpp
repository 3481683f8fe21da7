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

void append_time(std::string& out, std::string_view name, const std::optional<unix_ms>& time) {
  out += ",\"" + std::string(name) + "\":";
  if (time) {
    append_json_integer(out, to_int(*time));
  } else {
    out += "null";
  }
}

void append_channel(std::string& out, const channel_state& one) {
  out += R"({"name":)";
  append_json_string(out, one.name);
  out += R"(,"type":)";
  append_json_string(out, one.type);
  out += R"(,"sent":)";
  append_json_integer(out, one.sent);
  out += R"(,"waiting":)";
  append_json_integer(out, one.waiting);
  out += R"(,"dead":)";
  append_json_integer(out, one.dead);
  out += R"(,"trouble":)";
  append_json_string(out, one.trouble);
  append_time(out, "failing_since", one.failing_since);
  append_time(out, "last_sent", one.last_sent);
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
  const auto channels = where.messages == nullptr ? std::vector<channel_state>{} : where.messages->channels();
  reply(list_response("channels", channels, append_channel));
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
  const auto known = where.messages == nullptr ? std::vector<channel_state>{} : where.messages->channels();
  if (channel ? std::ranges::find(known, *channel, &channel_state::name) == known.end() : known.empty()) {
    return reply(problem(404, channel ? "there is no channel of this name"
                                      : "there is no channel yet: alerts.notify in tenant.json names them"));
  }
  where.messages->test_channels(actor_of(asked), std::move(channel),
                                [reply](const result<std::vector<channel_outcome>>& outcomes) {
                                  reply(outcomes ? list_response("results", *outcomes, append_outcome)
                                                 : store_trouble(outcomes.error()));
                                });
}

}  // namespace atlas::web::routes
