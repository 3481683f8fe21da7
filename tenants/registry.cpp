#include "tenants/registry.hpp"

#include "tenants/registry_database.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::tenants {

namespace {

// SQLite would create the file with the process's umask, and gives its -wal and -shm the file's own mode.
//
// An existing file is not opened here: to close it would drop every lock that other connections of this
// process hold on it (POSIX fcntl locks), and another process would then take itself for the last one and
// delete their log.
result<void> make_private(const std::string& file) {
  const auto refused = [&file] {
    return failure(file, fmt::format("cannot be opened: {}", std::generic_category().message(errno)));
  };
  struct stat status{};
  if (::stat(file.c_str(), &status) == 0) {
    // Whoever is not its owner, as a service of the same group, leaves the mode as it is.
    if (status.st_uid == ::geteuid() && (status.st_mode & 0077) != 0) {
      ::chmod(file.c_str(), 0600);
    }
    return {};
  }
  // Under another name until it is closed; mkstemp makes it 0600.
  auto beside = file + ".XXXXXX";
  const int descriptor = ::mkstemp(beside.data());
  if (descriptor < 0) {
    return refused();
  }
  ::close(descriptor);
  const bool linked = ::link(beside.c_str(), file.c_str()) == 0 || errno == EEXIST;
  const int why = errno;
  ::unlink(beside.c_str());
  errno = why;
  if (!linked) {
    return refused();
  }
  return {};
}

// The switch to WAL needs the file for itself, and SQLite does not wait for that.
void switch_to_wal(SQLite::Database& connection) {
  using clock = std::chrono::steady_clock;
  const auto deadline = clock::now() + std::chrono::milliseconds(busy_timeout_ms);
  for (;;) {
    try {
      connection.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (const SQLite::Exception& problem) {
      if (problem.getErrorCode() != SQLITE_BUSY || clock::now() >= deadline) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
}

// SQLite names neither a file system that is read-only nor a folder that others own.
std::string why_not_opened(const SQLite::Exception& problem) {
  const auto code = problem.getErrorCode();
  const bool unwritable = code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
  return fmt::format("cannot be opened: {}{}", problem.what(),
                     unwritable ? "; the file and its folder must be writable for this user, and their file "
                                  "system not read-only"
                                : "");
}

// A host without a key of its own is on the current one.
constexpr const char* all_hosts =
    "SELECT id, generation, added, coalesce(key, (SELECT id FROM current_key)), note, tags FROM hosts "
    "WHERE revoked = 0 ORDER BY id";
constexpr const char* one_host =
    "SELECT id, generation, added, coalesce(key, (SELECT id FROM current_key)), note, tags FROM hosts "
    "WHERE revoked = 0 AND id = ?";

std::optional<registered_host> host_of(const SQLite::Statement& row) {
  const auto id = host_id::parse(row.getColumn(0).getString());
  if (!id) return std::nullopt;
  registered_host host{*id, row.getColumn(1).getUInt(), time_of(row.getColumn(2)), std::nullopt};
  if (!row.getColumn(3).isNull()) host.key = row.getColumn(3).getString();
  host.label.note = row.getColumn(4).getString();
  std::istringstream tags(row.getColumn(5).getString());
  for (std::string tag; std::getline(tags, tag);) host.label.tags.push_back(tag);
  return host;
}

}  // namespace

registry::registry(std::unique_ptr<database> db) : db_(std::move(db)) {}
registry::~registry() = default;
registry::registry(registry&&) noexcept = default;
registry& registry::operator=(registry&&) noexcept = default;

result<registry> registry::open(const std::filesystem::path& fleet_db, author by) {
  if (::sodium_init() < 0) return failure(fleet_db.string(), "libsodium did not start");
  auto file = fleet_db.string();
  if (auto made = make_private(file); !made) return tl::unexpected(std::move(made.error()));
  try {
    auto opened = std::unique_ptr<database>(
        new database{file, SQLite::Database(file, SQLite::OPEN_READWRITE, busy_timeout_ms), std::move(by)});
    auto& connection = opened->connection;
    switch_to_wal(connection);
    connection.exec("PRAGMA foreign_keys = ON");
    if (auto migrated = migrate(connection, file); !migrated)
      return tl::unexpected(std::move(migrated.error()));
    return registry(std::move(opened));
  } catch (const SQLite::Exception& problem) {
    return failure(file, why_not_opened(problem));
  }
}

result<std::vector<registered_host>> registry::hosts() const {
  return db_->attempt([&]() -> result<std::vector<registered_host>> {
    std::vector<registered_host> found;
    auto row = db_->prepare(all_hosts);
    while (row.executeStep()) {
      if (auto host = host_of(row)) found.push_back(*host);
    }
    return found;
  });
}

result<std::optional<registered_host>> registry::host(const host_id& id) const {
  return db_->attempt([&]() -> result<std::optional<registered_host>> {
    auto row = db_->prepare(one_host, id.text());
    return row.executeStep() ? host_of(row) : std::nullopt;
  });
}

result<registered_host> registry::add_host(const host_id& id, unix_ms now) {
  const database::act what{audit_kind::change, "host.add", std::string(id.text())};
  return db_->recorded(what, [&]() -> result<registered_host> {
    auto row = db_->prepare(
        "INSERT INTO hosts (id, generation, added) VALUES (?, 1, ?) ON CONFLICT (id) DO UPDATE "
        "SET generation = generation + 1, added = excluded.added, revoked = 0, readmitted = 0, key = NULL "
        "WHERE revoked = 1 RETURNING id, generation, added, (SELECT id FROM current_key), note, tags",
        id.text(), now);
    if (!row.executeStep()) {
      return failure(std::string(id.text()), "is registered already");
    }
    auto added = host_of(row);
    while (row.executeStep()) {  // the statement commits when it has run to its end
    }
    return *added;
  });
}

result<bool> registry::revoke_host(const host_id& id) {
  const database::act what{audit_kind::change, "host.revoke", std::string(id.text())};
  return db_->recorded(what, [&]() -> result<bool> {
    return db_->prepare(
                  "UPDATE hosts SET revoked = 1, readmitted = 0, note = '', tags = '' "
                  "WHERE id = ? AND revoked = 0",
                  id.text())
               .exec() > 0;
  });
}

result<void> registry::check_writable() const {
  return db_->attempt([&]() -> result<void> {
    // A commit writes to the disk, which a rolled-back write need not. Whoever asks has no five seconds.
    constexpr int patience_ms = 500;
    db_->connection.setBusyTimeout(patience_ms);
    result<void> outcome;
    try {
      db_->connection.exec("UPDATE write_check SET count = count + 1");
    } catch (const SQLite::Exception& problem) {
      outcome = failure(db_->file, fmt::format("cannot be written: {}", problem.what()));
    }
    db_->connection.setBusyTimeout(busy_timeout_ms);
    return outcome;
  });
}

}  // namespace atlas::tenants
