#include "ingest/store/history_database.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace atlas::ingest::store {

namespace {

constexpr int busy_timeout_ms = 5'000;
constexpr int head_bytes = 32;

// Where a block is: those of one tier of one host stand together, oldest first, so that the table needs no
// index.
std::int64_t key_of(std::uint32_t host, tier level, std::int64_t slot) {
  constexpr int slot_bits = 32;
  constexpr int level_bits = 2;
  constexpr std::int64_t most_slots = (std::int64_t{1} << slot_bits) - 1;
  const auto place = slot < 0 ? 0 : std::min(slot, most_slots);
  return ((static_cast<std::int64_t>(host) << level_bits | static_cast<std::int64_t>(level)) << slot_bits) |
         place;
}

std::int64_t slot_of_key(std::int64_t key) { return key & 0xffff'ffff; }

constexpr std::int64_t highest_slot = 0xffff'ffff;

byte_view blob(const SQLite::Column& column) {
  return {static_cast<const std::uint8_t*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

void bind_blob(SQLite::Statement& statement, int index, byte_view content) {
  // A null pointer would be NULL.
  static constexpr std::uint8_t nothing = 0;
  statement.bindNoCopy(index, content.empty() ? &nothing : content.data(), static_cast<int>(content.size()));
}

std::optional<std::int64_t> edge_slot(SQLite::Statement& row) {
  std::optional<std::int64_t> found;
  if (row.executeStep() && !row.getColumn(0).isNull()) {
    found = slot_of_key(row.getColumn(0).getInt64());
  }
  row.reset();
  return found;
}

}  // namespace

struct history_database::connection {
  explicit connection(const std::filesystem::path& path)
      : file(path.string()), db(file, SQLite::OPEN_READWRITE, busy_timeout_ms) {}

  // Prepared once.
  class statement {
   public:
    statement(SQLite::Database& db, const char* sql) : made_(db, sql) {}
    template <class... Values>
    SQLite::Statement& with(const Values&... values) {
      made_.tryReset();  // reset() would throw once more what the last call threw
      int index = 0;
      (bind(++index, values), ...);
      return made_;
    }
    template <class... Values>
    int run(const Values&... values) {
      auto& bound = with(values...);
      const auto changed = bound.exec();
      bound.reset();
      return changed;
    }

   private:
    void bind(int index, std::int64_t value) { made_.bind(index, value); }
    void bind(int index, std::uint32_t value) { made_.bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, const std::string& value) { made_.bind(index, value); }
    void bind(int index, byte_view value) { bind_blob(made_, index, value); }
    SQLite::Statement made_;
  };

  std::string file;
  SQLite::Database db;
  durability synchronous = durability::power_loss;
  bool in_transaction = false;

  statement add_metric{db, "INSERT INTO history_metrics (number, name) VALUES (?, ?)"};
  statement save_host{db,
                      "INSERT INTO history_hosts (number, id, metrics) VALUES (?, ?, ?) "
                      "ON CONFLICT (number) DO UPDATE SET metrics = excluded.metrics"};
  statement add_chunk{db, "INSERT INTO history_tail (content) VALUES (?)"};
  statement save_compacted{db, "UPDATE history_hosts SET compacted = ? WHERE number = ?"};
  statement save_boot{
      db,
      "INSERT INTO history_boots (host, boot, heard, received) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (host, boot) DO UPDATE SET heard = excluded.heard, received = excluded.received"};
  statement forget_boot{db, "DELETE FROM history_boots WHERE host = ? AND boot = ?"};
  statement save_block{db, "INSERT OR REPLACE INTO history_blocks (place, content) VALUES (?, ?)"};
  statement delete_chunks{db,
                          "DELETE FROM history_tail WHERE chunk IN "
                          "(SELECT chunk FROM history_tail WHERE chunk <= ? ORDER BY chunk LIMIT ?)"};
  statement delete_blocks{db, "DELETE FROM history_blocks WHERE place >= ? AND place <= ?"};
  statement erase_host{db, "DELETE FROM history_hosts WHERE number = ?"};
  statement erase_boots{db, "DELETE FROM history_boots WHERE host = ?"};
  statement block{db, "SELECT content FROM history_blocks WHERE place = ?"};
  statement blocks{
      db, "SELECT place, content FROM history_blocks WHERE place >= ? AND place <= ? ORDER BY place"};
  statement heads{db,
                  "SELECT place, substr(content, 1, ?) FROM history_blocks "
                  "WHERE place >= ? AND place <= ? ORDER BY place"};
  statement last{db, "SELECT max(place) FROM history_blocks WHERE place >= ? AND place <= ?"};
  statement first{db, "SELECT min(place) FROM history_blocks WHERE place >= ? AND place <= ?"};
};

history_database::history_database(const std::filesystem::path& fleet_db)
    : db_(std::make_unique<connection>(fleet_db)) {
  db_->db.exec("PRAGMA synchronous = FULL");
}

history_database::~history_database() { roll_back(); }

void history_database::each_host(const std::function<void(const stored_host&)>& visit) {
  SQLite::Statement row(db_->db, "SELECT number, id, compacted, metrics FROM history_hosts");
  while (row.executeStep()) {
    const auto metrics = blob(row.getColumn(3));
    visit({static_cast<std::uint32_t>(row.getColumn(0).getInt64()),
           row.getColumn(1).getString(),
           row.getColumn(2).getInt64(),
           {metrics.begin(), metrics.end()}});
  }
}

void history_database::each_boot(
    const std::function<void(std::uint32_t, std::string, std::int64_t, byte_view)>& visit) {
  SQLite::Statement row(db_->db, "SELECT host, boot, heard, received FROM history_boots");
  while (row.executeStep()) {
    visit(static_cast<std::uint32_t>(row.getColumn(0).getInt64()), row.getColumn(1).getString(),
          row.getColumn(2).getInt64(), blob(row.getColumn(3)));
  }
}

void history_database::each_metric(const std::function<void(std::string)>& visit) {
  SQLite::Statement row(db_->db, "SELECT name FROM history_metrics ORDER BY number");
  while (row.executeStep()) {
    visit(row.getColumn(0).getString());
  }
}

void history_database::each_chunk(const std::function<void(std::int64_t, byte_view)>& visit) {
  SQLite::Statement row(db_->db, "SELECT chunk, content FROM history_tail ORDER BY chunk");
  while (row.executeStep()) {
    visit(row.getColumn(0).getInt64(), blob(row.getColumn(1)));
  }
}

void history_database::begin(durability wanted) {
  if (wanted != db_->synchronous) {
    db_->db.exec(wanted == durability::power_loss ? "PRAGMA synchronous = FULL"
                                                  : "PRAGMA synchronous = NORMAL");
    db_->synchronous = wanted;
  }
  db_->db.exec("BEGIN IMMEDIATE");
  db_->in_transaction = true;
}

void history_database::commit() {
  db_->db.exec("COMMIT");
  db_->in_transaction = false;
}

void history_database::roll_back() noexcept {
  if (std::exchange(db_->in_transaction, false)) {
    // It fails when SQLite has rolled back by itself, which is as good.
    db_->db.tryExec("ROLLBACK");
  }
}

void history_database::add_metric(std::uint32_t number, const std::string& name) {
  db_->add_metric.run(number, name);
}

void history_database::save_host(std::uint32_t number, const host_id& id, byte_view metrics) {
  db_->save_host.run(number, std::string(id.text()), metrics);
}

std::int64_t history_database::add_chunk(byte_view content) {
  db_->add_chunk.run(content);
  return db_->db.getLastInsertRowid();
}

void history_database::save_compacted(std::uint32_t host, std::int64_t chunk) {
  db_->save_compacted.run(chunk, host);
}

void history_database::save_boot(std::uint32_t host, const std::string& boot, std::int64_t heard,
                                 byte_view received) {
  db_->save_boot.run(host, boot, heard, received);
}

void history_database::forget_boot(std::uint32_t host, const std::string& boot) {
  db_->forget_boot.run(host, boot);
}

void history_database::save_block(std::uint32_t host, tier level, std::int64_t slot, byte_view content) {
  db_->save_block.run(key_of(host, level, slot), content);
}

int history_database::delete_chunks(std::int64_t last, int most) {
  return db_->delete_chunks.run(last, std::int64_t{most});
}

void history_database::delete_blocks(std::uint32_t host, tier level, std::int64_t before) {
  if (before > 0) {
    db_->delete_blocks.run(key_of(host, level, 0), key_of(host, level, before - 1));
  }
}

void history_database::erase_host(std::uint32_t host) {
  db_->delete_blocks.run(key_of(host, tier::raw, 0), key_of(host, tier::hour, highest_slot));
  db_->erase_boots.run(host);
  db_->erase_host.run(host);
}

bytes history_database::block(std::uint32_t host, tier level, std::int64_t slot) {
  auto& row = db_->block.with(key_of(host, level, slot));
  bytes found;
  if (row.executeStep()) {
    const auto content = blob(row.getColumn(0));
    found.assign(content.begin(), content.end());
  }
  row.reset();
  return found;
}

void history_database::each_block(std::uint32_t host, tier level, std::int64_t first, std::int64_t last,
                                  const std::function<void(std::int64_t, byte_view)>& visit) {
  auto& row = db_->blocks.with(key_of(host, level, first), key_of(host, level, last));
  while (row.executeStep()) {
    visit(slot_of_key(row.getColumn(0).getInt64()), blob(row.getColumn(1)));
  }
  row.reset();
}

void history_database::each_block_head(std::uint32_t host, tier level, std::int64_t first, std::int64_t last,
                                       const std::function<void(std::int64_t, byte_view)>& visit) {
  auto& row =
      db_->heads.with(std::int64_t{head_bytes}, key_of(host, level, first), key_of(host, level, last));
  while (row.executeStep()) {
    visit(slot_of_key(row.getColumn(0).getInt64()), blob(row.getColumn(1)));
  }
  row.reset();
}

std::optional<std::int64_t> history_database::first_slot(std::uint32_t host, tier level) {
  return edge_slot(db_->first.with(key_of(host, level, 0), key_of(host, level, highest_slot)));
}

std::optional<std::int64_t> history_database::last_slot(std::uint32_t host, tier level) {
  return edge_slot(db_->last.with(key_of(host, level, 0), key_of(host, level, highest_slot)));
}

std::uint64_t history_database::size_on_disk() const {
  std::uint64_t sum = 0;
  for (const auto* ending : {"", "-wal"}) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(db_->file + ending, failed);
    sum += failed ? 0 : size;
  }
  return sum;
}

const std::string& history_database::file() const { return db_->file; }

int history_database::system_error() const { return sqlite3_system_errno(db_->db.getHandle()); }

}  // namespace atlas::ingest::store
