#include "web/live_message.hpp"

#include "core/json_object.hpp"

#include <utility>

namespace atlas::web {

result<live_message> parse_live_message(std::string_view text) {
  constexpr std::size_t longest_type = 32;
  json_object members(text, max_live_message_bytes);
  members.require("type");
  const auto type = members.text("type", longest_type);
  live_message parsed = other_message{};
  if (type == "focus") {
    const auto host = members.text("host", host_id::max_size);
    const auto id = host_id::parse(host);
    parsed = focus_message{id ? std::optional(*id) : std::nullopt};
  } else if (type == "resume" && members.require("seq")) {
    resume_message resume{members.whole("seq"), {}};
    for (const auto& name : members.texts("have", resume_message::max_hosts, host_id::max_size)) {
      if (const auto id = host_id::parse(name)) {
        resume.have.push_back(*id);
      }
    }
    parsed = std::move(resume);
  } else if (type == "view") {
    parsed = view_request::read(members);
  }
  if (members.mistake()) {
    return tl::unexpected(*members.mistake());
  }
  return parsed;
}

}  // namespace atlas::web
