#include "ingest/application.hpp"

#include "core/user_name.hpp"
#include "ingest/ack_sender.hpp"
#include "ingest/agent_files.hpp"
#include "ingest/alert_keeper.hpp"
#include "ingest/canary.hpp"
#include "ingest/guard_watch.hpp"
#include "ingest/history_store.hpp"
#include "ingest/inbox.hpp"
#include "ingest/inbox_reader.hpp"
#include "ingest/intake.hpp"
#include "ingest/key_mover.hpp"
#include "ingest/key_source.hpp"
#include "ingest/label_desk.hpp"
#include "ingest/metrics_text.hpp"
#include "ingest/mqtt_source.hpp"
#include "ingest/notify/alert_feed.hpp"
#include "ingest/notify/messages.hpp"
#include "ingest/notify/notifier.hpp"
#include "ingest/notify/readiness.hpp"
#include "ingest/past_keeper.hpp"
#include "ingest/process_desk.hpp"
#include "ingest/registry_alert_desk.hpp"
#include "ingest/registry_authenticator.hpp"
#include "ingest/registry_enroller.hpp"
#include "ingest/registry_people.hpp"
#include "ingest/registry_watch.hpp"
#include "ingest/settings_desk.hpp"
#include "ingest/tenant_service.hpp"
#include "tenants/org_look.hpp"
#include "tenants/server_tls.hpp"
#include "web/server.hpp"

#include <chrono>
#include <csignal>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

namespace atlas::ingest {

namespace asio = boost::asio;

namespace {

mqtt_options make_mqtt_options(const tenants::state_root& root, const tenants::tenant_config& config,
                               broker_address broker, key_source& keys) {
  return {std::move(broker), config.broker.ca_file.value_or(root.ca_file()),
          ingest_user_name(config.organization.id), [&keys] { return keys.read()->service_passwords(); }};
}

mqtt_options make_canary_login(mqtt_options of_service, const org_id& org, key_source& keys) {
  of_service.user = canary_user_name(org);
  of_service.passwords = [&keys] { return std::vector{keys.read()->canary_password()}; };
  return of_service;
}

web::server_options make_server_options(const tenants::state_root& root, const tenants::tenant_config& config,
                                        const options& chosen, const tenants::certificate_files& shown) {
  web::server_options made;
  made.address = config.server.host;
  made.port = config.server.port;
  made.trusted_proxies = config.server.trusted_proxies;
  made.max_connections_per_address = config.server.max_connections_per_address;
  if (!shown.certificate.empty()) {
    made.certificate = shown.certificate;
    made.private_key = shown.private_key;
  }
  made.ui_dir = chosen.ui_dir;
  made.agent_files = load_agent_files(root, config, chosen.agents_dir);
  return made;
}

web::branding make_branding(const tenants::tenant_config& config) {
  const auto& brand = config.branding;
  return {config.organization.name, std::string(config.organization.id.text()),
          brand.dashboard_title,    brand.primary_color,
          brand.secondary_color,    brand.logo_url};
}

notifier_options make_notifier_options(const tenants::tenant_config& config) {
  return {tenants::make_org_look(config), config.notifications(), config.alerts.notify};
}

bool is_encrypted(const tenants::tenant_config& config) {
  return tenants::certificate_source_of(config) != tenants::certificate_source::none;
}

// The files of the dashboard's certificate; none without TLS.
result<tenants::certificate_files> find_certificate(const tenants::state_root& root,
                                                    const tenants::tenant& tenant) {
  auto files = tenants::certificate_files_of(root, tenant);
  std::error_code failed;
  if (tenants::certificate_source_of(tenant.config) == tenants::certificate_source::local_ca &&
      !std::filesystem::exists(files.certificate, failed)) {
    return failure(
        files.certificate.string(),
        "the dashboard's certificate is not there: `atlas-fleet broker apply` makes it, and `atlas-fleet "
        "up` does so by itself");
  }
  return files;
}

// The parts of one running service, in the order in which they need each other.
class application {
 public:
  application(asio::io_context& io, const tenants::state_root& root, const std::string& slug,
              const tenants::tenant_config& config, const options& chosen,
              const tenants::certificate_files& shown, const broker_address& broker, key_source& keys,
              tenants::registry own, tenants::registry of_worker, history_store samples,
              notify::outbox outgoing)
      : io_(io),
        root_(root),
        own_registry_(std::move(own)),
        worker_registry_(std::move(of_worker)),
        history_(std::move(samples)),
        inbox_({}, [this] { reader_.wake(); }),
        reader_(io_, [this](std::span<fleet_event> events) { service_.apply(events); }),
        guard_(std::chrono::steady_clock::now()),
        intake_(config.organization.id, inbox_, guard_),
        source_(io_, make_mqtt_options(root, config, broker, keys), config.organization.id, intake_,
                [this](std::vector<alert> alerts) { restore(std::move(alerts)); }),
        service_({config.organization.id, config.rules(), config.agent.report_interval}, own_registry_,
                 history_.port(), source_, clock_),
        alerts_(io_, worker_, own_registry_, worker_registry_, service_, clock_,
                config.organization.time_zone),
        past_(io_, worker_, own_registry_, worker_registry_, service_, clock_),
        canary_(
            io_,
            make_canary_login(make_mqtt_options(root, config, broker, keys), config.organization.id, keys),
            config.organization.id, std::chrono::seconds(config.broker.canary_interval), clock_,
            [this](std::size_t breaches) { service_.check_isolation(breaches); }),
        authenticator_(io_, worker_, own_registry_, worker_registry_, clock_),
        enroller_(io_, worker_, worker_registry_, clock_, config, keys,
                  config.broker.ca_file.value_or(root.ca_file())),
        people_(io_, worker_, worker_registry_, clock_, config.organization.id, keys),
        desk_(io_, worker_, worker_registry_, service_, alerts_, clock_, history_.port(), config.rules()),
        watch_(io_, worker_, own_registry_, worker_registry_,
               [this](const auto& hosts) {
                 service_.sync_hosts(hosts);
                 mover_.sync_hosts(hosts);
               }),
        mover_(io_, worker_, worker_registry_, keys, service_.hosts(), source_, intake_, watch_),
        processes_(io_, source_, intake_),
        labels_(io_, worker_, worker_registry_, clock_, service_),
        acks_(
            std::chrono::seconds(config.agent.report_interval),
            [this](const host_id& host, const std::string& text) { return source_.publish_ack(host, text); }),
        notifier_(make_notifier_options(config), std::move(outgoing)),
        alert_feed_(service_.hosts(), notifier_),
        messages_(io_, worker_, worker_registry_, clock_, notifier_),
        settings_(io_, worker_, worker_registry_, clock_, root, slug,
                  [this](const tenants::tenant_config& now_is) { take_settings(now_is); }),
        server_(
            io_, make_server_options(root, config, chosen, shown), make_branding(config), service_.hosts(),
            history_.port(),
            {authenticator_, enroller_, people_, service_, desk_, messages_, settings_, processes_, labels_}),
        signals_(io_, SIGTERM, SIGINT),
        tick_(io_) {
    service_.on_effects([this](const fleet_effects& effects) {
      server_.publish(effects);
      alerts_.put(effects.memories);
      past_.take(effects);
      alert_feed_.take(effects);
    });
    alerts_.on_dry_run([this](const std::string& question, std::function<void(std::string)> done) {
      desk_.answer_dry_run(question, std::move(done));
    });
    service_.on_link([this] { return std::pair{source_.is_subscribed(), source_.connects()}; });
    service_.on_metrics([this](web::metrics_scope scope) { return metrics(scope); });
    service_.add_readiness(
        [this] { return web::readiness_check{"broker", source_.is_subscribed(), source_.trouble()}; });
    service_.on_isolation([this] { return canary_.report(); });
    service_.add_readiness([this] { return watch_.readiness(); });
    service_.add_readiness([this] { return history_.readiness(); });
    if (auto* durable = history_.durable()) {
      durable->on_stored([this](std::vector<store::host_ack> acks) {
        acks_.stored(std::move(acks), std::chrono::steady_clock::now());
      });
    }
    service_.add_readiness([this] { return alerts_.readiness(); });
    service_.add_readiness([this] { return guard_.readiness(std::chrono::steady_clock::now()); });
    service_.add_readiness([this] { return canary_.readiness(); });
    service_.add_readiness([this] { return server_.certificate_readiness(); });
    service_.add_readiness([this] { return notify_readiness(notifier_, clock_.now()); });
  }

  ~application() { worker_.join(); }

  result<void> run(const tenants::tenant_config& config) {
    const auto hosts = own_registry_.hosts();
    if (!hosts) {
      return tl::unexpected(hosts.error());
    }
    if (auto started = server_.start(); !started) {
      return started;
    }
    spdlog::info("{}: {} hosts, dashboard at {}://{}:{}/dashboard", config.organization.name, hosts->size(),
                 is_encrypted(config) ? "https" : "http", config.server.host, server_.port());
    service_.sync_hosts(*hosts);
    if (auto begun = alerts_.start(); !begun) {
      return begun;
    }
    signals_.async_wait([this](const boost::system::error_code& failed, int) {
      if (!failed) {
        stop();
      }
    });
    source_.start();
    watch_.start();
    canary_.start();
    mover_.start();
    notifier_.start();
    tick();
    sd_notify(0, "READY=1");
    io_.run();
    return {};
  }

 private:
  // The alerts of an earlier run come before the first sample, so that they are not raised a second time.
  void restore(std::vector<alert> alerts) {
    service_.restore(std::move(alerts));
    if (!std::exchange(reading_, true)) {
      past_.settle();
      reader_.open(inbox_);
    }
  }

  // What needs no restart of a configuration that has changed.
  void take_settings(const tenants::tenant_config& config) {
    const auto interval = config.agent.report_interval;
    server_.rebrand(make_branding(config));
    server_.offer(make_installer(root_, config));
    service_.change(config.rules(), interval);
    desk_.set_rules(config.rules());
    enroller_.set_report_interval(interval);
    acks_.set_interval(std::chrono::seconds(interval));
    notifier_.change(tenants::make_org_look(config), config.notifications().window);
  }

  void tick() {
    if (clock_.resync()) {
      spdlog::warn("this machine's clock was set; times follow it");
    }
    service_.tick();
    acks_.tick(std::chrono::steady_clock::now());
    alerts_.tick();
    past_.tick();
    if (reading_) {
      alert_feed_.tick();
    }
    server_.refresh_certificate();
    sd_notify(0, "WATCHDOG=1");
    tick_.expires_after(std::chrono::seconds(1));
    tick_.async_wait([this](const boost::system::error_code& stopped) {
      if (!stopped) {
        tick();
      }
    });
  }

  void stop() {
    spdlog::info("stopping");
    sd_notify(0, "STOPPING=1");
    tick_.cancel();
    mover_.stop();
    processes_.stop();
    watch_.stop();
    canary_.stop();
    reader_.close();
    server_.stop();
    alerts_.stop();
    past_.stop();
    worker_.stop();
    source_.stop([this] { io_.stop(); });
  }

  std::string metrics(web::metrics_scope scope) const {
    return render_metrics({service_.hosts(), service_.counters(), intake_, inbox_, server_.counters(),
                           source_.is_subscribed(), source_.connects(), source_.outbox().size(),
                           source_.outbox().dropped(), guard_.newest(std::chrono::steady_clock::now()),
                           canary_.report(), &mover_.state(), &processes_.requests(), history_.durable(),
                           &acks_, notifier_.report(), scope});
  }

  asio::io_context& io_;
  const tenants::state_root root_;
  asio::thread_pool worker_{1};
  wall_clock clock_;
  tenants::registry own_registry_;
  tenants::registry worker_registry_;
  history_store history_;
  inbox inbox_;
  inbox_reader reader_;
  guard_watch guard_;
  intake intake_;
  mqtt_source source_;
  tenant_service service_;
  alert_keeper alerts_;
  past_keeper past_;
  canary canary_;
  registry_authenticator authenticator_;
  registry_enroller enroller_;
  registry_people people_;
  registry_alert_desk desk_;
  registry_watch watch_;
  key_mover mover_;
  process_desk processes_;
  label_desk labels_;
  ack_sender acks_;
  notifier notifier_;
  alert_feed alert_feed_;
  messages messages_;
  settings_desk settings_;
  web::server server_;
  asio::signal_set signals_;
  asio::steady_timer tick_;
  bool reading_ = false;
};

}  // namespace

result<void> serve(const tenants::state_root& root, const tenants::tenant& tenant, const options& chosen) {
  auto broker = parse_broker_address(tenant.config.broker.url);
  if (!broker) {
    return tl::unexpected(broker.error());
  }
  const auto shown = find_certificate(root, tenant);
  if (!shown) {
    return tl::unexpected(shown.error());
  }
  const auto store = root.fleet_db(tenant.slug);
  const tenants::author service{"the service", ""};
  auto own = tenants::registry::open(store, service);
  if (!own) {
    return tl::unexpected(own.error());
  }
  auto of_worker = tenants::registry::open(store, service);
  if (!of_worker) {
    return tl::unexpected(of_worker.error());
  }
  auto outgoing = notify::outbox::open(store);
  if (!outgoing) {
    return tl::unexpected(outgoing.error());
  }
  auto ring = tenants::read_key_ring(root, tenant);
  if (!ring) {
    return tl::unexpected(ring.error());
  }
  key_source keys(root, tenant.slug, *std::move(ring));
  asio::io_context io{1};
  auto samples = history_store::open(io, store, tenant.config);
  if (!samples) {
    return tl::unexpected(samples.error());
  }
  application running(io, root, tenant.slug, tenant.config, chosen, *shown, *broker, keys, std::move(*own),
                      std::move(*of_worker), std::move(*samples), *std::move(outgoing));
  return running.run(tenant.config);
}

}  // namespace atlas::ingest
