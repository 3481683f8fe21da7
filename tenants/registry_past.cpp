// The past of alerts and hosts.
#include "tenants/registry_database.hpp"

#include <algorithm>
#include <variant>

namespace atlas::tenants {

namespace {

constexpr std::string_view restart_kind = "restart";
constexpr std::int64_t most_alerts_of_host = 2'000;

constexpr const char* all_of_incidents =
    "SELECT number, host, rule, instance, severity, value, worst, threshold, fired_at, resolved_at, "
    "acknowledged_by, acknowledged_at, flapping FROM incidents ";

// Nothing for a row that this version cannot read.
std::optional<incident> incident_of(const SQLite::Statement& row) {
  const auto host = host_id::parse(row.getColumn(1).getString());
  const auto rule = parse_alert_rule(row.getColumn(2).getString());
  if (!host || !rule) return std::nullopt;
  incident found{row.getColumn(0).getInt64(), {*host, *rule, row.getColumn(3).getString()}};
  found.severity = parse_alert_severity(row.getColumn(4).getString()).value_or(alert_severity::warning);
  found.value = row.getColumn(5).getDouble();
  found.worst = row.getColumn(6).getDouble();
  found.threshold = row.getColumn(7).getDouble();
  found.fired = time_of(row.getColumn(8));
  if (!row.getColumn(9).isNull()) found.resolved = time_of(row.getColumn(9));
  found.acknowledged_by = row.getColumn(10).getString();
  found.acknowledged_at = time_of(row.getColumn(11));
  found.flapping = row.getColumn(12).getInt() != 0;
  return found;
}

std::vector<incident> all_incidents(SQLite::Statement rows) {
  std::vector<incident> all;
  while (rows.executeStep()) {
    if (auto found = incident_of(rows)) all.push_back(*std::move(found));
  }
  return all;
}

// Writes steps; prepares each statement once.
class past_writer {
 public:
  explicit past_writer(SQLite::Database& to)
      : supersede_(
            to,  // one whose end was not told
            "UPDATE incidents SET resolved_at = ?4 "
            "WHERE host = ?1 AND rule = ?2 AND instance = ?3 AND resolved_at IS NULL AND fired_at < ?4"),
        close_(to,
               "UPDATE incidents SET resolved_at = max(fired_at, ?4) "
               "WHERE host = ?1 AND rule = ?2 AND instance = ?3 AND resolved_at IS NULL"),
        // One that is open already stays.
        open_(to,
              "INSERT OR IGNORE INTO incidents (host, rule, instance, fired_at, severity, value, worst, "
              "threshold, "
              "acknowledged_by, acknowledged_at, flapping) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
              "?11)"),
        change_(to,
                "UPDATE incidents SET worst = iif(?12, min(worst, ?7), max(worst, ?7)), "
                "threshold = iif(?5 = 'critical' AND severity <> ?5, ?8, threshold), "
                "severity = iif(?5 = 'critical', ?5, severity), "
                "acknowledged_by = iif(?9 = '', acknowledged_by, ?9), "
                "acknowledged_at = iif(?9 = '', acknowledged_at, ?10), flapping = max(flapping, ?11) "
                "WHERE host = ?1 AND rule = ?2 AND instance = ?3 AND resolved_at IS NULL"),
        bound_(to,
               "DELETE FROM incidents WHERE resolved_at IS NOT NULL AND "
               "number <= (SELECT max(number) FROM incidents) - ?"),
        presence_(to,
                  "SELECT kind FROM host_events WHERE host = ? AND kind <> 'restart' "
                  "ORDER BY number DESC LIMIT 1"),
        boot_(to, "SELECT boot FROM host_events WHERE host = ? AND boot <> '' ORDER BY number DESC LIMIT 1"),
        add_(to,
             "INSERT INTO host_events (host, number, at, kind, boot) VALUES "
             "(?1, (SELECT coalesce(max(number), 0) + 1 FROM host_events WHERE host = ?1), ?2, ?3, ?4)"),
        bound_host_(to,
                    "DELETE FROM host_events WHERE host = ?1 AND "
                    "number <= (SELECT max(number) FROM host_events WHERE host = ?1) - ?2"),
        forget_incidents_(to, "DELETE FROM incidents WHERE host = ?"),
        forget_events_(to, "DELETE FROM host_events WHERE host = ?") {}

  void operator()(const alert& value) {
    switch (value.change) {
      case alert_change::fired:
        run(supersede_, std::string(value.key.host.text()), std::string(to_string(value.key.rule)),
            value.key.instance, to_int(value.since));
        change(open_, value);
        run(bound_, registry::most_incidents);
        return;
      case alert_change::resolved:
        change(change_, value);
        close(value);
        return;
      case alert_change::acknowledged:
      case alert_change::escalated:
      case alert_change::lowered:
      case alert_change::flapping: change(change_, value); return;
      case alert_change::none:
      case alert_change::silenced:
      case alert_change::unsilenced: return;
    }
  }

  void operator()(const host_event& event) {
    const std::string host(event.host.text());
    const auto kind = event.presence ? to_string(*event.presence) : restart_kind;
    if (event.presence) {
      if (ask(presence_, host) == kind) return;
    } else if (const auto known = ask(boot_, host); !known || *known == event.boot) {
      return;
    }
    run(add_, host, to_int(event.at), std::string(kind), event.boot);
    run(bound_host_, host, registry::most_host_events);
  }

  void operator()(const host_id& removed) {
    run(forget_incidents_, std::string(removed.text()));
    run(forget_events_, std::string(removed.text()));
  }

 private:
  template <class... Values>
  static void run(SQLite::Statement& statement, const Values&... values) {
    int index = 0;
    (statement.bind(++index, values), ...);
    statement.exec();
    statement.reset();
  }

  static std::optional<std::string> ask(SQLite::Statement& statement, const std::string& host) {
    statement.bind(1, host);
    auto found = statement.executeStep() ? std::optional(statement.getColumn(0).getString()) : std::nullopt;
    statement.reset();
    return found;
  }

  void close(const alert& value) {
    run(close_, std::string(value.key.host.text()), std::string(to_string(value.key.rule)),
        value.key.instance, to_int(value.since));
  }

  // Parameter 4 of a change is not used: `since` is when it fired only where it fires.
  void change(SQLite::Statement& statement, const alert& value) {
    statement.bind(1, std::string(value.key.host.text()));
    statement.bind(2, std::string(to_string(value.key.rule)));
    statement.bind(3, value.key.instance);
    if (&statement == &open_) {
      statement.bind(4, to_int(value.since));
      statement.bind(6, value.value);
    } else {
      statement.bind(12, fires_below(value.key.rule) ? 1 : 0);
    }
    statement.bind(5, std::string(to_string(value.severity)));
    statement.bind(7, value.worst);
    statement.bind(8, value.threshold);
    statement.bind(9, value.acknowledged_by);
    statement.bind(10, to_int(value.acknowledged_at));
    statement.bind(11, value.flapping ? 1 : 0);
    statement.exec();
    statement.reset();
  }

  SQLite::Statement supersede_;
  SQLite::Statement close_;
  SQLite::Statement open_;
  SQLite::Statement change_;
  SQLite::Statement bound_;
  SQLite::Statement presence_;
  SQLite::Statement boot_;
  SQLite::Statement add_;
  SQLite::Statement bound_host_;
  SQLite::Statement forget_incidents_;
  SQLite::Statement forget_events_;
};

}  // namespace

result<void> registry::store_past(std::span<const past_step> steps) {
  return db_->attempt([&]() -> result<void> {
    SQLite::Transaction transaction(db_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    past_writer write(db_->connection);
    for (const auto& step : steps) std::visit(write, step);
    transaction.commit();
    return {};
  });
}

result<std::vector<incident>> registry::open_incidents() const {
  return db_->attempt([&]() -> result<std::vector<incident>> {
    return all_incidents(
        {db_->connection, std::string(all_of_incidents) + "WHERE resolved_at IS NULL ORDER BY number"});
  });
}

result<std::vector<incident>> registry::past_incidents(const incident_query& asked) const {
  return db_->attempt([&]() -> result<std::vector<incident>> {
    std::string sql =
        std::string(all_of_incidents) + "WHERE resolved_at >= :from AND fired_at <= :to AND number < :before";
    sql += asked.host.empty() ? "" : " AND host GLOB :host";
    sql += asked.rule ? " AND rule = :rule" : "";
    SQLite::Statement rows(db_->connection, sql + " ORDER BY number DESC LIMIT :limit");
    rows.bind(":from", to_int(asked.from));
    rows.bind(":to", to_int(asked.to));
    rows.bind(":before", asked.before);
    if (!asked.host.empty()) rows.bind(":host", asked.host);
    if (asked.rule) rows.bind(":rule", std::string(to_string(*asked.rule)));
    rows.bind(":limit", static_cast<std::int64_t>(asked.limit));
    return all_incidents(std::move(rows));
  });
}

result<host_past> registry::past_of(const host_id& host, unix_ms from, unix_ms to) const {
  return db_->attempt([&]() -> result<host_past> {
    host_past past;
    auto rows = db_->prepare("SELECT at, kind FROM host_events WHERE host = ? AND at <= ? ORDER BY number",
                             host.text(), to);
    while (rows.executeStep()) {
      const auto at = time_of(rows.getColumn(0));
      const auto kind = rows.getColumn(1).getString();
      if (const auto began = parse_presence(kind)) {
        if (at <= from) {
          past.before = *began;
        } else {
          past.presence.emplace_back(at, *began);
        }
      } else if (kind == restart_kind && at >= from) {
        past.restarts.push_back(at);
      }
    }
    SQLite::Statement alerts(
        db_->connection, std::string(all_of_incidents) +
                             "WHERE host = ? AND fired_at <= ? AND (resolved_at IS NULL OR resolved_at >= ?) "
                             "ORDER BY number DESC LIMIT ?");
    alerts.bind(1, std::string(host.text()));
    alerts.bind(2, to_int(to));
    alerts.bind(3, to_int(from));
    alerts.bind(4, most_alerts_of_host);
    past.alerts = all_incidents(std::move(alerts));
    std::ranges::reverse(past.alerts);
    return past;
  });
}

result<void> registry::prune_past(unix_ms now) {
  return db_->attempt([&]() -> result<void> {
    constexpr const char* registered = "(SELECT id FROM hosts WHERE revoked = 0)";
    const std::string organisation(organisation_host().text());
    SQLite::Transaction transaction(db_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    db_->prepare("DELETE FROM incidents WHERE resolved_at < ?", now - past_life).exec();
    db_->prepare("DELETE FROM host_events WHERE at < ?", now - past_life).exec();
    const std::string strangers = std::string("host NOT IN ") + registered;
    db_->prepare(("DELETE FROM incidents WHERE host <> ? AND " + strangers).c_str(), organisation).exec();
    db_->prepare(("DELETE FROM host_events WHERE " + strangers).c_str()).exec();
    transaction.commit();
    return {};
  });
}

}  // namespace atlas::tenants
