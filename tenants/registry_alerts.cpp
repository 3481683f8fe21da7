// What alerts remember over a restart, silences, and acknowledgements on their way to the service.
#include "tenants/registry_database.hpp"

#include <charconv>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

constexpr int most_silences = 1'000;

std::string text_of(const change_memory& memory) {
  const auto& times = memory.times();
  return fmt::format("{} {} {}", to_int(times[0]), to_int(times[1]), to_int(times[2]));
}

change_memory memory_of(const std::string& text) {
  std::array<unix_ms, change_memory::size> times{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (auto& time : times) {
    std::int64_t value = 0;
    at = std::from_chars(at, end, value).ptr;
    at += at == end ? 0 : 1;
    time = from_unix_ms(value);
  }
  change_memory memory;
  memory.assume(times);
  return memory;
}

alert_phase phase_of(std::string_view text) {
  for (const auto phase :
       {alert_phase::pending, alert_phase::firing, alert_phase::acknowledged, alert_phase::ok}) {
    if (text == to_string(phase)) return phase;
  }
  return alert_phase::ok;
}

// Nothing for a row that this version cannot read: the alert begins anew.
std::optional<alert_memory> alert_of(const SQLite::Statement& row) {
  const auto host = host_id::parse(row.getColumn(0).getString());
  if (!host) return std::nullopt;
  auto key = alert_key::parse(*host, row.getColumn(1).getString());
  if (!key) return std::nullopt;
  alert_memory found{*std::move(key),
                     {},
                     row.getColumn(10).getDouble(),
                     row.getColumn(11).getString(),
                     time_of(row.getColumn(12))};
  auto& state = found.state;
  state.phase = phase_of(row.getColumn(2).getString());
  state.severity = parse_alert_severity(row.getColumn(3).getString()).value_or(alert_severity::warning);
  state.since = time_of(row.getColumn(4));
  state.critical_since = time_of(row.getColumn(5));
  state.flapping = row.getColumn(6).getInt() != 0;
  state.stays_critical = row.getColumn(7).getInt() != 0;
  state.turns = memory_of(row.getColumn(8).getString());
  state.severities = memory_of(row.getColumn(9).getString());
  return found;
}

stored_silence silence_of(const SQLite::Statement& row) {
  stored_silence found;
  found.id = row.getColumn(0).getString();
  found.terms.host = row.getColumn(1).getString();
  found.terms.tag = row.getColumn(2).getString();
  found.terms.rule = parse_alert_rule(row.getColumn(3).getString());
  found.terms.first = {time_of(row.getColumn(4)), time_of(row.getColumn(5))};
  found.terms.repeat = row.getColumn(6).getString();
  found.terms.comment = row.getColumn(7).getString();
  found.added = time_of(row.getColumn(8));
  found.by = row.getColumn(9).getString();
  return found;
}

}  // namespace

result<std::vector<alert_memory>> registry::alerts() const {
  return db_->attempt([&]() -> result<std::vector<alert_memory>> {
    std::vector<alert_memory> all;
    SQLite::Statement rows(
        db_->connection,
        "SELECT host, rule, phase, severity, since, critical_since, flapping, stays_critical, "
        "turns, severities, value, acknowledged_by, acknowledged_at FROM alerts");
    while (rows.executeStep()) {
      if (auto found = alert_of(rows)) all.push_back(*std::move(found));
    }
    return all;
  });
}

result<void> registry::store_alerts(std::span<const alert_memory> changed) {
  return db_->attempt([&]() -> result<void> {
    SQLite::Transaction transaction(db_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement put(
        db_->connection,
        "INSERT OR REPLACE INTO alerts (host, rule, phase, severity, since, critical_since, "
        "flapping, stays_critical, turns, severities, value, acknowledged_by, acknowledged_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::Statement forget(db_->connection, "DELETE FROM alerts WHERE host = ? AND rule = ?");
    for (const auto& each : changed) {
      const std::string host(each.key.host.text());
      const auto rule = each.key.topic_level();
      auto& statement = each.is_empty() ? forget : put;
      statement.bind(1, host);
      statement.bind(2, rule);
      if (!each.is_empty()) {
        const auto& state = each.state;
        put.bind(3, std::string(to_string(state.phase)));
        put.bind(4, std::string(to_string(state.severity)));
        put.bind(5, to_int(state.since));
        put.bind(6, to_int(state.critical_since));
        put.bind(7, state.flapping ? 1 : 0);
        put.bind(8, state.stays_critical ? 1 : 0);
        put.bind(9, text_of(state.turns));
        put.bind(10, text_of(state.severities));
        put.bind(11, each.value);
        put.bind(12, each.acknowledged_by);
        put.bind(13, to_int(each.acknowledged_at));
      }
      statement.exec();
      statement.reset();
      statement.clearBindings();
    }
    transaction.commit();
    return {};
  });
}

result<std::int64_t> registry::alert_revision() const {
  return db_->attempt([&]() -> result<std::int64_t> {
    return db_->connection.execAndGet("SELECT count FROM alert_revision").getInt64();
  });
}

result<std::vector<stored_silence>> registry::silences() const {
  return db_->attempt([&]() -> result<std::vector<stored_silence>> {
    std::vector<stored_silence> all;
    SQLite::Statement rows(
        db_->connection,
        "SELECT id, host, tag, rule, begins, ends, repeat, comment, added, who FROM silences "
        "ORDER BY added, id");
    while (rows.executeStep()) all.push_back(silence_of(rows));
    return all;
  });
}

result<stored_silence> registry::add_silence(const silence_terms& terms, unix_ms now) {
  stored_silence made{random_short_id(), terms, now, db_->by.name};
  const std::string rule(terms.rule ? to_string(*terms.rule) : "");
  database::act what{audit_kind::change, "silence.add",
                     fmt::format("{} {} {} {}", made.id, terms.host.empty() ? "*" : terms.host,
                                 terms.tag.empty() ? "" : "tag " + terms.tag, rule)};
  return db_->recorded(what, [&]() -> result<stored_silence> {
    if (db_->connection.execAndGet("SELECT count(*) FROM silences").getInt() >= most_silences) {
      return failure("silence", fmt::format("there are {} already: remove some", most_silences));
    }
    db_->prepare(
           "INSERT INTO silences (id, host, tag, rule, begins, ends, repeat, comment, added, who) "
           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
           made.id, terms.host, terms.tag, rule, terms.first.from, terms.first.until, terms.repeat,
           terms.comment, now, made.by)
        .exec();
    return made;
  });
}

result<bool> registry::remove_silence(std::string_view id) {
  return db_->recorded({audit_kind::change, "silence.remove", shown_id(id)}, [&]() -> result<bool> {
    return db_->prepare("DELETE FROM silences WHERE id = ?", id).exec() > 0;
  });
}

result<void> registry::forget_silences(unix_ms before) {
  return db_->attempt([&]() -> result<void> {
    db_->prepare("DELETE FROM silences WHERE repeat = '' AND ends < ?", before).exec();
    return {};
  });
}

result<void> registry::record_acknowledgement(const alert_key& key) {
  return recorded("alert.acknowledge", key.id(), []() -> result<void> { return {}; });
}

result<void> registry::order_acknowledgement(const alert_key& key) {
  return db_->recorded({audit_kind::change, "alert.acknowledge", key.id()}, [&]() -> result<void> {
    db_->prepare("INSERT OR REPLACE INTO acknowledgements (host, rule, who) VALUES (?, ?, ?)",
                 key.host.text(), key.topic_level(), db_->by.name)
        .exec();
    return {};
  });
}

result<std::vector<acknowledgement>> registry::take_acknowledgements() {
  return db_->attempt([&]() -> result<std::vector<acknowledgement>> {
    std::vector<acknowledgement> all;
    SQLite::Statement rows(db_->connection, "DELETE FROM acknowledgements RETURNING host, rule, who");
    while (rows.executeStep()) {
      const auto host = host_id::parse(rows.getColumn(0).getString());
      auto key = host ? alert_key::parse(*host, rows.getColumn(1).getString())
                      : result<alert_key>(tl::unexpected(host.error()));
      if (key) all.push_back({*std::move(key), rows.getColumn(2).getString()});
    }
    return all;
  });
}

result<std::vector<sample_remembered>> registry::newest_samples() const {
  return db_->attempt([&]() -> result<std::vector<sample_remembered>> {
    std::vector<sample_remembered> all;
    SQLite::Statement rows(db_->connection, "SELECT host, ts, boot, seq FROM newest_samples");
    while (rows.executeStep()) {
      const auto host = host_id::parse(rows.getColumn(0).getString());
      if (!host) continue;
      const auto seq = rows.getColumn(3);
      all.push_back(
          {*host, time_of(rows.getColumn(1)), rows.getColumn(2).getString(),
           seq.isNull() ? std::nullopt : std::optional(static_cast<std::uint64_t>(seq.getInt64()))});
    }
    return all;
  });
}

result<void> registry::store_newest(std::span<const sample_remembered> changed) {
  return db_->attempt([&]() -> result<void> {
    SQLite::Transaction transaction(db_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement put(db_->connection,
                          "INSERT OR REPLACE INTO newest_samples (host, ts, boot, seq) VALUES (?, ?, ?, ?)");
    for (const auto& each : changed) {
      put.bind(1, std::string(each.host.text()));
      put.bind(2, to_int(each.ts));
      put.bind(3, each.boot);
      if (each.seq) {
        put.bind(4, static_cast<std::int64_t>(*each.seq));
      } else {
        put.bind(4);
      }
      put.exec();
      put.reset();
    }
    transaction.commit();
    return {};
  });
}

result<std::string> registry::ask_dry_run(std::string_view question) {
  auto id = random_short_id();
  return db_->attempt([&]() -> result<std::string> {
    db_->prepare("INSERT INTO dry_runs (id, question) VALUES (?, ?)", id, question).exec();
    return id;
  });
}

result<std::vector<std::pair<std::string, std::string>>> registry::dry_run_questions() const {
  return db_->attempt([&]() -> result<std::vector<std::pair<std::string, std::string>>> {
    std::vector<std::pair<std::string, std::string>> all;
    SQLite::Statement rows(db_->connection, "SELECT id, question FROM dry_runs WHERE answer IS NULL LIMIT 8");
    while (rows.executeStep()) all.emplace_back(rows.getColumn(0).getString(), rows.getColumn(1).getString());
    return all;
  });
}

result<void> registry::answer_dry_run(std::string_view id, std::string_view answer) {
  return db_->attempt([&]() -> result<void> {
    db_->prepare("UPDATE dry_runs SET answer = ? WHERE id = ?", answer, id).exec();
    return {};
  });
}

result<std::optional<std::string>> registry::take_dry_run(std::string_view id) {
  return db_->attempt([&]() -> result<std::optional<std::string>> {
    auto row = db_->prepare("DELETE FROM dry_runs WHERE id = ? AND answer IS NOT NULL RETURNING answer", id);
    return row.executeStep() ? std::optional(row.getColumn(0).getString()) : std::nullopt;
  });
}

result<void> registry::drop_dry_run(std::string_view id) {
  return db_->attempt([&]() -> result<void> {
    db_->prepare("DELETE FROM dry_runs WHERE id = ?", id).exec();
    return {};
  });
}

}  // namespace atlas::tenants
