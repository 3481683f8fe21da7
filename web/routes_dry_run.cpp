// What an alert rule would have said.
#include "web/dry_run_json.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <utility>

namespace atlas::web::routes {

void dry_run(site& where, const request& asked, const respond& reply) {
  auto question = parse_dry_run(asked.body, where.options.max_body_bytes);
  if (!question) {
    return reply(bad_body(question.error()));
  }
  where.alerts.dry_run(*std::move(question), [reply](const result<alert_desk::outcome<std::string>>& done) {
    if (!done) {
      return reply(store_trouble(done.error()));
    }
    reply(*done ? json_response(**done) : refused(done->error()));
  });
}

}  // namespace atlas::web::routes
