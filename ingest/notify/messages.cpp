#include "ingest/notify/messages.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace atlas::ingest {

namespace {

std::vector<web::channel_outcome> shown(const std::vector<test_result>& results) {
  std::vector<web::channel_outcome> out;
  out.reserve(results.size());
  for (const auto& one : results) {
    out.push_back({one.channel, one.delivered, one.trouble});
  }
  return out;
}

}  // namespace

std::vector<web::channel_state> messages::channels() const {
  std::vector<web::channel_state> out;
  for (const auto& one : out_.report()) {
    web::channel_state state;
    state.name = one.name;
    state.type = to_string(one.type);
    state.sent = one.sent;
    state.waiting = one.waiting;
    state.dead = one.dead;
    state.trouble = one.trouble;
    if (!one.trouble.empty()) {
      state.failing_since = one.failing_since;
    }
    if (one.last_sent != unix_ms{}) {
      state.last_sent = one.last_sent;
    }
    out.push_back(std::move(state));
  }
  return out;
}

void messages::test_channels(const web::actor& by, std::optional<std::string> channel,
                             std::function<void(result<std::vector<web::channel_outcome>>)> done) {
  auto record = [what = channel.value_or("all channels")](tenants::registry& store, unix_ms) {
    return store.recorded("notify.test", what, [] { return result<void>{}; });
  };
  worker_.run<void>(
      by, std::move(record),
      [this, channel = std::move(channel), done = std::move(done)](const result<void>& recorded) mutable {
        if (!recorded) {
          return done(tl::unexpected(recorded.error()));
        }
        out_.test(std::move(channel), [this,
                                       done = std::move(done)](const std::vector<test_result>& results) {
          boost::asio::post(io_, [done, outcomes = shown(results)]() mutable { done(std::move(outcomes)); });
        });
      });
}

}  // namespace atlas::ingest
