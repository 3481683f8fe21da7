#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "web/frame_json.hpp"
#include "web/host_list.hpp"
#include "web/named_host.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

namespace atlas::web::routes {

namespace {

// More than may be kept, so that host_label's own check says what is wrong.
constexpr std::size_t longest_note_text = 32 * 1024;  // bytes
constexpr std::size_t longest_tag_list = 1'000;

// The host and what is known of it besides: its alerts, and the metrics that its history has.
std::string whole_host(const site& where, const host_state& shown) {
  std::string body;
  append_open_host(body, shown);
  body += R"(,"alerts":)";
  append_alerts(body, where.hosts.firing_alerts(shown.id));
  body += R"(,"metrics":)";
  append_json_strings(body, where.samples.metrics(shown.id));
  return body + '}';
}

}  // namespace

void hosts(site& where, const request& asked, const respond& reply) {
  const auto query = host_list_query::parse(asked.query());
  if (!query) {
    return reply(problem(400, query.error().where + " " + query.error().what, query.error().where));
  }
  const auto page = list_hosts(where.hosts.hosts(), *query);
  std::string body = R"({"hosts":[)";
  for (const auto* one : page.hosts) {
    if (body.back() != '[') {
      body += ',';
    }
    append_host(body, *one);
  }
  body += R"(],"next":)";
  if (page.next) {
    append_json_string(body, *page.next);
  } else {
    body += "null";
  }
  body += '}';
  reply(json_response(std::move(body)));
}

void host(site& where, const request& asked, const respond& reply) {
  if (const auto* found = find_host(where, asked, reply)) {
    reply(json_response(whole_host(where, *found)));
  }
}

void label_host(site& where, const request& asked, const respond& reply) {
  const auto* found = find_host(where, asked, reply);
  if (found == nullptr) {
    return;
  }
  json_object body(asked.body, where.options.max_body_bytes);
  host_label_change change;
  if (body.has("note") || body.is_null("note")) {
    change.note = body.text("note", longest_note_text);
  }
  if (body.has("tags") || body.is_null("tags")) {
    change.tags = body.texts("tags", longest_tag_list, host_label::max_note);
  }
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  if (!change.note && !change.tags) {
    return reply(problem(400, "the body must have note, tags or both"));
  }
  if (const auto good = check(change); !good) {
    return reply(problem(400, good.error().where + " " + good.error().what, good.error().where));
  }
  auto tell = [self = where.shared_from_this(), id = found->id, reply](const result<bool>& done) {
    if (!done) {
      return reply(store_trouble(done.error()));
    }
    const auto* now_is = self->stopped || !*done ? nullptr : self->hosts.find(id);
    reply(now_is != nullptr ? json_response(whole_host(*self, *now_is)) : no_such_host());
  };
  where.labels.label_host(actor_of(asked), found->id, std::move(change), std::move(tell));
}

void remove_host(site& where, const request& asked, const respond& reply) {
  const auto* found = find_host(where, asked, reply);
  if (found == nullptr) {
    return;
  }
  const host_id id = found->id;  // the host's own copy goes with it
  reply(where.backend.remove_host(actor_of(asked), id) ? no_content() : no_such_host());
}

}  // namespace atlas::web::routes
