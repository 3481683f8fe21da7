#include "tenants/archive/snapshot.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace atlas::tenants {

namespace {

constexpr int busy_timeout_ms = 5'000;
constexpr int pages_per_step = 2'000;

}  // namespace

struct database_snapshot::connection {
  std::string file;
  SQLite::Database database;
};

database_snapshot::database_snapshot(std::unique_ptr<connection> source) : source_(std::move(source)) {}
database_snapshot::~database_snapshot() = default;
database_snapshot::database_snapshot(database_snapshot&&) noexcept = default;

result<database_snapshot> database_snapshot::begin(const std::filesystem::path& fleet_db) {
  try {
    const auto file = fleet_db.string();
    auto source = std::make_unique<connection>(
        connection{file, SQLite::Database(file, SQLite::OPEN_READWRITE, busy_timeout_ms)});
    // The copy is made within this transaction, so that it need not begin anew when somebody writes. The
    // first read fixes the moment.
    source->database.exec("BEGIN");
    source->database.execAndGet("SELECT count(*) FROM sqlite_schema");
    return database_snapshot(std::move(source));
  } catch (const SQLite::Exception& problem) {
    return failure(fleet_db.string(), fmt::format("cannot be read: {}", problem.what()));
  }
}

result<void> database_snapshot::copy_to(const std::filesystem::path& file,
                                        const progress_function& progress) {
  try {
    SQLite::Database target(file.string(), SQLite::OPEN_READWRITE, busy_timeout_ms);
    target.exec("PRAGMA synchronous = OFF");
    {
      SQLite::Backup copy(target, source_->database);
      for (int state = SQLITE_OK; state != SQLITE_DONE;) {
        state = copy.executeStep(pages_per_step);
        if (state != SQLITE_OK && state != SQLITE_DONE) {
          return failure(source_->file, "stays locked by another program: try again");
        }
        const auto total = static_cast<std::uint64_t>(copy.getTotalPageCount());
        const auto left = static_cast<std::uint64_t>(copy.getRemainingPageCount());
        if (!progress) continue;
        if (auto go_on = progress(total - left, total); !go_on) return go_on;
      }
    }
    source_->database.exec("ROLLBACK");
  } catch (const SQLite::Exception& problem) {
    return failure(source_->file, fmt::format("cannot be copied: {}", problem.what()));
  }
  const auto checked = check_database(file);
  if (!checked) return failure(source_->file, checked.error().what);
  return {};
}

result<std::uint32_t> check_database(const std::filesystem::path& file) {
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, busy_timeout_ms);
    database.exec("PRAGMA trusted_schema = OFF");
    database.exec("PRAGMA cell_size_check = ON");
    database.exec("PRAGMA journal_mode = DELETE");
    const auto found = database.execAndGet("PRAGMA quick_check(1)").getString();
    if (found != "ok") return failure(file.string(), fmt::format("is damaged: {}", found));
    return database.execAndGet("PRAGMA user_version").getUInt();
  } catch (const SQLite::Exception& problem) {
    return failure(file.string(), fmt::format("is damaged, or no database: {}", problem.what()));
  }
}

}  // namespace atlas::tenants
