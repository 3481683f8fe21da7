#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atlas::web {

struct response {
  unsigned status = 200;
  std::string content_type;  // empty: no body
  std::string cache_control = "no-store";
  std::vector<std::pair<std::string_view, std::string>> headers;  // further ones; names are literals
  std::string text;                                               // the body, unless `shared` holds it
  std::shared_ptr<const std::string> shared;                      // a body that many responses send

  std::string_view body() const { return shared ? std::string_view(*shared) : std::string_view(text); }
};

// Takes the one response of a request, at once or later on the loop thread. Later calls do nothing.
using respond = std::function<void(response)>;

// "Not Found" for 404.
std::string_view reason_phrase(unsigned status);

response json_response(std::string body, unsigned status = 200);
response no_content();

// What a response's head needs to know of its connection.
struct head_options {
  bool keep_alive = true;
  bool is_encrypted = false;  // as the browser sees it
  std::string_view content_security_policy;
};

// The status line and headers up to and with the empty line. Values with line breaks are left out.
std::string response_head(const response& value, const head_options& options);

}  // namespace atlas::web
