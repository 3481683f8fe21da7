#pragma once

#include "web/ports.hpp"
#include "web/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

enum class method { get, head, post, patch, delete_, other };

std::string_view to_string(method value);

// What proved who is asking; kept to prove it again during a long live connection.
struct credential {
  enum class kind { api_token, session } how = kind::session;
  std::string secret;
};

// An HTTP request as handlers see it, without the library that read it.
struct request {
  method verb = method::other;
  request_target target;
  std::vector<std::string> captures;  // of the route's pattern, in order

  std::string remote;      // IP address of whoever asks, without a port
  bool encrypted = false;  // on the way from there, as far as is known
  std::string host;
  std::optional<std::string> origin;
  std::optional<std::string> authorization;
  std::string cookie;  // all Cookie headers, joined by "; "
  std::string content_type;
  std::string accept_encoding;
  std::string if_none_match;
  std::string user_agent;
  std::string body;

  std::optional<principal> who;  // set for routes that are not open
  credential proof;              // goes with `who`

  const query_parameters& query() const { return target.query; }
};

}  // namespace atlas::web
