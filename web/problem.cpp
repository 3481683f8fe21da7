#include "web/problem.hpp"

#include "core/json_text.hpp"

#include <cstdint>

#include <fmt/format.h>

namespace atlas::web {

response problem(unsigned status, std::string_view detail, std::string_view parameter) {
  response made;
  made.status = status;
  made.content_type = "application/problem+json";
  made.text = R"({"type":"about:blank","title":)";
  append_json_string(made.text, reason_phrase(status));
  made.text += R"(,"status":)";
  append_json_integer(made.text, std::uint64_t{status});
  made.text += R"(,"detail":)";
  append_json_string(made.text, detail);
  if (!parameter.empty()) {
    made.text += R"(,"parameter":)";
    append_json_string(made.text, parameter);
  }
  made.text += '}';
  if (status == 401) {
    made.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"atlas-fleet\"");
  }
  return made;
}

response bad_body(const error& mistake) {
  std::string_view member = mistake.where;  // a JSON pointer
  member.remove_prefix(member.starts_with('/') ? 1 : 0);
  return problem(400, mistake.where + " " + mistake.what, member);
}

response store_trouble(const error& trouble) {
  auto made = problem(503, trouble.what);
  made.headers.emplace_back("Retry-After", "1");
  return made;
}

response too_many(std::string_view what, std::chrono::seconds wait) {
  auto made = problem(
      429, fmt::format("{}: try again in {} second{}", what, wait.count(), wait.count() == 1 ? "" : "s"));
  made.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return made;
}

}  // namespace atlas::web
