#pragma once

#include "core/error.hpp"
#include "tenants/archive/stream.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace atlas::tenants {

// A fleet.db as it is at one moment, whoever writes to it meanwhile; holds up no writer. It knows no tables.
class database_snapshot {
 public:
  // The moment.
  static result<database_snapshot> begin(const std::filesystem::path& fleet_db);
  ~database_snapshot();
  database_snapshot(database_snapshot&&) noexcept;
  database_snapshot& operator=(database_snapshot&&) = delete;

  // Into a file that exists and is empty; it is one file without a log beside it then, and has been checked.
  // Progress is in pages. Once.
  result<void> copy_to(const std::filesystem::path& file, const progress_function& progress);

 private:
  struct connection;
  explicit database_snapshot(std::unique_ptr<connection> source);
  std::unique_ptr<connection> source_;
};

// Whether the file is a whole database; returns its schema's version. Makes it one file without a log beside
// it.
result<std::uint32_t> check_database(const std::filesystem::path& file);

}  // namespace atlas::tenants
