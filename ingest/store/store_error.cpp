#include "ingest/store/store_error.hpp"

#include <filesystem>
#include <system_error>

#include <sqlite3.h>

namespace atlas::ingest::store {

namespace {

constexpr std::uintmax_t little_room = 256 * 1024;  // bytes

bool is_full(const std::string& file) {
  std::error_code failed;
  const auto space = std::filesystem::space(std::filesystem::path(file).parent_path(), failed);
  return !failed && space.available < little_room;
}

}  // namespace

error explain(const SQLite::Exception& problem, const std::string& file) {
  const int code = problem.getErrorCode();
  if (code == SQLITE_FULL || (code == SQLITE_IOERR && is_full(file))) {
    return {file, "the disk is full: make room on its file system; samples are not acknowledged until then"};
  }
  if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM) {
    return {file,
            "cannot be written: it or its file system is read-only; samples are not acknowledged until that "
            "changes"};
  }
  if (code == SQLITE_BUSY) {
    return {file, "another program holds it locked; trying again"};
  }
  return {file, problem.what()};
}

}  // namespace atlas::ingest::store
