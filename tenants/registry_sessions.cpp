// Sessions of the registry.
#include "tenants/registry_database.hpp"

namespace atlas::tenants {

namespace {

constexpr std::size_t longest_agent = 200;
constexpr std::size_t longest_address = 64;

// A session that was not seen since has run idle.
unix_ms idle_limit(unix_ms now) { return now - registry::session_idle; }

constexpr const char* columns =
    "SELECT sessions.id, users.name, users.role, sessions.added, seen, expires, address, agent FROM sessions "
    "JOIN users ON users.name = sessions.user WHERE ";

session session_of(const SQLite::Statement& row) {
  return {row.getColumn(0).getString(),
          row.getColumn(1).getString(),
          role_of(row.getColumn(2)),
          time_of(row.getColumn(3)),
          time_of(row.getColumn(4)),
          time_of(row.getColumn(5)),
          {row.getColumn(6).getString(), row.getColumn(7).getString()}};
}

}  // namespace

result<std::string> registry::create_session(std::string_view user_name, const session_origin& from,
                                             unix_ms now) {
  database::act what{audit_kind::access, "login", {}};
  return db_->recorded(what, [&]() -> result<std::string> {
    auto secret = random_secret();
    db_->prepare("DELETE FROM sessions WHERE expires <= ? OR seen <= ?", now, idle_limit(now)).exec();
    db_->prepare(
           "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE user = ? "
           "ORDER BY seen DESC LIMIT -1 OFFSET ?)",
           user_name, std::int64_t{max_sessions - 1})
        .exec();
    if (!db_->prepare("SELECT 1 FROM users WHERE name = ?", user_name).executeStep()) {
      return failure(std::string(user_name), "is no user");
    }
    for (int tries = 1;; ++tries) {
      const auto id = random_short_id();
      what.object = "session " + id;
      try {
        db_->prepare(
               "INSERT INTO sessions (hash, id, user, added, seen, expires, address, agent) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
               hash_secret(secret), id, user_name, now, now, now + session_life,
               printable(from.address, longest_address), printable(from.agent, longest_agent))
            .exec();
        break;
      } catch (const SQLite::Exception& problem) {
        if (!is_constraint(problem) || tries == 10) throw;
      }
    }
    return secret;
  });
}

result<std::optional<session>> registry::find_session(std::string_view secret, unix_ms now) const {
  return db_->attempt([&]() -> result<std::optional<session>> {
    static const auto sql = std::string(columns) + "sessions.hash = ? AND expires > ? AND seen > ?";
    auto row = db_->prepare(sql.c_str(), hash_secret(secret), now, idle_limit(now));
    return row.executeStep() ? std::optional(session_of(row)) : std::nullopt;
  });
}

result<void> registry::touch_session(std::string_view id, unix_ms now) {
  return db_->attempt([&]() -> result<void> {
    db_->prepare("UPDATE sessions SET seen = max(seen, ?) WHERE id = ?", now, id).exec();
    return {};
  });
}

result<std::vector<session>> registry::sessions(std::optional<std::string_view> user_name,
                                                unix_ms now) const {
  return db_->attempt([&]() -> result<std::vector<session>> {
    std::vector<session> found;
    static const auto sql = std::string(columns) +
                            "expires > ? AND seen > ? AND (?3 IS NULL OR sessions.user = ?3) "
                            "ORDER BY seen DESC, sessions.id";
    auto row = db_->prepare(sql.c_str(), now, idle_limit(now), user_name);
    while (row.executeStep()) found.push_back(session_of(row));
    return found;
  });
}

result<bool> registry::end_session(std::string_view secret) {
  database::act what{audit_kind::access, "logout", {}};
  return db_->recorded(what, [&]() -> result<bool> {
    auto row = db_->prepare("DELETE FROM sessions WHERE hash = ? RETURNING id", hash_secret(secret));
    if (!row.executeStep()) return false;
    what.object = "session " + row.getColumn(0).getString();
    while (row.executeStep()) {  // the statement takes effect when it has run to its end
    }
    return true;
  });
}

result<bool> registry::end_session_of_id(std::string_view id, std::optional<std::string_view> user_name) {
  const database::act what{audit_kind::access, "session.end", "session " + shown_id(id)};
  return db_->recorded(what, [&]() -> result<bool> {
    return db_->prepare("DELETE FROM sessions WHERE id = ? AND (?2 IS NULL OR user = ?2)", id, user_name)
               .exec() > 0;
  });
}

result<std::size_t> registry::end_sessions(std::string_view user_name) {
  const database::act what{audit_kind::access, "session.end", "all of " + std::string(user_name)};
  return db_->recorded(what, [&]() -> result<std::size_t> {
    return static_cast<std::size_t>(db_->prepare("DELETE FROM sessions WHERE user = ?", user_name).exec());
  });
}

}  // namespace atlas::tenants
