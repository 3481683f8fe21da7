#include "ingest/registry_people.hpp"

#include "core/credentials.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <sodium.h>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

using tenants::registry;
using nothing = web::people::nothing;
using refusal = web::people_refusal;
template <class Value>
using decided = result<web::people::outcome<Value>>;

tl::unexpected<refusal> refuse(refusal::reason why, std::string what, std::string member = {}) {
  return tl::make_unexpected(refusal{why, std::move(what), std::move(member)});
}

tl::unexpected<refusal> no_such_user() {
  return refuse(refusal::reason::unknown, "there is no user of this name");
}

// A mistake in what was asked is a refusal; anything else is the store's trouble.
template <class Value>
decided<Value> because(const error& problem, std::string_view name) {
  for (const std::string_view member : {"name", "password", "label"}) {
    if (problem.where == member) {
      return refuse(refusal::reason::invalid, problem.where + " " + problem.what, problem.where);
    }
  }
  if (problem.where == name) {
    return refuse(refusal::reason::conflict, problem.where + " " + problem.what);
  }
  return tl::unexpected(problem);
}

decided<nothing> known(const result<bool>& done, std::string_view name) {
  if (!done) {
    return because<nothing>(done.error(), name);
  }
  return *done ? decided<nothing>(nothing{}) : decided<nothing>(no_such_user());
}

decided<nothing> change(registry& store, const std::string& name, const web::user_change& asked) {
  // Both or nothing.
  if (asked.password) {
    if (const auto good = registry::check_password(*asked.password); !good) {
      return because<nothing>(good.error(), name);
    }
  }
  if (asked.granted) {
    auto changed = known(store.set_role(name, *asked.granted), name);
    if (!changed || !*changed || !asked.password) {
      return changed;
    }
  }
  return known(store.set_password(name, *asked.password), name);
}

result<std::vector<web::token_info>> tokens_of(const registry& store) {
  using kind = web::token_info::kind;
  const auto api = store.api_tokens();
  const auto enrollment = store.enrollment_tokens();
  if (!api || !enrollment) {
    return tl::unexpected(api ? enrollment.error() : api.error());
  }
  std::vector<web::token_info> shown;
  for (const auto& one : *api) {
    shown.push_back({one.id, kind::api, one.label, one.token_role, one.added, one.expires});
  }
  for (const auto& one : *enrollment) {
    shown.push_back({one.id, kind::enrollment, one.label, role::viewer, one.added, one.expires});
  }
  return shown;
}

decided<web::made_token> make_api_token(registry& store, const web::new_token& asked, unix_ms now) {
  auto secret = store.create_api_token(asked.label, asked.granted, asked.expires, now);
  if (!secret) {
    return because<web::made_token>(secret.error(), {});
  }
  const auto made = store.find_api_token(*secret, now);
  if (!made) {
    return tl::unexpected(made.error());
  }
  const auto id = *made ? (*made)->id : std::string{};
  return web::made_token{{id, web::token_info::kind::api, asked.label, asked.granted, now, asked.expires},
                         *std::move(secret)};
}

decided<web::made_token> make_enrollment_token(registry& store, const web::new_token& asked,
                                               const registry::token_maker& derive, unix_ms now) {
  using terms = registry::enrollment_terms;
  const auto expires = asked.expires.value_or(now + terms::usual_life);
  auto made = store.create_enrollment_token({asked.label, expires, asked.uses}, derive, now);
  if (!made) {
    return because<web::made_token>(made.error(), {});
  }
  return web::made_token{
      {std::move(made->id), web::token_info::kind::enrollment, asked.label, role::viewer, now, expires},
      std::move(made->secret),
      asked.uses};
}

decided<web::made_token> make(registry& store, const web::new_token& asked,
                              const registry::token_maker& derive, unix_ms now) {
  if (asked.expires && *asked.expires <= now) {
    return refuse(refusal::reason::invalid, "expires must be in the future", "expires");
  }
  switch (asked.what) {
    case web::token_info::kind::api: return make_api_token(store, asked, now);
    case web::token_info::kind::enrollment: return make_enrollment_token(store, asked, derive, now);
  }
  return failure("kind", "is none that is known");
}

// Of a password that is no longer needed.
void wipe(std::string& secret) { sodium_memzero(secret.data(), secret.size()); }

}  // namespace

registry_people::registry_people(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                                 registry& of_worker, const wall_clock& clock, const org_id& org,
                                 key_source& keys)
    : worker_(io, worker, of_worker, clock, "people"), org_(org), keys_(keys) {}

void registry_people::list_sessions(std::optional<std::string> user,
                                    answer<std::vector<web::session_info>> done) {
  using sessions = std::vector<web::session_info>;
  const auto read = [user = std::move(user)](const registry& store, unix_ms now) -> result<sessions> {
    const auto found = store.sessions(user, now);
    if (!found) {
      return tl::unexpected(found.error());
    }
    sessions shown;
    shown.reserve(found->size());
    for (const auto& one : *found) {
      shown.push_back({one.id, one.user, one.user_role, one.added, one.seen, one.expires, one.origin.address,
                       one.origin.agent});
    }
    return shown;
  };
  worker_.run<sessions>({}, read, std::move(done));
}

void registry_people::end_session(web::actor by, std::string id, std::optional<std::string> user,
                                  answer<bool> done) {
  auto end = [id = std::move(id), user = std::move(user)](registry& store, unix_ms) {
    return store.end_session_of_id(id, user);
  };
  worker_.run<bool>(std::move(by), std::move(end), std::move(done));
}

void registry_people::list_users(answer<std::vector<web::user_info>> done) {
  using users = std::vector<web::user_info>;
  const auto read = [](const registry& store, unix_ms) -> result<users> {
    const auto found = store.users();
    if (!found) {
      return tl::unexpected(found.error());
    }
    users shown;
    for (const auto& one : *found) {
      shown.push_back({one.name, one.user_role, one.added});
    }
    return shown;
  };
  worker_.run<users>({}, read, std::move(done));
}

void registry_people::add_user(web::actor by, web::new_user asked, answer<outcome<nothing>> done) {
  auto add = [asked = std::move(asked)](registry& store, unix_ms now) mutable -> decided<nothing> {
    const auto added = store.add_user(asked.name, asked.granted, asked.password, now);
    wipe(asked.password);
    return added ? decided<nothing>(nothing{}) : because<nothing>(added.error(), asked.name);
  };
  worker_.run<outcome<nothing>>(std::move(by), std::move(add), std::move(done));
}

void registry_people::change_user(web::actor by, std::string name, web::user_change asked,
                                  answer<outcome<nothing>> done) {
  auto work = [name = std::move(name), asked = std::move(asked)](registry& store, unix_ms) mutable {
    auto changed = change(store, name, asked);
    if (asked.password) {
      wipe(*asked.password);
    }
    return changed;
  };
  worker_.run<outcome<nothing>>(std::move(by), std::move(work), std::move(done));
}

void registry_people::remove_user(web::actor by, std::string name, answer<outcome<nothing>> done) {
  auto remove = [name = std::move(name)](registry& store, unix_ms) {
    return known(store.remove_user(name), name);
  };
  worker_.run<outcome<nothing>>(std::move(by), std::move(remove), std::move(done));
}

void registry_people::change_password(web::actor by, std::string present, std::string wanted,
                                      answer<outcome<nothing>> done) {
  auto work = [name = by.name, present = std::move(present), wanted = std::move(wanted)](
                  registry& store, unix_ms) mutable -> decided<nothing> {
    const auto verified = store.verify_password(name, present);
    wipe(present);
    if (!verified) {
      return tl::unexpected(verified.error());
    }
    if (!*verified) {
      return refuse(refusal::reason::wrong_password, "current is not your present password", "current");
    }
    auto changed = known(store.set_password(name, wanted), name);
    wipe(wanted);
    return changed;
  };
  worker_.run<outcome<nothing>>(std::move(by), std::move(work), std::move(done));
}

void registry_people::list_tokens(answer<std::vector<web::token_info>> done) {
  const auto read = [](const registry& store, unix_ms) { return tokens_of(store); };
  worker_.run<std::vector<web::token_info>>({}, read, std::move(done));
}

void registry_people::make_token(web::actor by, web::new_token asked, answer<outcome<web::made_token>> done) {
  auto work = [this, asked = std::move(asked)](registry& store, unix_ms now) {
    const auto derive = [this](std::uint32_t number) {
      return derive_enrollment_token(keys_.read()->newest(), org_, number);
    };
    return make(store, asked, derive, now);
  };
  worker_.run<outcome<web::made_token>>(std::move(by), std::move(work), std::move(done));
}

void registry_people::revoke_token(web::actor by, std::string id, answer<bool> done) {
  auto revoke = [id = std::move(id)](registry& store, unix_ms) { return store.revoke_token(id); };
  worker_.run<bool>(std::move(by), std::move(revoke), std::move(done));
}

void registry_people::list_audit(std::optional<std::int64_t> before, std::size_t limit,
                                 answer<std::vector<web::audit_row>> done) {
  using rows = std::vector<web::audit_row>;
  const auto read = [before, limit](const registry& store, unix_ms) -> result<rows> {
    const auto found = store.audit(before, limit);
    if (!found) {
      return tl::unexpected(found.error());
    }
    rows shown;
    shown.reserve(found->size());
    for (const auto& one : *found) {
      shown.push_back({one.id, one.at, {one.by.name, one.by.from}, one.action, one.object, one.outcome});
    }
    return shown;
  };
  worker_.run<rows>({}, read, std::move(done));
}

}  // namespace atlas::ingest
