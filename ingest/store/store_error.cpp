#include "ingest/store/store_error.hpp"

#include <cerrno>
#include <system_error>

#include <sqlite3.h>

namespace atlas::ingest::store {

error explain(const SQLite::Exception& problem, int system_error, const std::string& file) {
  const int code = problem.getErrorCode() & 0xff;  // without SQLite's extension
  // SQLite tells of some ways of being full or read-only only that input or output failed.
  const auto failed_with = [&](int wanted) { return code == SQLITE_IOERR && system_error == wanted; };
  if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM || failed_with(EROFS)) {
    return {file,
            "cannot be written: it or its file system is read-only; samples are not acknowledged until that "
            "changes"};
  }
  if (code == SQLITE_FULL || failed_with(ENOSPC) || failed_with(EDQUOT)) {
    return {file, "the disk is full: make room on its file system; samples are not acknowledged until then"};
  }
  if (code == SQLITE_BUSY) {
    return {file, "another program holds it locked; trying again"};
  }
  if (code == SQLITE_IOERR) {
    return {file, "cannot be written: " +
                      (system_error == 0 ? std::string(problem.what())
                                         : std::generic_category().message(system_error)) +
                      "; samples are not acknowledged until that changes"};
  }
  return {file, problem.what()};
}

}  // namespace atlas::ingest::store
