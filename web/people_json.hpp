#pragma once

#include "core/json_object.hpp"
#include "web/people.hpp"
#include "web/request.hpp"
#include "web/response.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

// What the handlers of people, tokens and the audit log share.

actor actor_of(const request& asked);

// Nothing when it is absent; a word that is no role is a mistake.
std::optional<role> read_role(json_object& body, std::string_view member);

// 404, 409, 400 or 403, whatever the reason asks for.
response refused(const people_refusal& refusal);

// 204, the refusal, or 503.
people::answer<people::outcome<people::nothing>> answer_without_content(respond reply);

// {"<name>":[…]}, open: its end is to follow.
template <class Item>
std::string open_list(std::string_view name, const std::vector<Item>& items,
                      void (*append)(std::string&, const Item&)) {
  std::string body = "{\"";
  body += name;
  body += "\":[";
  for (const auto& one : items) {
    body += body.back() == '[' ? "" : ",";
    append(body, one);
  }
  body += ']';
  return body;
}

template <class Item>
response list_response(std::string_view name, const std::vector<Item>& items,
                       void (*append)(std::string&, const Item&)) {
  return json_response(open_list(name, items, append) + '}');
}

}  // namespace atlas::web
