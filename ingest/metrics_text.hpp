#pragma once

#include "core/fleet.hpp"
#include "core/guard_report.hpp"
#include "ingest/ack_sender.hpp"
#include "ingest/inbox.hpp"
#include "ingest/intake.hpp"
#include "ingest/rekeyer.hpp"
#include "ingest/request_desk.hpp"
#include "ingest/store/sqlite_history.hpp"
#include "ingest/tenant_service.hpp"
#include "web/isolation.hpp"
#include "web/notify_port.hpp"
#include "web/server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace atlas::ingest {

// What /metrics shows; the references are read during the call.
struct metrics_view {
  const fleet& hosts;
  const tenant_counters& counters;
  const intake& messages;
  const inbox& waiting;
  const web::server_counters& web;
  bool subscribed = false;
  std::uint64_t broker_connects = 0;
  std::uint64_t outbox_waiting = 0;
  std::uint64_t outbox_dropped = 0;
  std::optional<guard_report> guard = {};  // nothing when it is not heard of
  web::isolation_report isolation = {};
  const rekeyer* rotation = nullptr;
  const request_desk* requests = nullptr;
  const store::sqlite_history* history = nullptr;
  const ack_sender* acks = nullptr;
  std::vector<web::channel_report> channels = {};
  web::metrics_scope scope = web::metrics_scope::with_hosts;
};

// Prometheus text format 0.0.4.
std::string render_metrics(const metrics_view& view);

}  // namespace atlas::ingest
