// Which API key each host of the registry is on.
#include "tenants/registry_database.hpp"

namespace atlas::tenants {

namespace {

std::optional<std::string> read_current_key(const SQLite::Database& connection) {
  SQLite::Statement row(connection, "SELECT id FROM current_key");
  return row.executeStep() ? std::optional(row.getColumn(0).getString()) : std::nullopt;
}

}  // namespace

result<std::optional<std::string>> registry::current_key() const {
  return db_->attempt(
      [&]() -> result<std::optional<std::string>> { return read_current_key(db_->connection); });
}

result<std::uint32_t> registry::begin_rotation(std::string_view from, std::string_view to, unix_ms now) {
  // Commands that come later ask again: nothing is changed, and nothing recorded.
  const auto present = current_key();
  if (!present) return tl::unexpected(present.error());
  if (*present == to) return 0U;
  const database::act what{audit_kind::change, "key.rotate", {}};
  return db_->recorded(what, [&]() -> result<std::uint32_t> {
    if (read_current_key(db_->connection) == to) return 0U;
    db_->prepare("UPDATE hosts SET key = ? WHERE key IS NULL", from).exec();
    db_->prepare(
           "INSERT INTO current_key (row, id) VALUES (1, ?) ON CONFLICT (row) DO UPDATE SET id = "
           "excluded.id",
           to)
        .exec();
    auto valid = db_->prepare(
        "SELECT count(*) FROM enrollment_tokens WHERE revoked = 0 AND expires > ? AND "
        "(max_uses IS NULL OR uses < max_uses)",
        now);
    valid.executeStep();
    const auto ended = valid.getColumn(0).getUInt();
    valid.reset();
    db_->connection.exec("UPDATE enrollment_tokens SET revoked = 1 WHERE revoked = 0");
    return ended;
  });
}

result<std::uint32_t> registry::move_hosts(std::span<const host_id> hosts, std::string_view from) {
  if (hosts.empty()) return 0U;
  database::act what{audit_kind::access, "host.rekey", {}};
  return db_->recorded(what, [&]() -> result<std::uint32_t> {
    std::uint32_t moved = 0;
    for (const auto& host : hosts) {
      moved +=
          static_cast<std::uint32_t>(db_->prepare("UPDATE hosts SET key = NULL, generation = generation + 1 "
                                                  "WHERE id = ? AND key = ? AND revoked = 0",
                                                  host.text(), from)
                                         .exec());
    }
    what.object = hosts.size() == 1
                      ? std::string(hosts.front().text())
                      : std::to_string(moved) + " of " + std::to_string(hosts.size()) + " hosts";
    return moved;
  });
}

result<std::uint32_t> registry::count_hosts_on(std::string_view key) const {
  return db_->attempt([&]() -> result<std::uint32_t> {
    auto row = db_->prepare("SELECT count(*) FROM hosts WHERE key = ? AND revoked = 0", key);
    row.executeStep();
    return row.getColumn(0).getUInt();
  });
}

}  // namespace atlas::tenants
