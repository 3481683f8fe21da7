#include "ingest/metrics_text.hpp"

#include "core/sample_codec.hpp"
#include "ingest/history_metrics.hpp"
#include "ingest/process_metrics.hpp"
#include "ingest/prometheus_text.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace atlas::ingest {

namespace {

using kind = prometheus_text::kind;

constexpr double ms_per_second = 1000;

// Disks, interfaces or sensors of one host; a page stays readable whatever a host makes up.
constexpr std::size_t max_parts = 64;

template <class Number>
double real(Number value) {
  return static_cast<double>(value);
}

std::string_view sample_reason(refusal reason) {
  return reason == refusal::retained_sample ? "retained" : std::string_view{};
}

std::string_view message_kind(refusal reason) {
  switch (reason) {
    case refusal::retained_sample: return {};  // counted with the samples
    case refusal::foreign_topic: return "topic";
    case refusal::bad_info: return "info";
    case refusal::bad_status: return "status";
    case refusal::bad_alert: return "alert";
    case refusal::bad_guard_report: return "guard";
    case refusal::bad_reply: return "reply";
  }
  return {};
}

void append_intake(prometheus_text& out, const metrics_view& view) {
  out.family(kind::counter, "atlas_samples_accepted_total", "Valid samples of registered hosts.");
  out.line(real(view.counters.accepted));
  out.family(kind::counter, "atlas_samples_repeated_total",
             "Accepted samples that had come before and changed nothing.");
  out.line(real(view.counters.repeated));
  out.family(kind::counter, "atlas_samples_late_total",
             "Accepted samples older than the newest of their host: history only.");
  out.line(real(view.counters.late));

  out.family(kind::counter, "atlas_samples_rejected_total", "Payloads on a metrics topic that were refused.");
  for (const auto reason : all_rejections) {
    out.line({{"reason", to_string(reason)}}, real(view.messages.rejected(reason)));
  }
  for (const auto reason : all_refusals) {
    if (const auto name = sample_reason(reason); !name.empty()) {
      out.line({{"reason", name}}, real(view.messages.refused(reason)));
    }
  }
  out.line({{"reason", "unknown_host"}}, real(view.counters.unknown_samples));

  out.family(kind::counter, "atlas_messages_rejected_total",
             "Other messages that were refused, by what they should have been; topic: not one of this "
             "organisation's.");
  for (const auto reason : all_refusals) {
    if (const auto name = message_kind(reason); !name.empty()) {
      out.line({{"kind", name}}, real(view.messages.refused(reason)));
    }
  }
  out.line({{"kind", "unknown_host"}}, real(view.counters.unknown_messages));
  out.family(kind::counter, "atlas_inbox_dropped_total",
             "Events dropped because the service could not keep up.");
  out.line(real(view.waiting.dropped()));
}

void append_broker(prometheus_text& out, const metrics_view& view) {
  out.family(kind::gauge, "atlas_broker_subscribed", "1 while subscribed at the broker.");
  out.line(view.subscribed ? 1 : 0);
  out.family(kind::counter, "atlas_broker_connects_total", "Connections made to the broker.");
  out.line(real(view.broker_connects));
  out.family(kind::gauge, "atlas_outbox_waiting", "Retained states that the broker has not confirmed yet.");
  out.line(real(view.outbox_waiting));
  out.family(kind::counter, "atlas_outbox_dropped_total", "Retained states dropped because too many waited.");
  out.line(real(view.outbox_dropped));
}

// The channels' names have no character that needs escaping.
void append_notifications(prometheus_text& out, const std::vector<web::channel_report>& channels) {
  const auto family = [&](kind type, std::string_view name, std::string_view help,
                          std::uint64_t web::channel_report::* field) {
    out.family(type, name, help);
    for (const auto& channel : channels) {
      out.line({{"channel", channel.name}}, real(channel.*field));
    }
  };
  family(kind::counter, "atlas_notifications_sent_total", "Messages that a receiver has accepted.",
         &web::channel_report::sent);
  family(kind::counter, "atlas_notification_failures_total", "Attempts to deliver a message that failed.",
         &web::channel_report::failed);
  family(kind::gauge, "atlas_notifications_waiting", "Messages that are still to be delivered.",
         &web::channel_report::waiting);
  family(kind::gauge, "atlas_notifications_dead",
         "Messages that were given up: see 'atlas-fleet notify dead'.", &web::channel_report::dead);
}

void append_rotation(prometheus_text& out, const rekeyer* rotation) {
  if (rotation == nullptr) {
    return;
  }
  const auto& hosts = rotation->progress();
  out.family(kind::gauge, "atlas_rotation_hosts", "Hosts by the API key that their password derives from.");
  out.line({{"state", "moved"}}, real(hosts.moved));
  out.line({{"state", "waiting"}}, real(hosts.waiting));
  out.line({{"state", "cut_off"}}, real(hosts.cut_off));
  out.family(kind::counter, "atlas_rotation_asked_total", "Commands to hosts to take their next password.");
  out.line(real(rotation->asked()));
  out.family(kind::counter, "atlas_rotation_unexpected_replies_total", "Replies to nothing that was asked.");
  out.line(real(rotation->unexpected()));
}

void append_requests(prometheus_text& out, const request_desk* requests) {
  if (requests == nullptr) {
    return;
  }
  out.family(kind::counter, "atlas_host_requests_total", "Questions to hosts on their cmd topic.");
  out.line(real(requests->asked()));
  out.family(kind::counter, "atlas_host_requests_unanswered_total",
             "Of them, those without an answer in time.");
  out.line(real(requests->unanswered()));
  out.family(kind::counter, "atlas_host_unexpected_replies_total", "Answers to nothing that was asked.");
  out.line(real(requests->unexpected()));
}

void append_guard(prometheus_text& out, const std::optional<guard_report>& guard) {
  out.family(kind::gauge, "atlas_guard_up", "1 while the broker's guard reports.");
  out.line(guard ? 1 : 0);
  if (!guard) {
    return;
  }
  out.family(kind::gauge, "atlas_guard_connections", "Connections of this organisation at the broker.");
  out.line(real(guard->connections));
  out.family(kind::counter, "atlas_guard_messages_total", "Messages published within the limits.");
  out.line(real(guard->messages));
  out.family(kind::counter, "atlas_guard_messages_dropped_total",
             "Messages dropped because a host or the organisation sent too many.");
  out.line(real(guard->messages_dropped));
  out.family(kind::counter, "atlas_guard_bytes_dropped_total", "Payload bytes of the dropped messages.");
  out.line(real(guard->bytes_dropped));
  out.family(
      kind::counter, "atlas_guard_refused_total",
      "What was refused: a write or a subscription outside the user's own topics, a connection too many.");
  out.line({{"what", "write"}}, real(guard->writes_refused));
  out.line({{"what", "subscription"}}, real(guard->subscriptions_refused));
  out.line({{"what", "connection"}}, real(guard->connections_refused));
}

void append_isolation(prometheus_text& out, const web::isolation_report& found) {
  if (found.state == web::isolation_state::off) {
    return;
  }
  out.family(kind::gauge, "atlas_isolation_ok",
             "1 while the broker has lately refused everything that the canary tried.");
  out.line(found.state == web::isolation_state::passed ? 1 : 0);
  out.family(kind::gauge, "atlas_isolation_breaches", "Attempts of the newest round that were not refused.");
  out.line(static_cast<double>(found.breaches()));
  out.family(kind::counter, "atlas_isolation_rounds_total", "Rounds of attempts that were finished.");
  out.line({{"result", "passed"}}, real(found.rounds - found.failed_rounds));
  out.line({{"result", "failed"}}, real(found.failed_rounds));
  out.family(kind::gauge, "atlas_isolation_last_passed_timestamp_seconds",
             "When all attempts were last refused, Unix time; 0: not since the service began.");
  out.line(found.passed ? static_cast<double>(to_int(*found.passed)) / ms_per_second : 0);
}

void append_web(prometheus_text& out, const web::server_counters& web) {
  out.family(kind::counter, "atlas_http_requests_total", "HTTP requests answered.");
  out.line(real(web.requests));
  out.family(kind::counter, "atlas_http_connections_rejected_total", "Connections beyond the limit.");
  out.line(real(web.rejected_connections));
  out.family(kind::gauge, "atlas_http_connections", "Open connections.");
  out.line(real(web.connections));
  out.family(kind::counter, "atlas_logins_total", "Logins by what came of them; limited: not looked at.");
  out.line({{"result", "accepted"}}, real(web.logins_accepted));
  out.line({{"result", "refused"}}, real(web.logins_refused));
  out.line({{"result", "limited"}}, real(web.logins_limited));
  out.line({{"result", "unchecked"}}, real(web.logins_unchecked));
  out.family(kind::gauge, "atlas_live_clients", "Browsers with a live feed.");
  out.line(real(web.live_clients));
  out.family(kind::counter, "atlas_live_frames_sent_total", "Live frames sent to browsers.");
  out.line(real(web.live_frames_sent));
  out.family(kind::counter, "atlas_live_resyncs_total",
             "Slow browsers brought to the newest state by a snapshot.");
  out.line(real(web.live_resyncs));
}

void append_counts(prometheus_text& out, const fleet& hosts) {
  const auto counts = hosts.counts();
  out.family(kind::gauge, "atlas_hosts", "Hosts by state.");
  for (const auto presence : all_presences) {
    const auto found = counts.hosts.find(presence);
    out.line({{"state", to_string(presence)}}, found == counts.hosts.end() ? 0 : real(found->second));
  }
  out.family(kind::gauge, "atlas_alerts", "Firing alerts by severity.");
  for (const auto severity : {alert_severity::warning, alert_severity::critical}) {
    const auto found = counts.alerts.find(severity);
    out.line({{"severity", to_string(severity)}}, found == counts.alerts.end() ? 0 : real(found->second));
  }
  out.family(kind::counter, "atlas_hosts_ignored_total", "Messages of hosts beyond the limit.");
  out.line(real(hosts.ignored_hosts()));
}

// One family with at most one line a host: `value(host)` is an optional<double>.
template <class Value>
void append_host_family(prometheus_text& out, const std::vector<const host_state*>& hosts, kind type,
                        std::string_view name, std::string_view help, Value value) {
  out.family(type, name, help);
  for (const auto* host : hosts) {
    if (const std::optional<double> found = value(*host)) {
      out.line({{"host", host->id.text()}}, *found);
    }
  }
}

// As above, for what the newest sample says; `value(sample)` may give a number or an optional one.
template <class Value>
void append_sample_family(prometheus_text& out, const std::vector<const host_state*>& hosts,
                          std::string_view name, std::string_view help, Value value) {
  append_host_family(out, hosts, kind::gauge, name, help,
                     [&](const host_state& host) -> std::optional<double> {
                       if (!host.newest) {
                         return std::nullopt;
                       }
                       return value(*host.newest);
                     });
}

template <class Number>
std::optional<double> real(const std::optional<Number>& value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

// One family with a line for each part of a host: `parts(sample)` is a vector, `name_of` its label.
template <class Parts, class Name, class Value>
void append_part_family(prometheus_text& out, const std::vector<const host_state*>& hosts,
                        std::string_view family, std::string_view help, std::string_view label, Parts parts,
                        Name name_of, Value value) {
  out.family(kind::gauge, family, help);
  for (const auto* host : hosts) {
    if (!host->newest) {
      continue;
    }
    const auto all = std::span(parts(*host->newest));
    const auto shown = all.first(std::min(all.size(), max_parts));
    for (auto part = shown.begin(); part != shown.end(); ++part) {
      // Prometheus refuses a page that names a series twice.
      const bool named_before = std::any_of(
          shown.begin(), part, [&](const auto& other) { return name_of(other) == name_of(*part); });
      if (!named_before) {
        out.line({{"host", host->id.text()}, {label, name_of(*part)}}, value(*part));
      }
    }
  }
}

void append_presence(prometheus_text& out, const std::vector<const host_state*>& hosts) {
  append_host_family(out, hosts, kind::gauge, "atlas_host_up", "1 while the host is online.",
                     [](const host_state& host) -> std::optional<double> {
                       return host.presence.presence == host_presence::online ? 1 : 0;
                     });
  append_host_family(
      out, hosts, kind::gauge, "atlas_host_last_seen_timestamp_seconds",
      "When the host was last heard of, Unix time.", [](const host_state& host) -> std::optional<double> {
        const auto seen = host.presence.last_seen;
        return seen == unix_ms{} ? std::nullopt : std::optional(real(to_int(seen)) / ms_per_second);
      });
  append_host_family(out, hosts, kind::counter, "atlas_host_samples_total",
                     "Samples of the host, repeated ones not counted.",
                     [](const host_state& host) -> std::optional<double> { return real(host.samples); });
  append_host_family(out, hosts, kind::gauge, "atlas_host_samples_missing",
                     "Samples that the host numbered and that have not come.",
                     [](const host_state& host) -> std::optional<double> { return real(host.missing); });
}

void append_samples(prometheus_text& out, const std::vector<const host_state*>& hosts) {
  append_sample_family(out, hosts, "atlas_host_cpu_percent", "Use of all processors together.",
                       [](const sample& s) { return s.cpu.percent; });
  append_sample_family(out, hosts, "atlas_host_cpu_iowait_percent", "Processor time spent waiting for disks.",
                       [](const sample& s) { return s.cpu.iowait; });
  append_sample_family(out, hosts, "atlas_host_cpu_steal_percent", "Processor time taken by the hypervisor.",
                       [](const sample& s) { return s.cpu.steal; });
  append_sample_family(out, hosts, "atlas_host_load1", "Load average over a minute.",
                       [](const sample& s) -> std::optional<double> {
                         return s.cpu.load ? std::optional(s.cpu.load->front()) : std::nullopt;
                       });
  append_sample_family(out, hosts, "atlas_host_memory_percent", "Use of memory.",
                       [](const sample& s) { return s.memory.percent; });
  append_sample_family(out, hosts, "atlas_host_memory_total_bytes", "Size of memory.",
                       [](const sample& s) { return real(s.memory.total); });
  append_sample_family(out, hosts, "atlas_host_memory_used_bytes", "Memory in use.",
                       [](const sample& s) { return real(s.memory.used); });
  append_sample_family(out, hosts, "atlas_host_swap_total_bytes", "Size of swap space.",
                       [](const sample& s) { return real(s.memory.swap_total); });
  append_sample_family(out, hosts, "atlas_host_swap_used_bytes", "Swap space in use.",
                       [](const sample& s) { return real(s.memory.swap_used); });
  append_sample_family(out, hosts, "atlas_host_uptime_seconds", "Time since the host was started.",
                       [](const sample& s) { return real(s.uptime); });
  append_sample_family(out, hosts, "atlas_host_processes", "Processes on the host.",
                       [](const sample& s) { return real(s.processes); });
  append_sample_family(out, hosts, "atlas_host_battery_percent", "Charge of the battery.",
                       [](const sample& s) -> std::optional<double> {
                         return s.battery ? std::optional(s.battery->percent) : std::nullopt;
                       });
}

void append_parts(prometheus_text& out, const std::vector<const host_state*>& hosts) {
  const auto disks = [](const sample& s) -> const auto& { return s.disks; };
  const auto mount = [](const disk_sample& d) { return std::string_view(d.mount); };
  append_part_family(out, hosts, "atlas_host_disk_percent", "Use of a filesystem.", "mount", disks, mount,
                     [](const disk_sample& d) { return d.percent; });
  append_part_family(out, hosts, "atlas_host_disk_total_bytes", "Size of a filesystem.", "mount", disks,
                     mount, [](const disk_sample& d) { return real(d.total); });
  append_part_family(out, hosts, "atlas_host_disk_used_bytes", "Space in use on a filesystem.", "mount",
                     disks, mount, [](const disk_sample& d) { return real(d.used); });
  const auto network = [](const sample& s) -> const auto& { return s.network; };
  const auto interface = [](const network_sample& n) { return std::string_view(n.name); };
  append_part_family(out, hosts, "atlas_host_network_receive_bytes_per_second", "Traffic received.",
                     "interface", network, interface, [](const network_sample& n) { return n.rx_bps; });
  append_part_family(out, hosts, "atlas_host_network_transmit_bytes_per_second", "Traffic sent.", "interface",
                     network, interface, [](const network_sample& n) { return n.tx_bps; });
  append_part_family(
      out, hosts, "atlas_host_temperature_celsius", "A sensor's temperature.", "sensor",
      [](const sample& s) -> const auto& { return s.temperatures; },
      [](const temperature_sample& t) { return std::string_view(t.name); },
      [](const temperature_sample& t) { return t.celsius; });
}

}  // namespace

std::string render_metrics(const metrics_view& view) {
  prometheus_text out;
  out.family(kind::gauge, "atlas_build_info", "Version of this service; always 1.");
  out.line({{"version", ATLAS_VERSION}}, 1);
  append_process_metrics(out);
  append_intake(out, view);
  append_broker(out, view);
  append_notifications(out, view.channels);
  append_guard(out, view.guard);
  append_isolation(out, view.isolation);
  append_rotation(out, view.rotation);
  append_requests(out, view.requests);
  if (view.history != nullptr) {
    append_history_metrics(*view.history, view.acks, out);
  }
  append_web(out, view.web);
  append_counts(out, view.hosts);
  if (view.scope == web::metrics_scope::with_hosts) {
    const auto hosts = view.hosts.hosts();
    append_presence(out, hosts);
    append_samples(out, hosts);
    append_parts(out, hosts);
  }
  return out.take();
}

}  // namespace atlas::ingest
