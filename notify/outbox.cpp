#include "notify/outbox.hpp"

#include <type_traits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

namespace atlas::notify {

namespace {

constexpr int busy_timeout_ms = 5'000;
constexpr int waits = 0;
constexpr int was_sent = 1;
constexpr int is_dead = 2;
constexpr int kept_sent = 1'000;
constexpr int kept_dead = 10'000;

constexpr const char* columns =
    "id, channel, key, incident, kind, title, message, added, due, attempts, coalesce(ended, 0), trouble";

outbox_row row_of(const SQLite::Statement& found) {
  outbox_row row;
  row.id = found.getColumn(0).getInt64();
  row.channel = found.getColumn(1).getString();
  row.key = found.getColumn(2).getString();
  row.incident = found.getColumn(3).getString();
  row.kind = found.getColumn(4).getString();
  row.title = found.getColumn(5).getString();
  row.message = found.getColumn(6).getString();
  row.added = from_unix_ms(found.getColumn(7).getInt64());
  row.due = from_unix_ms(found.getColumn(8).getInt64());
  row.attempts = found.getColumn(9).getUInt();
  row.ended = from_unix_ms(found.getColumn(10).getInt64());
  row.trouble = found.getColumn(11).getString();
  return row;
}

std::int64_t number(unix_ms time) { return to_int(time); }

}  // namespace

struct outbox::database {
  std::string file;
  SQLite::Database connection;

  template <class Action>
  std::invoke_result_t<Action> attempt(Action action) const {
    try {
      return action();
    } catch (const SQLite::Exception& problem) {
      return failure(file, problem.what());
    }
  }

  std::vector<outbox_row> read(SQLite::Statement& query) const {
    std::vector<outbox_row> rows;
    while (query.executeStep()) {
      rows.push_back(row_of(query));
    }
    return rows;
  }

  void insert(const outbox_row& row) {
    SQLite::Statement add(
        connection,
        "INSERT INTO notify_outbox (channel, key, incident, kind, title, message, added, due) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING");
    add.bind(1, row.channel);
    add.bind(2, row.key);
    add.bind(3, row.incident);
    add.bind(4, row.kind);
    add.bind(5, row.title);
    add.bind(6, row.message);
    add.bind(7, number(row.added));
    add.bind(8, number(row.due));
    add.exec();
  }

  // One more attempt was the last one. The oldest that ended like it are forgotten.
  void end(std::int64_t id, int state, std::string_view trouble, unix_ms now) {
    SQLite::Statement change(connection,
                             "UPDATE notify_outbox SET state = ?, ended = ?, trouble = ?, attempts = "
                             "attempts + 1 WHERE id = ?");
    change.bind(1, state);
    change.bind(2, number(now));
    change.bind(3, std::string(trouble));
    change.bind(4, id);
    change.exec();
    forget_ended(state, state == was_sent ? kept_sent : kept_dead);
  }

  void forget_ended(int state, int kept) {
    SQLite::Statement forget(
        connection,
        "DELETE FROM notify_outbox WHERE state = ?1 AND id <= (SELECT id FROM notify_outbox "
        "WHERE state = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)");
    forget.bind(1, state);
    forget.bind(2, kept);
    forget.exec();
  }

  void bound_waiting(const std::string& channel, unix_ms now) {
    SQLite::Statement drop(
        connection,
        "UPDATE notify_outbox SET state = 2, ended = ?, trouble = 'too many messages waited' "
        "WHERE state = 0 AND channel = ?2 AND id <= (SELECT id FROM notify_outbox WHERE state "
        "= 0 AND channel = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?)");
    drop.bind(1, number(now));
    drop.bind(2, channel);
    drop.bind(3, static_cast<std::int64_t>(max_waiting));
    if (drop.exec() > 0) {
      forget_ended(is_dead, kept_dead);
    }
  }
};

outbox::outbox(std::unique_ptr<database> db) : db_(std::move(db)) {}
outbox::~outbox() = default;
outbox::outbox(outbox&&) noexcept = default;
outbox& outbox::operator=(outbox&&) noexcept = default;

result<outbox> outbox::open(const std::filesystem::path& fleet_db) {
  auto file = fleet_db.string();
  try {
    auto opened = std::unique_ptr<database>(
        new database{file, SQLite::Database(file, SQLite::OPEN_READWRITE, busy_timeout_ms)});
    opened->connection.exec("PRAGMA synchronous = FULL");
    return outbox(std::move(opened));
  } catch (const SQLite::Exception& problem) {
    return failure(file, fmt::format("cannot be opened: {}", problem.what()));
  }
}

result<std::optional<std::string>> outbox::planner_state() const {
  return db_->attempt([&]() -> result<std::optional<std::string>> {
    SQLite::Statement row(db_->connection, "SELECT state FROM notify_state");
    return row.executeStep() ? std::optional(row.getColumn(0).getString()) : std::nullopt;
  });
}

result<void> outbox::commit(std::string_view planner_state, std::span<const outbox_row> added, unix_ms now) {
  return db_->attempt([&]() -> result<void> {
    SQLite::Transaction transaction(db_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement save(db_->connection,
                           "INSERT INTO notify_state VALUES (1, ?) ON CONFLICT (row) DO UPDATE "
                           "SET state = excluded.state");
    save.bind(1, std::string(planner_state));
    save.exec();
    for (const auto& row : added) {
      db_->insert(row);
      db_->bound_waiting(row.channel, now);
    }
    transaction.commit();
    return {};
  });
}

result<std::vector<outbox_row>> outbox::heads() const {
  return db_->attempt([&]() -> result<std::vector<outbox_row>> {
    SQLite::Statement query(
        db_->connection,
        fmt::format("SELECT {} FROM notify_outbox WHERE id IN (SELECT min(id) FROM notify_outbox WHERE state "
                    "= 0 GROUP BY channel)",
                    columns));
    return db_->read(query);
  });
}

result<void> outbox::mark_sent(std::int64_t id, unix_ms now) {
  return db_->attempt([&]() -> result<void> {
    db_->end(id, was_sent, {}, now);
    return {};
  });
}

result<void> outbox::postpone(std::int64_t id, std::uint32_t attempts, unix_ms due,
                              std::string_view trouble) {
  return db_->attempt([&]() -> result<void> {
    SQLite::Statement change(db_->connection,
                             "UPDATE notify_outbox SET attempts = ?, due = ?, trouble = ? WHERE id = ?");
    change.bind(1, attempts);
    change.bind(2, number(due));
    change.bind(3, std::string(trouble));
    change.bind(4, id);
    change.exec();
    return {};
  });
}

result<void> outbox::mark_dead(std::int64_t id, std::string_view trouble, unix_ms now) {
  return db_->attempt([&]() -> result<void> {
    db_->end(id, is_dead, trouble, now);
    return {};
  });
}

result<std::vector<outbox_row>> outbox::dead_letters(std::size_t limit) const {
  return db_->attempt([&]() -> result<std::vector<outbox_row>> {
    SQLite::Statement query(
        db_->connection,
        fmt::format("SELECT {} FROM notify_outbox WHERE state = ? ORDER BY id DESC LIMIT ?", columns));
    query.bind(1, is_dead);
    query.bind(2, static_cast<std::int64_t>(limit));
    return db_->read(query);
  });
}

// `added` is set anew: a letter that was revived has a day again.
result<std::size_t> outbox::revive(const std::optional<std::string>& channel, unix_ms now) {
  return db_->attempt([&]() -> result<std::size_t> {
    SQLite::Statement change(
        db_->connection,
        "UPDATE notify_outbox SET state = ?1, ended = NULL, attempts = 0, added = ?2, due = ?2 "
        "WHERE state = ?3 AND (?4 IS NULL OR channel = ?4)");
    change.bind(1, waits);
    change.bind(2, number(now));
    change.bind(3, is_dead);
    if (channel) {
      change.bind(4, *channel);
    }
    return static_cast<std::size_t>(change.exec());
  });
}

result<std::map<std::string, channel_counts>> outbox::counts() const {
  return db_->attempt([&]() -> result<std::map<std::string, channel_counts>> {
    std::map<std::string, channel_counts> out;
    SQLite::Statement query(
        db_->connection,
        "SELECT channel, state, count(*) FROM notify_outbox WHERE state <> 1 GROUP BY channel, state");
    while (query.executeStep()) {
      auto& of_channel = out[query.getColumn(0).getString()];
      const auto count = static_cast<std::uint64_t>(query.getColumn(2).getInt64());
      (query.getColumn(1).getInt() == waits ? of_channel.waiting : of_channel.dead) = count;
    }
    return out;
  });
}

}  // namespace atlas::notify
