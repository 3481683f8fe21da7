// Enrolment tokens of the registry, and the hosts that come with them.
#include "tenants/registry_database.hpp"

namespace atlas::tenants {

namespace {

// Of a token that could enrol one more host at the time of the second parameter.
constexpr const char* valid_token =
    "SELECT id FROM enrollment_tokens WHERE hash = ? AND revoked = 0 AND expires > ? AND "
    "(max_uses IS NULL OR uses < max_uses)";

}  // namespace

result<bool> registry::readmit_host(const host_id& id) {
  const database::act what{audit_kind::change, "host.readmit", std::string(id.text())};
  return db_->recorded(what, [&]() -> result<bool> {
    return db_->prepare("UPDATE hosts SET readmitted = 1 WHERE id = ?", id.text()).exec() > 0;
  });
}

result<std::int64_t> registry::host_revision() const {
  return db_->attempt([&]() -> result<std::int64_t> {
    return db_->connection.execAndGet("SELECT count FROM host_revision").getInt64();
  });
}

result<registry::new_enrollment_token> registry::create_enrollment_token(const enrollment_terms& terms,
                                                                         const token_maker& make,
                                                                         unix_ms now) {
  if (terms.label.size() > 100) return failure("label", "must have 100 characters or fewer");
  if (terms.expires <= now) return failure("expires", "must be in the future");
  database::act what{audit_kind::change, "token.create", {}};
  return db_->recorded(what, [&]() -> result<new_enrollment_token> {
    const auto number =
        db_->connection.execAndGet("SELECT coalesce(max(number), 0) + 1 FROM enrollment_tokens").getUInt();
    new_enrollment_token token{{}, make(number)};
    for (int tries = 1;; ++tries) {
      token.id = random_short_id();
      what.object = token.id + " (enrolment)";
      auto row = db_->prepare(
          "INSERT INTO enrollment_tokens (id, number, hash, label, added, expires, max_uses) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)",
          token.id, std::int64_t{number}, hash_secret(token.secret), terms.label, now, terms.expires);
      constexpr int max_uses_index = 7;
      if (terms.max_uses) row.bind(max_uses_index, *terms.max_uses);
      try {
        row.exec();
        break;
      } catch (const SQLite::Exception& problem) {
        if (!is_constraint(problem) || tries == 10) throw;
      }
    }
    return token;
  });
}

result<std::vector<enrollment_token>> registry::enrollment_tokens() const {
  return db_->attempt([&]() -> result<std::vector<enrollment_token>> {
    std::vector<enrollment_token> found;
    auto row = db_->prepare(
        "SELECT id, label, added, expires, uses, max_uses FROM enrollment_tokens WHERE revoked = 0 "
        "ORDER BY number");
    while (row.executeStep()) {
      found.push_back({row.getColumn(0).getString(), row.getColumn(1).getString(), time_of(row.getColumn(2)),
                       time_of(row.getColumn(3)), row.getColumn(4).getUInt(), std::nullopt});
      if (!row.getColumn(5).isNull()) found.back().max_uses = row.getColumn(5).getUInt();
    }
    return found;
  });
}

result<enrollment> registry::enroll_host(std::string_view secret, const host_id& id, unix_ms now) {
  database::act what{audit_kind::access, "host.enroll", std::string(id.text())};
  return db_->recorded(what, [&]() -> result<enrollment> {
    std::string token;
    {
      auto row = db_->prepare(valid_token, hash_secret(secret), now);
      if (!row.executeStep()) return enrollment{enrollment::outcome::token_not_valid, std::nullopt};
      token = row.getColumn(0).getString();
      what.object += " (token " + token + ")";
    }
    const auto changed =
        db_->prepare(
               "INSERT INTO hosts (id, generation, added) VALUES (?, 1, ?) ON CONFLICT (id) DO UPDATE "
               "SET generation = generation + 1, added = excluded.added, revoked = 0, readmitted = 0, "
               "key = NULL WHERE readmitted = 1",
               id.text(), now)
            .exec();
    if (changed > 0) {
      db_->prepare("UPDATE enrollment_tokens SET uses = uses + 1 WHERE id = ?", token).exec();
    }
    auto found = host(id);
    if (!found) return tl::unexpected(found.error());
    return enrollment{changed > 0 ? enrollment::outcome::enrolled : enrollment::outcome::host_known, *found};
  });
}

}  // namespace atlas::tenants
