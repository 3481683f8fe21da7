// How a new machine comes in: the installer, the agent programs, and enrolment.
#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

namespace atlas::web::routes {

namespace {

constexpr std::size_t longest_secret = 256;

response enrolled(const enrollment& made) {
  std::string body = R"({"org":)";
  append_json_string(body, made.org_id);
  body += R"(,"host":)";
  append_json_string(body, made.host.text());
  body += R"(,"user":)";
  append_json_string(body, made.user);
  body += R"(,"password":)";
  append_json_string(body, made.password);
  body += R"(,"generation":)";
  append_json_integer(body, std::uint64_t{made.generation});
  body += R"(,"broker_url":)";
  append_json_string(body, made.broker_url);
  body += R"(,"ca":)";
  append_json_string(body, made.ca);
  body += R"(,"report_interval":)";
  append_json_integer(body, std::uint64_t{made.report_interval});
  body += '}';
  return json_response(std::move(body), 201);
}

response refused(enrollment_refusal why) {
  switch (why) {
    case enrollment_refusal::token_not_valid:
      return problem(401, "the enrolment token is not valid, or no longer: ask for a new one");
    case enrollment_refusal::host_known:
      return problem(
          409,
          "a host of this id has enrolled before: send its password too, choose another id, or let "
          "an administrator readmit it",
          "host");
  }
  return problem(500, "the answer is not known");
}

response answer(const enroller::outcome& outcome) {
  if (!outcome) {
    return store_trouble(outcome.error());
  }
  return *outcome ? enrolled(**outcome) : refused(outcome->error());
}

}  // namespace

void enroll(site& where, const request& asked, const respond& reply) {
  json_object body(asked.body, where.options.max_body_bytes);
  body.require("token");
  body.require("host");
  auto token = body.text("token", longest_secret);
  const auto name = body.text("host", 256);
  auto password = body.text("password", longest_secret);
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  const auto host = host_id::parse(name);
  if (!host) {
    return reply(
        problem(400, "host must have 1 to 64 letters, digits, dots, dashes and underscores", "host"));
  }
  where.desk.enroll({std::move(token), *host, std::move(password), asked.remote},
                    [reply](const enroller::outcome& outcome) { reply(answer(outcome)); });
}

void agent_files(site& where, const request&, const respond& reply) {
  reply(json_response(where.options.agent_files.list()));
}

void agent_file(site& where, const request& asked, const respond& reply) {
  auto file = where.options.agent_files.serve(asked.captures.at(0));
  reply(file ? std::move(*file)
             : problem(404, "there is no such file; GET /api/v1/agent lists those that there are"));
}

}  // namespace atlas::web::routes
