#include "ingest/label_desk.hpp"

#include <optional>
#include <utility>

namespace atlas::ingest {

label_desk::label_desk(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                       tenants::registry& of_worker, const wall_clock& clock, tenant_service& service)
    : worker_(io, worker, of_worker, clock, "hosts"), service_(service) {}

void label_desk::label_host(web::actor by, host_id host, host_label_change asked, answer<bool> done) {
  using labelled = std::optional<tenants::registered_host>;
  auto work = [host, asked = std::move(asked)](tenants::registry& store, unix_ms) -> result<labelled> {
    const auto known = store.label_host(host, asked);
    if (!known) {
      return tl::unexpected(known.error());
    }
    return store.host(host);
  };
  // Browsers see it at once; what the command line writes is noticed a little later.
  auto tell = [this, done = std::move(done)](const result<labelled>& now_is) {
    if (!now_is) {
      return done(tl::unexpected(now_is.error()));
    }
    if (*now_is) {
      service_.label_host((*now_is)->id, (*now_is)->label);
    }
    done(now_is->has_value());
  };
  worker_.run<labelled>(std::move(by), std::move(work), std::move(tell));
}

}  // namespace atlas::ingest
