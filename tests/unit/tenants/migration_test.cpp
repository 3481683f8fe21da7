#include "tenants/registry_database.hpp"
#include "tests/unit/tenants/support.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace atlas::tenants {
namespace {

using atlas::test::temporary_directory;
using rows = std::vector<std::string>;

bool has_table(SQLite::Database& db, const std::string& name) { return db.tableExists(name); }

std::vector<std::string> columns_of(SQLite::Database& db, const std::string& table) {
  std::vector<std::string> names;
  SQLite::Statement row(db, "SELECT name FROM pragma_table_info(?)");
  row.bind(1, table);
  while (row.executeStep()) {
    names.push_back(row.getColumn(0).getString());
  }
  return names;
}

rows content(SQLite::Database& db, const std::string& table, const std::vector<std::string>& columns) {
  std::string text;
  for (const auto& column : columns) {
    text += (text.empty() ? "quote(" : " || ',' || quote(") + column + ")";
  }
  rows found;
  SQLite::Statement row(db, "SELECT " + text + " FROM " + table + " ORDER BY 1");
  while (row.executeStep()) {
    found.push_back(row.getColumn(0).getString());
  }
  return found;
}

// Rows of every kind; those whose table the version does not have are left out.
void fill(SQLite::Database& db) {
  const std::vector<std::pair<std::string, std::string>> made{
      {"hosts",
       "INSERT INTO hosts (id, generation, added, revoked) VALUES ('web', 3, 1764000000000, 0), ('old', 1, "
       "7, 1)"},
      {"users",
       "INSERT INTO users VALUES ('ann', 'admin', '$argon2id$x', 5), ('bert', 'viewer', '$argon2id$y', 6)"},
      {"api_tokens", "INSERT INTO api_tokens VALUES ('3f9a01bc', x'aa', 'ci', 'viewer', 1, NULL)"},
      {"enrollment_tokens",
       "INSERT INTO enrollment_tokens (id, number, hash, label, added, expires) VALUES ('a', 1, x'bb', "
       "'lab', 1, 2)"},
      {"current_key", "INSERT INTO current_key VALUES (1, 'key')"},
      {"audit",
       "INSERT INTO audit (kind, number, at, who, origin, action, object, outcome) "
       "VALUES (0, 1, 9, 'ann', 'here', 'host.add', 'web', 'done')"},
      {"history_hosts", "INSERT INTO history_hosts VALUES (1, 'web', 4, x'01')"},
      {"history_metrics", "INSERT INTO history_metrics VALUES (1, 'cpu.percent')"},
      {"history_boots", "INSERT INTO history_boots VALUES (1, '5f0c', 8, x'010102')"},
      {"history_tail", "INSERT INTO history_tail VALUES (5, x'0102')"},
      {"history_blocks", "INSERT INTO history_blocks VALUES (17179869184, x'0304')"}};
  for (const auto& [table, sql] : made) {
    if (has_table(db, table)) {
      db.exec(sql);
    }
  }
}

TEST(Migration, KeepsEveryRowOfEveryEarlierVersion) {
  const auto newest = static_cast<int>(registry::schema_version());
  for (int version = 1; version < newest; ++version) {
    temporary_directory dir;
    const auto file = (dir.path() / "fleet.db").string();
    std::map<std::string, std::pair<std::vector<std::string>, rows>> before;
    {
      SQLite::Database db(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      migrate_to(db, version);
      fill(db);
      SQLite::Statement row(
          db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
      while (row.executeStep()) {
        const auto table = row.getColumn(0).getString();
        const auto columns = columns_of(db, table);
        before[table] = {columns, content(db, table, columns)};
      }
    }
    ASSERT_TRUE(registry::open(file)) << version;
    SQLite::Database db(file, SQLite::OPEN_READONLY);
    EXPECT_EQ(db.execAndGet("PRAGMA user_version").getInt(), newest);
    EXPECT_EQ(db.execAndGet("PRAGMA integrity_check").getString(), "ok");
    for (const auto& [table, was] : before) {
      if (table != "sessions") {  // whoever was logged in logs in once more
        EXPECT_EQ(content(db, table, was.first), was.second) << table << " of version " << version;
      }
    }
  }
}

}  // namespace
}  // namespace atlas::tenants
