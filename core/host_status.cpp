#include "core/host_status.hpp"

#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "core/sample_range.hpp"

#include <array>

namespace atlas {

namespace {

constexpr std::size_t max_status_bytes = 1024;

constexpr std::array all_states{reported_state::online, reported_state::sleeping, reported_state::stopped,
                                reported_state::lost};

std::optional<reported_state> parse_state(std::string_view text) {
  for (const reported_state state : all_states) {
    if (text == to_string(state)) {
      return state;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(reported_state state) {
  switch (state) {
    case reported_state::online: return "online";
    case reported_state::sleeping: return "sleeping";
    case reported_state::stopped: return "stopped";
    case reported_state::lost: return "lost";
  }
  return "";
}

result<host_status> parse_host_status(std::string_view payload) {
  json_object object(payload, max_status_bytes);
  object.require("state");
  object.require("ts");
  const auto state = parse_state(object.text("state", max_status_bytes));
  if (!state) {
    object.add_mistake("state", "must be online, sleeping, stopped or lost");
  }
  host_status value{state.value_or(reported_state::lost), object.time("ts"),
                    object.text("boot", max_boot_bytes)};
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return value;
}

std::string format_host_status(const host_status& value) {
  std::string out = R"({"state":)";
  append_json_string(out, to_string(value.state));
  out += R"(,"ts":)";
  append_json_integer(out, static_cast<std::int64_t>(to_int(value.ts)));
  out += R"(,"boot":)";
  append_json_string(out, value.boot);
  out += '}';
  return out;
}

}  // namespace atlas
