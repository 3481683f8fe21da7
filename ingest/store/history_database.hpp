#pragma once

#include "core/host_id.hpp"
#include "ingest/store/block.hpp"
#include "ingest/store/byte_io.hpp"
#include "ingest/store/seq_set.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atlas::ingest::store {

// How much a transaction survives. Each survives the end of the process; `power_loss` that of the machine
// too, `process_end` may then be undone together with all that came after it.
enum class durability { process_end, power_loss };

// The tables history_… of fleet.db, through a connection of its own. One thread. Calls throw
// SQLite::Exception; changes belong between begin() and commit().
class history_database {
 public:
  // The file was brought up to date by tenants::registry::open().
  explicit history_database(const std::filesystem::path& fleet_db);
  ~history_database();
  history_database(const history_database&) = delete;
  history_database& operator=(const history_database&) = delete;

  struct stored_host {
    std::uint32_t number = 0;
    std::string id;
    std::int64_t compacted = 0;  // the highest chunk whose samples of this host are in blocks
    bytes metrics;
  };
  void each_host(const std::function<void(const stored_host&)>& visit);
  void each_boot(const std::function<void(std::uint32_t host, std::string boot, std::int64_t heard,
                                          byte_view received)>& visit);
  // In the order of their numbers, from 1 on.
  void each_metric(const std::function<void(std::string name)>& visit);
  void each_chunk(const std::function<void(std::int64_t chunk, byte_view content)>& visit);

  void begin(durability wanted);
  void commit();
  // Of what was begun; does nothing otherwise, and does not throw.
  void roll_back() noexcept;

  void add_metric(std::uint32_t number, const std::string& name);
  void save_host(std::uint32_t number, const host_id& id, byte_view metrics);
  std::int64_t add_chunk(byte_view content);

  void save_compacted(std::uint32_t host, std::int64_t chunk);
  void save_boot(std::uint32_t host, const std::string& boot, std::int64_t heard, byte_view received);
  void forget_boot(std::uint32_t host, const std::string& boot);
  void save_block(std::uint32_t host, tier level, std::int64_t slot, byte_view content);
  // The lowest chunks up to and with `last`, at most `most`. Returns how many there were.
  int delete_chunks(std::int64_t last, int most);
  // Blocks before that slot.
  void delete_blocks(std::uint32_t host, tier level, std::int64_t before);
  void erase_host(std::uint32_t host);

  // Empty when there is none.
  bytes block(std::uint32_t host, tier level, std::int64_t slot);
  // Slots from `first` to `last`, ascending.
  void each_block(std::uint32_t host, tier level, std::int64_t first, std::int64_t last,
                  const std::function<void(std::int64_t slot, byte_view content)>& visit);
  // The first bytes of each only.
  void each_block_head(std::uint32_t host, tier level, std::int64_t first, std::int64_t last,
                       const std::function<void(std::int64_t slot, byte_view head)>& visit);
  std::optional<std::int64_t> first_slot(std::uint32_t host, tier level);
  std::optional<std::int64_t> last_slot(std::uint32_t host, tier level);

  // Of the database with its log.
  std::uint64_t size_on_disk() const;
  const std::string& file() const;
  // The errno of the last call that failed.
  int system_error() const;

 private:
  struct connection;
  std::unique_ptr<connection> db_;
};

// Which block a time belongs to.
constexpr std::int64_t slot_of(std::int64_t time, tier level) {
  const auto span = block_span(level);
  return (time >= 0 ? time : time - span + 1) / span;
}

}  // namespace atlas::ingest::store
