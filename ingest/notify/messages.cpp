#include "ingest/notify/messages.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace atlas::ingest {

std::vector<web::channel_report> messages::channels() const { return out_.report(); }

void messages::test_channels(const web::actor& by, std::optional<std::string> channel,
                             std::function<void(result<std::vector<web::channel_outcome>>)> done) {
  auto record = [what = channel.value_or("all channels")](tenants::registry& store, unix_ms) {
    return store.recorded("notify.test", what, [] { return result<void>{}; });
  };
  auto test = [this, channel = std::move(channel),
               done = std::move(done)](const result<void>& recorded) mutable {
    if (!recorded) {
      return done(tl::unexpected(recorded.error()));
    }
    // The notifier outlives this object, and so may its answer.
    out_.test(std::move(channel),
              [&io = io_, done = std::move(done)](std::vector<web::channel_outcome> found) {
                boost::asio::post(io, [done, found = std::move(found)]() mutable { done(std::move(found)); });
              });
  };
  worker_.run<void>(by, std::move(record), std::move(test));
}

}  // namespace atlas::ingest
