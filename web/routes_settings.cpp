// What administrators change of the organisation while the service runs.
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

namespace atlas::web::routes {

void settings(site& where, const request&, const respond& reply) {
  where.settings.read_settings([reply](result<std::string> found) {
    reply(found ? json_response(*std::move(found)) : store_trouble(found.error()));
  });
}

void change_settings(site& where, const request& asked, const respond& reply) {
  where.settings.change_settings(
      actor_of(asked), asked.body, [reply](result<settings_port::outcome> changed) {
        if (!changed) {
          return reply(store_trouble(changed.error()));
        }
        reply(*changed ? json_response(**std::move(changed)) : refused(changed->error()));
      });
}

}  // namespace atlas::web::routes
