#include "web/problem.hpp"

#include "core/json_text.hpp"

#include <cstdint>

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

}  // namespace atlas::web
