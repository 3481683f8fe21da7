#include "ingest/registry_people.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

registry_people::registry_people(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                                 tenants::registry& of_worker, const wall_clock& clock)
    : io_(io), worker_(worker), of_worker_(of_worker), clock_(clock) {}

template <class Value, class Work>
void registry_people::run(Work work, answer<Value> done) {
  if (waiting_ >= max_waiting) {
    boost::asio::post(io_, [done = std::move(done)] {
      done(failure("people", "too many requests wait: try again in a second"));
    });
    return;
  }
  ++waiting_;
  boost::asio::post(worker_, [this, work = std::move(work), now = clock_.now(), done = std::move(done)] {
    result<Value> found = work(of_worker_, now);
    boost::asio::post(io_, [this, found = std::move(found), done]() mutable {
      --waiting_;
      if (!found) {
        spdlog::error("{}: {}", found.error().where, found.error().what);
      }
      done(std::move(found));
    });
  });
}

void registry_people::list_sessions(std::optional<std::string> user,
                                    answer<std::vector<web::session_info>> done) {
  using sessions = std::vector<web::session_info>;
  const auto read = [user = std::move(user)](tenants::registry& store, unix_ms now) -> result<sessions> {
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
  run<sessions>(read, std::move(done));
}

void registry_people::end_session(std::string id, std::optional<std::string> user, answer<bool> done) {
  const auto end = [id = std::move(id), user = std::move(user)](tenants::registry& store, unix_ms) {
    return store.end_session_of_id(id, user);
  };
  run<bool>(end, std::move(done));
}

}  // namespace atlas::ingest
