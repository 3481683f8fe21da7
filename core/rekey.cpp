#include "core/rekey.hpp"

#include "core/json_object.hpp"
#include "core/json_text.hpp"

#include <algorithm>
#include <limits>

namespace atlas {

namespace {

constexpr std::size_t max_bytes = 4 * 1024;
constexpr std::size_t max_password = 128;
constexpr std::size_t max_problem = 300;
constexpr std::string_view rekey_name = "rekey";

std::uint32_t generation_of(json_object& object) {
  const auto number = object.whole("generation");
  if (number == 0 || number > std::numeric_limits<std::uint32_t>::max()) {
    object.add_mistake("generation", "must be a whole number from 1 to 2^32 - 1");
    return 1;
  }
  return static_cast<std::uint32_t>(number);
}

bool is_printable(char c) { return c > ' ' && c < '\x7f'; }

std::string head(std::uint32_t generation) {
  std::string out = R"({"cmd":"rekey","generation":)";
  append_json_integer(out, std::uint64_t{generation});
  return out;
}

}  // namespace

std::string format_rekey_command(const rekey_command& command) {
  auto out = head(command.generation) + R"(,"password":)";
  append_json_string(out, command.password);
  out += '}';
  return out;
}

result<std::optional<rekey_command>> parse_rekey_command(std::string_view payload) {
  json_object object(payload, max_bytes);
  object.require("cmd");
  if (const auto cmd = object.text("cmd", max_bytes); !object.mistake() && cmd != rekey_name) {
    return std::nullopt;
  }
  object.require("generation");
  object.require("password");
  rekey_command command{generation_of(object), object.text("password", max_password)};
  if (command.password.empty() ||
      !std::all_of(command.password.begin(), command.password.end(), is_printable)) {
    object.add_mistake("password", "must be printable ASCII without blanks");
  }
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return command;
}

std::string format_rekey_reply(const rekey_reply& reply) {
  auto out = head(reply.generation) + R"(,"ok":)" + (reply.problem ? "false" : "true");
  if (reply.problem) {
    out += R"(,"problem":)";
    append_json_string(out, std::string_view(*reply.problem).substr(0, max_problem));
  }
  out += '}';
  return out;
}

result<std::optional<rekey_reply>> parse_rekey_reply(std::string_view payload) {
  json_object object(payload, max_bytes);
  object.require("cmd");
  if (const auto cmd = object.text("cmd", max_bytes); !object.mistake() && cmd != rekey_name) {
    return std::nullopt;
  }
  object.require("generation");
  rekey_reply reply{generation_of(object), std::nullopt};
  object.require("ok");
  if (!object.truth("ok")) {
    reply.problem = object.text("problem", max_bytes);
  }
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return reply;
}

}  // namespace atlas
