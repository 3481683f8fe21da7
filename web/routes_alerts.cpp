// The alerts, who sees to them, and who is not to be told of them.
#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "web/frame_json.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace atlas::web::routes {

namespace {

constexpr std::size_t longest_rule = 128;
constexpr std::size_t longest_repeat = 256;

unix_ms now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

void append_optional(std::string& out, std::string_view name, std::string_view text) {
  out += name;
  if (text.empty()) {
    out += "null";
  } else {
    append_json_string(out, text);
  }
}

void append_silence(std::string& out, const silence_info& one) {
  out += R"({"id":)";
  append_json_string(out, one.id);
  append_optional(out, R"(,"host":)", one.terms.host);
  append_optional(out, R"(,"tag":)", one.terms.tag);
  append_optional(out, R"(,"rule":)", one.terms.rule ? to_string(*one.terms.rule) : "");
  out += R"(,"from":)";
  append_json_integer(out, to_int(one.terms.first.from));
  out += R"(,"until":)";
  append_json_integer(out, to_int(one.terms.first.until));
  append_optional(out, R"(,"repeat":)", one.terms.repeat);
  append_optional(out, R"(,"comment":)", one.terms.comment);
  out += R"(,"created":)";
  append_json_integer(out, to_int(one.created));
  out += R"(,"by":)";
  append_json_string(out, one.by);
  out += R"(,"active":)";
  out += one.is_on ? "true}" : "false}";
}

// What is wrong with the terms, and which member is to blame.
std::optional<error> mistake_of(const silence_terms& wanted, std::string_view rule) {
  if (!rule.empty() && !wanted.rule) {
    return error{"rule", fmt::format("must be one of {}", alert_rule_names())};
  }
  if (wanted.host.empty() && wanted.tag.empty() && !wanted.rule) {
    return error{"host", "or tag or rule must be given: host \"*\" silences all"};
  }
  if (wanted.first.from == unix_ms{} || wanted.first.until <= wanted.first.from) {
    return error{"until", "must be later than from"};
  }
  if (wanted.repeat.empty() && wanted.first.until <= now()) {
    return error{"until", "must be in the future"};
  }
  if (!wanted.repeat.empty() && wanted.first.until - wanted.first.from > silence_limits::recurring) {
    return error{"until", "must be at most a week after from when it recurs"};
  }
  return std::nullopt;
}

response acknowledged(const result<alert_desk::outcome<alert>>& done) {
  if (!done) {
    return store_trouble(done.error());
  }
  return *done ? json_response(format_alert(**done)) : refused(done->error());
}

}  // namespace

void alerts(site& where, const request& asked, const respond& reply) {
  const auto state = asked.query().find("state");
  std::vector<alert> found;
  if (!state || *state == "firing" || *state == "acknowledged") {
    found = where.hosts.firing_alerts();
    if (state) {
      std::erase_if(found, [&](const alert& one) { return to_string(one.phase) != *state; });
    }
  } else if (*state == "pending") {
    found = where.hosts.pending_alerts();
  } else if (*state == "resolved") {
    return past_alerts(where, asked, reply);
  } else {
    return reply(problem(400, "state must be firing, acknowledged, pending or resolved", "state"));
  }
  std::string body = R"({"alerts":)";
  append_alerts(body, found);
  body += '}';
  reply(json_response(std::move(body)));
}

void acknowledge(site& where, const request& asked, const respond& reply) {
  auto key = alert_key::parse_id(asked.captures.at(0));
  if (!key) {
    return reply(problem(404, "there is no alert of this id", "id"));
  }
  where.alerts.acknowledge(
      actor_of(asked), *std::move(key),
      [reply](const result<alert_desk::outcome<alert>>& done) { reply(acknowledged(done)); });
}

void silences(site& where, const request&, const respond& reply) {
  where.alerts.list_silences([reply](const result<std::vector<silence_info>>& found) {
    reply(found ? list_response("silences", *found, append_silence) : store_trouble(found.error()));
  });
}

void add_silence(site& where, const request& asked, const respond& reply) {
  json_object body(asked.body, where.options.max_body_bytes);
  body.require("until");
  silence_terms wanted;
  wanted.host = body.text("host", silence_limits::pattern);
  wanted.tag = body.text("tag", silence_limits::pattern);
  const auto rule = body.text("rule", longest_rule);
  wanted.rule = parse_alert_rule(rule);
  wanted.first = {body.has("from") ? body.time("from") : now(), body.time("until")};
  wanted.repeat = body.text("repeat", longest_repeat);
  wanted.comment = body.text("comment", silence_limits::comment);
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  if (const auto mistake = mistake_of(wanted, rule)) {
    return reply(bad_body(*mistake));
  }
  where.alerts.add_silence(actor_of(asked), std::move(wanted),
                           [reply](const result<alert_desk::outcome<silence_info>>& made) {
                             if (!made) {
                               return reply(store_trouble(made.error()));
                             }
                             if (!*made) {
                               return reply(refused(made->error()));
                             }
                             std::string text;
                             append_silence(text, **made);
                             reply(json_response(std::move(text), 201));
                           });
}

void remove_silence(site& where, const request& asked, const respond& reply) {
  where.alerts.remove_silence(actor_of(asked), asked.captures.at(0), [reply](const result<bool>& removed) {
    if (!removed) {
      return reply(store_trouble(removed.error()));
    }
    reply(*removed ? no_content() : problem(404, "there is no silence of this id", "id"));
  });
}

}  // namespace atlas::web::routes
