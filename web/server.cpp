#include "web/server.hpp"

#include "web/certificate.hpp"
#include "web/frame_json.hpp"
#include "web/listener.hpp"
#include "web/live_feed.hpp"
#include "web/site.hpp"
#include "web/view_feed.hpp"

#include <string>
#include <utility>

namespace atlas::web {

namespace {

std::string told_of(const branding& brand) {
  std::string text;
  append_branding(text, brand);
  return text;
}

}  // namespace

class server::impl {
 public:
  impl(boost::asio::io_context& io, std::shared_ptr<site> where) : io_(io), where_(std::move(where)) {
    const live_feed_options options{where_->options.live_interval, where_->options.max_live_frames};
    where_->feed = std::make_shared<live_feed>(io_, options, where_->brand, where_->hosts, where_->watchers,
                                               where_->backend);
    where_->views = std::make_shared<view_feed>(io_, where_->options.view_interval, where_->brand,
                                                where_->hosts, where_->watchers, where_->backend);
  }

  result<void> start() {
    const auto& options = where_->options;
    if (options.certificate.has_value() != options.private_key.has_value()) {
      return failure("server.tls", "needs both certificate and private_key, or neither");
    }
    if (options.certificate) {
      auto loaded = certificate::load(*options.certificate, *options.private_key);
      if (!loaded) {
        return tl::unexpected(std::move(loaded.error()));
      }
      certificate_ = std::make_shared<certificate>(*std::move(loaded));
    }
    where_->files = static_files::load(options.ui_dir);
    listener_ = std::make_shared<listener>(io_, where_, certificate_);
    return listener_->start();
  }

  void stop() {
    if (std::exchange(where_->stopped, true)) {
      return;
    }
    where_->feed->stop();
    where_->views->stop();
    if (listener_) {
      listener_->stop();
    }
  }

  void refresh_certificate() {
    if (certificate_) {
      certificate_->refresh();
    }
  }

  readiness_check certificate_readiness() const {
    auto trouble = certificate_ ? certificate_->trouble() : std::string();
    const bool ready = trouble.empty();
    return {"certificate", ready, std::move(trouble), false};
  }

  std::uint16_t port() const { return listener_ ? listener_->port() : std::uint16_t{0}; }

  const server_counters& counters() {
    auto& counted = where_->counters;
    counted.live_resyncs = where_->feed->resyncs();
    counted.connections = listener_ ? listener_->connections() : 0;
    return counted;
  }

  void rebrand(branding brand) {
    if (told_of(brand) == told_of(where_->brand)) {
      return;
    }
    where_->take(std::move(brand));
    where_->feed->rebrand();
    where_->views->rebrand();
  }

  void offer(download file) { where_->options.agent_files.add(std::move(file)); }

  void publish(const fleet_effects& effects) {
    where_->feed->publish(effects);
    where_->views->publish(effects);
  }

 private:
  boost::asio::io_context& io_;
  std::shared_ptr<site> where_;
  std::shared_ptr<certificate> certificate_;  // none: plain HTTP
  std::shared_ptr<listener> listener_;
};

server::server(boost::asio::io_context& io, server_options options, branding brand, const fleet& hosts,
               const history& samples, const server_ports& ports)
    : impl_(std::make_shared<impl>(
          io, std::make_shared<site>(options, std::move(brand), hosts, samples, ports))) {}

server::~server() { stop(); }

result<void> server::start() { return impl_->start(); }
void server::stop() { impl_->stop(); }
void server::refresh_certificate() { impl_->refresh_certificate(); }
readiness_check server::certificate_readiness() const { return impl_->certificate_readiness(); }
std::uint16_t server::port() const { return impl_->port(); }
const server_counters& server::counters() const { return impl_->counters(); }
void server::rebrand(branding brand) { impl_->rebrand(std::move(brand)); }
void server::offer(download file) { impl_->offer(std::move(file)); }
void server::publish(const fleet_effects& effects) { impl_->publish(effects); }

}  // namespace atlas::web
