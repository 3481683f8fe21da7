#include "ingest/key_mover.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

constexpr std::chrono::milliseconds between_ticks{200};

}  // namespace

key_mover::key_mover(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                     tenants::registry& of_worker, key_source& keys, const fleet& hosts, mqtt_source& broker,
                     intake& messages, registry_watch& registry)
    : io_(io),
      worker_(worker),
      of_worker_(of_worker),
      keys_(keys),
      messages_(messages),
      registry_(registry),
      timer_(io),
      known_(keys.read()),
      rekeyer_(make_ports(hosts, broker)) {}

rekeyer::ports key_mover::make_ports(const fleet& hosts, mqtt_source& broker) {
  return {[&hosts](const host_id& id) {
            const auto* host = hosts.find(id);
            return host != nullptr && host->presence.presence == host_presence::online;
          },
          [&broker](const host_id& id, const std::string& payload, const std::string& correlation) {
            return broker.send_command(id, payload, correlation);
          },
          [this](std::vector<host_id> ids, std::string from) { move(std::move(ids), std::move(from)); }};
}

void key_mover::stop() {
  stopped_ = true;
  timer_.cancel();
}

void key_mover::sync_hosts(const std::vector<tenants::registered_host>& hosts) {
  known_ = keys_.read();
  rekeyer_.sync_hosts(hosts, known_);
}

void key_mover::move(std::vector<host_id> hosts, std::string from) {
  boost::asio::post(worker_, [this, hosts = std::move(hosts), from = std::move(from)] {
    auto written = of_worker_.move_hosts(hosts, from);
    boost::asio::post(io_, [this, written = std::move(written)] {
      if (written) {
        spdlog::info("{} hosts have taken the new key", *written);
      } else {
        spdlog::error("{}: {}", written.error().where, written.error().what);
      }
      rekeyer_.moved();
    });
  });
}

void key_mover::tick() {
  if (auto keys = keys_.read(); keys != known_) {
    known_ = std::move(keys);
    // Where the hosts stand is another now, although none of them has changed.
    registry_.read_again();
  }
  rekeyer_.tick(messages_.take_replies(), std::chrono::steady_clock::now());
  timer_.expires_after(between_ticks);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !stopped_) {
      tick();
    }
  });
}

}  // namespace atlas::ingest
