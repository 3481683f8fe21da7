// Users and API tokens of the registry.
#include "core/base64url.hpp"
#include "tenants/registry_database.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include <fmt/format.h>
#include <sodium.h>
#include <sqlite3.h>

namespace atlas::tenants {

namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::string_view token_prefix = "afa_";

// Argon2id of a random text with hash_password()'s parameters: what a login with an unknown name is verified
// against, so that it takes as long as one with a wrong password.
constexpr const char* nobodys_hash =
    "$argon2id$v=19$m=65536,t=2,p=1$cj0Efq8VcsbbsZOQs39tDw$ZDhj7UuZ1sEY70VRusC0CCfx5WwE5Mz/JO3UpmhOndI";

result<std::string> hash_password(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> text;
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return failure("password", "cannot be hashed: there is too little memory");
  }
  return std::string(text.data());
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '@' || c == '-';
}

api_token token_of(const SQLite::Statement& row) {
  api_token token{row.getColumn(0).getString(), row.getColumn(1).getString(), role_of(row.getColumn(2)),
                  time_of(row.getColumn(3)), std::nullopt};
  if (!row.getColumn(4).isNull()) token.expires = time_of(row.getColumn(4));
  return token;
}

}  // namespace

std::string random_secret() {
  std::array<std::uint8_t, secret_bytes> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  return base64url_encode(bytes);
}

role role_of(const SQLite::Column& column) { return parse_role(column.getString()).value_or(role::viewer); }

std::string random_short_id() { return fmt::format("{:08x}", randombytes_random()); }

std::string printable(std::string_view text, std::size_t longest) {
  std::string made(text.substr(0, longest));
  std::ranges::replace_if(made, [](char c) { return c < ' ' || c > '~'; }, '?');
  return made;
}

std::string shown_id(std::string_view id) {
  constexpr std::size_t length = 8;
  return id.size() == length ? std::string(id) : "no id";
}

fast_hash hash_secret(std::string_view secret) {
  fast_hash hash;
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  return hash;
}

bool is_constraint(const SQLite::Exception& problem) { return problem.getErrorCode() == SQLITE_CONSTRAINT; }

result<void> registry::check_user_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), is_name_character)) {
    return failure("name", "must be 1 to 64 letters, digits, dots, dashes, underscores or @");
  }
  return {};
}

result<void> registry::check_password(std::string_view password) {
  if (password.size() < 8 || password.size() > 1024) {
    return failure("password", "must have 8 characters or more, and at most 1024 bytes");
  }
  return {};
}

result<std::vector<user>> registry::users() const {
  return db_->attempt([&]() -> result<std::vector<user>> {
    std::vector<user> found;
    auto row = db_->prepare("SELECT name, role, added FROM users ORDER BY name");
    while (row.executeStep()) {
      found.push_back({row.getColumn(0).getString(), role_of(row.getColumn(1)), time_of(row.getColumn(2))});
    }
    return found;
  });
}

result<void> registry::add_user(std::string_view name, role user_role, std::string_view password,
                                unix_ms now) {
  if (auto good = check_user_name(name); !good) return good;
  if (auto good = check_password(password); !good) return good;
  const auto hash = hash_password(password);
  if (!hash) return tl::unexpected(hash.error());
  const database::act what{audit_kind::change, "user.add",
                           fmt::format("{} ({})", name, to_string(user_role))};
  return db_->recorded(what, [&]() -> result<void> {
    try {
      db_->prepare("INSERT INTO users (name, role, password, added) VALUES (?, ?, ?, ?)", name,
                   to_string(user_role), *hash, now)
          .exec();
    } catch (const SQLite::Exception& problem) {
      if (!is_constraint(problem)) throw;
      return failure(std::string(name), "is a user already");
    }
    return {};
  });
}

result<bool> registry::set_password(std::string_view name, std::string_view password) {
  if (auto good = check_password(password); !good) return tl::unexpected(good.error());
  const auto hash = hash_password(password);
  if (!hash) return tl::unexpected(hash.error());
  // What people do to themselves any number of times must not push out what others have done.
  const auto kind = name == db_->by.name ? audit_kind::access : audit_kind::change;
  const database::act what{kind, "user.password", std::string(name)};
  return db_->recorded(what, [&]() -> result<bool> {
    const bool known = db_->prepare("UPDATE users SET password = ? WHERE name = ?", *hash, name).exec() > 0;
    db_->prepare("DELETE FROM sessions WHERE user = ?", name).exec();
    return known;
  });
}

result<void> registry::database::check_other_administrator(std::string_view name) const {
  if (prepare("SELECT 1 FROM users WHERE name = ?1 AND role = 'admin' AND NOT EXISTS "
              "(SELECT 1 FROM users WHERE role = 'admin' AND name <> ?1)",
              name)
          .executeStep()) {
    return failure(std::string(name), "is the last administrator: make another one first");
  }
  return {};
}

result<bool> registry::set_role(std::string_view name, role wanted) {
  const database::act what{audit_kind::change, "user.role", fmt::format("{} ({})", name, to_string(wanted))};
  return db_->recorded(what, [&]() -> result<bool> {
    if (wanted != role::admin) {
      if (const auto other = db_->check_other_administrator(name); !other)
        return tl::unexpected(other.error());
    }
    const bool known =
        db_->prepare("UPDATE users SET role = ? WHERE name = ?", to_string(wanted), name).exec() > 0;
    db_->prepare("DELETE FROM sessions WHERE user = ?", name).exec();
    return known;
  });
}

result<bool> registry::remove_user(std::string_view name) {
  const database::act what{audit_kind::change, "user.remove", std::string(name)};
  return db_->recorded(what, [&]() -> result<bool> {
    if (const auto other = db_->check_other_administrator(name); !other) return tl::unexpected(other.error());
    return db_->prepare("DELETE FROM users WHERE name = ?", name).exec() > 0;
  });
}

result<std::optional<user>> registry::verify_password(std::string_view name,
                                                      std::string_view password) const {
  return db_->attempt([&]() -> result<std::optional<user>> {
    auto row = db_->prepare("SELECT name, role, added, password FROM users WHERE name = ?", name);
    const bool known = row.executeStep();
    const auto hash = known ? row.getColumn(3).getString() : std::string(nobodys_hash);
    const bool right = crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    if (!known || !right) return std::nullopt;
    return user{row.getColumn(0).getString(), role_of(row.getColumn(1)), time_of(row.getColumn(2))};
  });
}

result<std::string> registry::create_api_token(std::string_view label, role token_role,
                                               std::optional<unix_ms> expires, unix_ms now) {
  if (label.size() > 100) return failure("label", "must have 100 characters or fewer");
  database::act what{audit_kind::change, "token.create", {}};
  return db_->recorded(what, [&]() -> result<std::string> {
    auto token = std::string(token_prefix) + random_secret();
    for (int tries = 1;; ++tries) {
      const auto id = random_short_id();
      what.object = fmt::format("{} ({})", id, to_string(token_role));
      try {
        db_->prepare(
               "INSERT INTO api_tokens (id, hash, label, role, added, expires) "
               "VALUES (?, ?, ?, ?, ?, ?)",
               id, hash_secret(token), label, to_string(token_role), now, expires)
            .exec();
        return token;
      } catch (const SQLite::Exception& problem) {
        if (!is_constraint(problem) || tries == 10) throw;
      }
    }
  });
}

result<std::vector<api_token>> registry::api_tokens() const {
  return db_->attempt([&]() -> result<std::vector<api_token>> {
    std::vector<api_token> found;
    auto row = db_->prepare("SELECT id, label, role, added, expires FROM api_tokens ORDER BY added, id");
    while (row.executeStep()) found.push_back(token_of(row));
    return found;
  });
}

result<std::optional<api_token>> registry::find_api_token(std::string_view secret, unix_ms now) const {
  return db_->attempt([&]() -> result<std::optional<api_token>> {
    auto row = db_->prepare(
        "SELECT id, label, role, added, expires FROM api_tokens "
        "WHERE hash = ? AND (expires IS NULL OR expires > ?)",
        hash_secret(secret), now);
    if (!row.executeStep()) return std::nullopt;
    return token_of(row);
  });
}

result<bool> registry::revoke_token(std::string_view id) {
  const database::act what{audit_kind::change, "token.revoke", shown_id(id)};
  return db_->recorded(what, [&]() -> result<bool> {
    if (db_->prepare("DELETE FROM api_tokens WHERE id = ?", id).exec() > 0) return true;
    return db_->prepare("UPDATE enrollment_tokens SET revoked = 1 WHERE id = ? AND revoked = 0", id).exec() >
           0;
  });
}

}  // namespace atlas::tenants
