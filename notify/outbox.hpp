#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::notify {

// A message that is on its way to a channel, or has ended.
struct outbox_row {
  std::int64_t id = 0;  // in the order of delivery
  std::string channel;
  std::string key;  // idempotency key
  std::string incident;
  std::string kind;
  std::string title;
  std::string message;  // JSON of the notice
  unix_ms added{};
  unix_ms due{};
  std::uint32_t attempts = 0;
  unix_ms ended{};
  std::string trouble;  // of the newest attempt
};

struct channel_counts {
  std::uint64_t waiting = 0;
  std::uint64_t dead = 0;
};

// The messages that wait in an organisation's fleet.db, and what the planner knows: what is in it survives a
// crash. One connection, one thread. `where` of an error is the file.
class outbox {
 public:
  // Of a file whose schema is up to date: tenants::registry::open() sees to that.
  static result<outbox> open(const std::filesystem::path& fleet_db);
  ~outbox();
  outbox(outbox&&) noexcept;
  outbox& operator=(outbox&&) noexcept;

  // Nothing when none was saved.
  result<std::optional<std::string>> planner_state() const;
  // The planner's state and what it had to say, in one transaction. A key that is there already is left
  // alone. Of a channel with `max_waiting` messages the oldest become dead letters.
  result<void> commit(std::string_view planner_state, std::span<const outbox_row> added, unix_ms now);

  // The oldest message of each channel, whether it is due or not: the next must wait for it.
  result<std::vector<outbox_row>> heads() const;
  // It has ended: the newest 1,000 that were sent and 10,000 dead letters are kept.
  result<void> mark_sent(std::int64_t id, unix_ms now);
  result<void> postpone(std::int64_t id, std::uint32_t attempts, unix_ms due, std::string_view trouble);
  result<void> mark_dead(std::int64_t id, std::string_view trouble, unix_ms now);

  // Newest first.
  result<std::vector<outbox_row>> dead_letters(std::size_t limit) const;
  // Puts dead letters, of one channel or of all, into the queue again; their number.
  result<std::size_t> revive(const std::optional<std::string>& channel, unix_ms now);
  result<std::map<std::string, channel_counts>> counts() const;

  static constexpr std::size_t max_waiting = 10'000;  // of a channel

 private:
  struct database;
  explicit outbox(std::unique_ptr<database> db);
  std::unique_ptr<database> db_;
};

}  // namespace atlas::notify
