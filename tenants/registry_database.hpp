#pragma once

#include "tenants/registry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

namespace atlas::tenants {

using fast_hash = std::array<std::uint8_t, 32>;  // SHA-256

// What the parts of the registry share.
struct registry::database {
  std::string file;
  SQLite::Database connection;
  author by;  // of changes

  // What the audit log says of a change.
  struct act {
    audit_kind kind = audit_kind::change;
    std::string_view action;
    std::string object;
  };

  // Calls action() and turns what SQLite throws into an error of the file.
  template <class Action>
  std::invoke_result_t<Action> attempt(Action action) const {
    try {
      return action();
    } catch (const SQLite::Exception& problem) {
      return failure(file, problem.what());
    }
  }

  // The way of everything that changes the store on someone's behalf: change() and its row in the audit log
  // come in one transaction. A change that fails leaves nothing but the row. `what` may be completed by
  // change().
  template <class Change>
  std::invoke_result_t<Change> recorded(const act& what, Change change) {
    return attempt([&] {
      SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
      connection.exec("SAVEPOINT change");
      auto made = change();
      if (!made) connection.exec("ROLLBACK TO change");
      connection.exec("RELEASE change");
      record(what, outcome_of(made));
      transaction.commit();
      return made;
    });
  }
  // Within a transaction.
  void record(const act& what, audit_outcome outcome) const;

  // An error when this is the only administrator.
  result<void> check_other_administrator(std::string_view name) const;

  // A statement with its parameters bound, in order.
  template <class... Values>
  SQLite::Statement prepare(const char* sql, const Values&... values) const {
    SQLite::Statement statement(connection, sql);
    int index = 0;
    (bind(statement, ++index, values), ...);
    return statement;
  }

 private:
  template <class Value>
  static audit_outcome outcome_of(const result<Value>& made) {
    return made ? audit_outcome::done : audit_outcome::refused;
  }
  static audit_outcome outcome_of(const result<bool>& made) {
    return !made ? audit_outcome::refused : *made ? audit_outcome::done : audit_outcome::not_found;
  }
  static audit_outcome outcome_of(const result<enrollment>& made) {
    return made && made->what == enrollment::outcome::enrolled ? audit_outcome::done : audit_outcome::refused;
  }

  static void bind(SQLite::Statement& statement, int index, std::int64_t value) {
    statement.bind(index, value);
  }
  static void bind(SQLite::Statement& statement, int index, std::string_view value) {
    statement.bind(index, std::string(value));
  }
  static void bind(SQLite::Statement& statement, int index, const std::string& value) {
    statement.bind(index, value);
  }
  static void bind(SQLite::Statement& statement, int index, const fast_hash& value) {
    statement.bind(index, value.data(), static_cast<int>(value.size()));
  }
  static void bind(SQLite::Statement& statement, int index, unix_ms value) {
    statement.bind(index, static_cast<std::int64_t>(to_int(value)));
  }
  static void bind(SQLite::Statement& statement, int index, const std::optional<unix_ms>& value) {
    if (value) {
      bind(statement, index, *value);
    } else {
      statement.bind(index);
    }
  }
  static void bind(SQLite::Statement& statement, int index, const std::optional<std::string_view>& value) {
    if (value) {
      bind(statement, index, *value);
    } else {
      statement.bind(index);
    }
  }
};

// "3f9a01bc": enough for a person to name something by; a clash is tried again.
std::string random_short_id();
// Printable ASCII, cut short: for words of strangers, which are printed to terminals.
std::string printable(std::string_view text, std::size_t longest);
// Of what was given for an id: it may be a secret in the wrong place.
std::string shown_id(std::string_view id);
// 256 random bits as base64url.
std::string random_secret();
// Roles are written by this program only; one that it does not know may do least.
role role_of(const SQLite::Column& column);
// A fast hash is right for secrets of 256 random bits: there is nothing to guess.
fast_hash hash_secret(std::string_view secret);
bool is_constraint(const SQLite::Exception& problem);

inline unix_ms time_of(const SQLite::Column& column) { return from_unix_ms(column.getInt64()); }

// How long a call waits for another process's write.
inline constexpr int busy_timeout_ms = 5'000;

// Brings the schema up to this version of the program's. Throws SQLite::Exception; an error for a file of a
// newer version.
result<void> migrate(SQLite::Database& connection, const std::string& file);
// A file of an earlier version as it was then; tests grow old ones with it.
void migrate_to(SQLite::Database& connection, int version);

}  // namespace atlas::tenants
