#pragma once

#include "core/error.hpp"
#include "core/host_id.hpp"
#include "web/view_request.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace atlas::web {

inline constexpr std::size_t max_live_message_bytes = 4096;

// {"type":"focus","host":"<id>"}: this browser looks closely at that host, or at none.
struct focus_message {
  std::optional<host_id> host;
};
// {"type":"resume","seq":n,"have":["<id>",…]}: this browser has everything up to n; of these hosts, where it
// shows a view.
struct resume_message {
  static constexpr std::size_t max_hosts = 200;
  std::uint64_t seq = 0;
  std::vector<host_id> have;
};
// Of a newer page; ignored.
struct other_message {};

using live_message = std::variant<focus_message, resume_message, view_request, other_message>;

result<live_message> parse_live_message(std::string_view text);

}  // namespace atlas::web
