// What this interface looks like, for programs: OpenAPI 3.1.
#include "web/openapi.hpp"
#include "web/routes.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace atlas::web::routes {

void openapi(site& where, const request&, const respond& reply) {
  constexpr std::string_view placeholder = "{cookie}";
  std::string text(openapi_document);
  if (const auto at = text.find(placeholder); at != std::string::npos) {
    text.replace(at, placeholder.size(), where.cookie_name);
  }
  reply(json_response(std::move(text)));
}

}  // namespace atlas::web::routes
