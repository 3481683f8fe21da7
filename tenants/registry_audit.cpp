// The audit log of the registry.
#include "tenants/registry_database.hpp"

#include <chrono>
#include <limits>
#include <utility>

namespace atlas::tenants {

namespace {

// Strangers can be refused as often as they like. What is beyond this in an hour is not written.
constexpr std::chrono::hours refusal_window{1};
constexpr std::int64_t most_refusals = 200;
constexpr std::int64_t most_refusals_of_one = 20;
constexpr std::size_t longest_object = 200;

unix_ms wall_time() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

constexpr const char* insert_entry =
    "INSERT INTO audit (kind, number, at, who, origin, action, object, outcome) SELECT ?1, "
    "coalesce((SELECT max(number) FROM audit WHERE kind = ?1), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7";

audit_entry entry_of(const SQLite::Statement& row) {
  return {row.getColumn(0).getInt64(),
          time_of(row.getColumn(1)),
          {row.getColumn(2).getString(), row.getColumn(3).getString()},
          row.getColumn(4).getString(),
          row.getColumn(5).getString(),
          row.getColumn(6).getString()};
}

}  // namespace

std::string_view to_string(audit_outcome value) {
  switch (value) {
    case audit_outcome::done: return "done";
    case audit_outcome::not_found: return "not found";
    case audit_outcome::refused: return "refused";
  }
  return "";
}

void registry::database::record(const act& what, audit_outcome outcome) const {
  const auto at = wall_time();
  const auto kind = static_cast<std::int64_t>(what.kind);
  if (what.kind == audit_kind::change || outcome == audit_outcome::done) {
    prepare(insert_entry, kind, at, by.name, by.from, what.action, printable(what.object, longest_object),
            to_string(outcome))
        .exec();
    return;
  }
  auto row = prepare(
      "SELECT count(*), count(*) FILTER (WHERE origin = ?2) FROM audit WHERE kind = 1 AND outcome <> 'done' "
      "AND at > ?1",
      at - refusal_window, by.from);
  row.executeStep();
  const auto all = row.getColumn(0).getInt64();
  const auto of_one = row.getColumn(1).getInt64();
  row.reset();
  if (all > most_refusals || of_one > most_refusals_of_one) return;
  const bool is_last = all == most_refusals || of_one == most_refusals_of_one;
  const auto object =
      is_last ? "further refusals within an hour are not listed" : printable(what.object, longest_object);
  prepare(insert_entry, kind, at, by.name, by.from, what.action, object, to_string(outcome)).exec();
}

registry::authorship::authorship(author& place, author by)
    : place_(place), before_(std::exchange(place, std::move(by))) {}

registry::authorship::~authorship() { place_ = std::move(before_); }

registry::authorship registry::acting_as(author by) { return {db_->by, std::move(by)}; }

result<void> registry::recorded(std::string_view action, std::string_view object,
                                const std::function<result<void>()>& change) {
  return db_->recorded({audit_kind::change, action, std::string(object)}, change);
}

result<void> registry::record_refused_login(std::string_view user_name) {
  return db_->attempt([&]() -> result<void> {
    SQLite::Transaction transaction(db_->connection, SQLite::TransactionBehavior::IMMEDIATE);
    // A name that is none may be a password in the wrong field.
    const bool known = db_->prepare("SELECT 1 FROM users WHERE name = ?", user_name).executeStep();
    db_->record({audit_kind::access, "login", known ? std::string(user_name) : "an unknown name"},
                audit_outcome::refused);
    transaction.commit();
    return {};
  });
}

result<std::vector<audit_entry>> registry::audit(std::optional<std::int64_t> before,
                                                 std::size_t limit) const {
  return db_->attempt([&]() -> result<std::vector<audit_entry>> {
    std::vector<audit_entry> found;
    auto row = db_->prepare(
        "SELECT id, at, who, origin, action, object, outcome FROM audit WHERE id < ? ORDER BY id DESC LIMIT "
        "?",
        before.value_or(std::numeric_limits<std::int64_t>::max()), static_cast<std::int64_t>(limit));
    while (row.executeStep()) found.push_back(entry_of(row));
    return found;
  });
}

}  // namespace atlas::tenants
