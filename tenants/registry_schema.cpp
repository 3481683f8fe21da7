#include "tenants/registry_database.hpp"

#include <array>
#include <string>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

// Step n brings a file of version n to version n + 1. Steps that were released are never changed.
constexpr std::array migrations{
    R"sql(
      CREATE TABLE hosts (
        id TEXT PRIMARY KEY,
        generation INTEGER NOT NULL,
        added INTEGER NOT NULL,                        -- times are ms since 1970
        revoked INTEGER NOT NULL DEFAULT 0              -- 1: kept, so that no generation is used twice
      ) WITHOUT ROWID;
      CREATE TABLE users (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        role TEXT NOT NULL,
        password TEXT NOT NULL,                        -- Argon2id, libsodium's text form
        added INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE api_tokens (
        id TEXT PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,                     -- SHA-256 of the token
        label TEXT NOT NULL,
        role TEXT NOT NULL,
        added INTEGER NOT NULL,
        expires INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE sessions (
        hash BLOB PRIMARY KEY,                         -- SHA-256 of the cookie's secret
        user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
        added INTEGER NOT NULL,
        expires INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX sessions_by_user ON sessions (user);
      CREATE INDEX sessions_by_expiry ON sessions (expires);
      CREATE TABLE write_check (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL);
      INSERT INTO write_check VALUES (1, 0);
    )sql",
    R"sql(
      CREATE TABLE enrollment_tokens (
        id TEXT PRIMARY KEY,
        number INTEGER NOT NULL UNIQUE,                -- of its derivation, never used twice
        hash BLOB NOT NULL UNIQUE,                     -- SHA-256 of the token
        label TEXT NOT NULL,
        added INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        uses INTEGER NOT NULL DEFAULT 0,
        max_uses INTEGER,
        revoked INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
      ALTER TABLE hosts ADD COLUMN readmitted INTEGER NOT NULL DEFAULT 0;  -- 1: may enrol once more
      CREATE TABLE host_revision (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL);
      INSERT INTO host_revision VALUES (1, 0);
      CREATE TRIGGER host_inserted AFTER INSERT ON hosts BEGIN
        UPDATE host_revision SET count = count + 1;
      END;
      CREATE TRIGGER host_updated AFTER UPDATE ON hosts BEGIN
        UPDATE host_revision SET count = count + 1;
      END;
      CREATE TRIGGER host_deleted AFTER DELETE ON hosts BEGIN
        UPDATE host_revision SET count = count + 1;
      END;
    )sql",
    R"sql(
      CREATE TABLE current_key (                       -- no row: the API key has never been rotated
        row INTEGER PRIMARY KEY CHECK (row = 1),
        id TEXT NOT NULL                               -- of the key, not secret
      );
      ALTER TABLE hosts ADD COLUMN key TEXT;            -- id of an earlier key; NULL: on the current one
    )sql",
    R"sql(
      DROP TABLE sessions;                             -- whoever is logged in logs in once more
      CREATE TABLE sessions (
        hash BLOB PRIMARY KEY,                         -- SHA-256 of the cookie's secret
        id TEXT NOT NULL UNIQUE,
        user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
        added INTEGER NOT NULL,
        seen INTEGER NOT NULL,
        expires INTEGER NOT NULL,                      -- however busy it is
        address TEXT NOT NULL,
        agent TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX sessions_by_user ON sessions (user, seen);
    )sql",
    R"sql(
      CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind INTEGER NOT NULL CHECK (kind IN (0, 1)),  -- see audit_kind
        number INTEGER NOT NULL,                       -- within its kind, without a gap
        at INTEGER NOT NULL,
        who TEXT NOT NULL,
        origin TEXT NOT NULL,
        action TEXT NOT NULL,
        object TEXT NOT NULL,
        outcome TEXT NOT NULL
      );
      CREATE UNIQUE INDEX audit_by_number ON audit (kind, number);
      CREATE INDEX audit_refusals ON audit (at) WHERE kind = 1 AND outcome <> 'done';
      -- Rows are only ever added; the newest 100,000 of each kind stay.
      CREATE TRIGGER audit_adds BEFORE INSERT ON audit
      WHEN NEW.number <> coalesce((SELECT max(number) FROM audit WHERE kind = NEW.kind), 0) + 1
        OR EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
      BEGIN
        SELECT RAISE (ABORT, 'the audit log is only added to');
      END;
      CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
        SELECT RAISE (ABORT, 'the audit log cannot be changed');
      END;
      CREATE TRIGGER audit_keeps BEFORE DELETE ON audit
      WHEN OLD.number > (SELECT max(number) FROM audit WHERE kind = OLD.kind) - 100000
      BEGIN
        SELECT RAISE (ABORT, 'the audit log cannot be deleted');
      END;
      CREATE TRIGGER audit_ends AFTER INSERT ON audit BEGIN
        DELETE FROM audit WHERE kind = NEW.kind AND number <= NEW.number - 100000;
      END;
    )sql",
    R"sql(
      -- History; ingest/store/ reads and writes it, docs/adr/0013 explains it.
      CREATE TABLE history_hosts (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        compacted INTEGER NOT NULL DEFAULT 0,          -- chunks up to this one are in this host's blocks
        metrics BLOB NOT NULL                          -- the numbers of all that it has ever had
      );
      CREATE TABLE history_metrics (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE history_boots (
        host INTEGER NOT NULL,
        boot TEXT NOT NULL,
        heard INTEGER NOT NULL,                        -- ms since 1970
        received BLOB NOT NULL,                        -- which seq are in blocks, as ranges
        PRIMARY KEY (host, boot)
      ) WITHOUT ROWID;
      CREATE TABLE history_tail (                      -- samples as they came, until they are compacted
        chunk INTEGER PRIMARY KEY AUTOINCREMENT,       -- never used twice
        content BLOB NOT NULL
      );
      CREATE TABLE history_blocks (
        place INTEGER PRIMARY KEY,                     -- host << 34 | tier << 32 | time / span of a block
        content BLOB NOT NULL
      );
    )sql",
    R"sql(
      CREATE TABLE alerts (                            -- what each alert remembers over a restart
        host TEXT NOT NULL,
        rule TEXT NOT NULL,                            -- the last level of its topic: disk:%2Fhome
        phase TEXT NOT NULL,
        severity TEXT NOT NULL,
        since INTEGER NOT NULL,
        critical_since INTEGER NOT NULL,               -- 0: not waiting to become critical
        flapping INTEGER NOT NULL,
        stays_critical INTEGER NOT NULL,
        turns TEXT NOT NULL,                           -- of its newest three turns, the newest first
        severities TEXT NOT NULL,
        value REAL NOT NULL,
        acknowledged_by TEXT NOT NULL,
        acknowledged_at INTEGER NOT NULL,
        PRIMARY KEY (host, rule)
      ) WITHOUT ROWID;
      CREATE TABLE silences (
        id TEXT PRIMARY KEY,
        host TEXT NOT NULL,                            -- '': any
        tag TEXT NOT NULL,
        rule TEXT NOT NULL,
        begins INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        repeat TEXT NOT NULL,                          -- an RRULE; '': once
        comment TEXT NOT NULL,
        added INTEGER NOT NULL,
        who TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE acknowledgements (                  -- that the command line orders and the service takes
        host TEXT NOT NULL,
        rule TEXT NOT NULL,
        who TEXT NOT NULL,
        PRIMARY KEY (host, rule)
      ) WITHOUT ROWID;
      CREATE TABLE newest_samples (                    -- what is older comes late, also after a restart
        host TEXT PRIMARY KEY,
        ts INTEGER NOT NULL,
        boot TEXT NOT NULL,
        seq INTEGER                                    -- NULL: it has none
      ) WITHOUT ROWID;
      CREATE TABLE dry_runs (                          -- that the command line asks for and the service answers
        id TEXT PRIMARY KEY,
        question TEXT NOT NULL,                        -- JSON, as the answer
        answer TEXT
      ) WITHOUT ROWID;
      CREATE TABLE alert_revision (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL);
      INSERT INTO alert_revision VALUES (1, 0);
      CREATE TRIGGER silence_inserted AFTER INSERT ON silences BEGIN
        UPDATE alert_revision SET count = count + 1;
      END;
      CREATE TRIGGER silence_deleted AFTER DELETE ON silences BEGIN
        UPDATE alert_revision SET count = count + 1;
      END;
      CREATE TRIGGER dry_run_inserted AFTER INSERT ON dry_runs BEGIN
        UPDATE alert_revision SET count = count + 1;
      END;
      CREATE TRIGGER acknowledgement_inserted AFTER INSERT ON acknowledgements BEGIN
        UPDATE alert_revision SET count = count + 1;
      END;
    )sql",
    R"sql(
      CREATE TABLE notify_state (                      -- of the planner, JSON
        row INTEGER PRIMARY KEY CHECK (row = 1),
        state TEXT NOT NULL
      );
      CREATE TABLE notify_outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,          -- in the order of delivery
        channel TEXT NOT NULL,                         -- its name
        key TEXT NOT NULL UNIQUE,                      -- idempotency key: the same at every attempt
        incident TEXT NOT NULL,
        kind TEXT NOT NULL,                            -- "opened", …
        title TEXT NOT NULL,
        message TEXT NOT NULL,                         -- JSON, the same for every channel
        added INTEGER NOT NULL,
        due INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        state INTEGER NOT NULL DEFAULT 0,              -- 0 waits, 1 was sent, 2 is a dead letter
        ended INTEGER,
        trouble TEXT NOT NULL DEFAULT ''               -- of the newest attempt
      );
      CREATE INDEX notify_waiting ON notify_outbox (channel, id) WHERE state = 0;
      CREATE INDEX notify_ended ON notify_outbox (state, id) WHERE state <> 0;
    )sql",
    R"sql(
      CREATE TABLE incidents (                         -- one for each time that an alert fired
        number INTEGER PRIMARY KEY AUTOINCREMENT,      -- in the order of firing
        host TEXT NOT NULL,
        rule TEXT NOT NULL,
        instance TEXT NOT NULL,
        severity TEXT NOT NULL,                        -- the highest that it reached
        value REAL NOT NULL,                           -- when it fired
        worst REAL NOT NULL,
        threshold REAL NOT NULL,
        fired_at INTEGER NOT NULL,
        resolved_at INTEGER,                           -- NULL: it is raised
        acknowledged_by TEXT NOT NULL,                 -- '': nobody
        acknowledged_at INTEGER NOT NULL,
        flapping INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX incidents_open ON incidents (host, rule, instance) WHERE resolved_at IS NULL;
      CREATE INDEX incidents_by_host ON incidents (host, number);
      CREATE TABLE host_events (
        host TEXT NOT NULL,
        number INTEGER NOT NULL,                       -- within its host, in order
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,                            -- the presence that began, or 'restart'
        boot TEXT NOT NULL,                            -- that the host had then; '': it named none
        PRIMARY KEY (host, number)
      ) WITHOUT ROWID;
    )sql",
    R"sql(
      ALTER TABLE hosts ADD COLUMN note TEXT NOT NULL DEFAULT '';
      ALTER TABLE hosts ADD COLUMN tags TEXT NOT NULL DEFAULT '';  -- one a line
    )sql"};

int version_of(SQLite::Database& connection) { return connection.execAndGet("PRAGMA user_version").getInt(); }

}  // namespace

std::uint32_t registry::schema_version() { return migrations.size(); }

void migrate_to(SQLite::Database& connection, int wanted) {
  // Another process may have migrated while this one waited for the lock.
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  for (int version = version_of(connection); version < wanted; ++version) {
    connection.exec(migrations[static_cast<std::size_t>(version)]);
    connection.exec("PRAGMA user_version = " + std::to_string(version + 1));
  }
  transaction.commit();
}

result<void> migrate(SQLite::Database& connection, const std::string& file) {
  const int newest = static_cast<int>(registry::schema_version());
  if (version_of(connection) < newest) {
    migrate_to(connection, newest);
  }
  const int version = version_of(connection);
  if (version > newest) {
    return failure(file,
                   fmt::format("was made by a newer Atlas Fleet (schema {}, this one knows {}): install "
                               "the newer programs",
                               version, newest));
  }
  return {};
}

}  // namespace atlas::tenants
