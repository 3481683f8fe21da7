#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace atlas::tenants {

// Bytes on their way into or out of an archive.

// Takes all of the bytes; called again until an error comes.
using byte_sink = std::function<result<void>(std::span<const char> bytes)>;
// Fills the front of the buffer and returns how much; 0 at the end.
using byte_source = std::function<result<std::size_t>(std::span<char> buffer)>;
// Called now and then; `total` is the same in every call. An error stops the work and is passed on.
using progress_function = std::function<result<void>(std::uint64_t done, std::uint64_t total)>;

// The files are closed with the last copy of the function. `where` of every error is `name`.
byte_source read_from(int descriptor, std::string name);
byte_sink write_to(int descriptor, std::string name);
result<byte_source> read_file_from(const std::filesystem::path& file);

// Calls `sink` with everything that `source` has.
result<void> pump(const byte_source& source, const byte_sink& sink);

// A descriptor that closes with the last owner. Negative values are nobody's.
std::shared_ptr<const int> owned_descriptor(int descriptor);

// A new file, 0600, beside the place where it belongs until it is complete; gone if it never gets there.
class pending_file {
 public:
  static result<pending_file> create(const std::filesystem::path& target);
  ~pending_file();
  pending_file(pending_file&& other) noexcept;
  pending_file& operator=(pending_file&&) = delete;

  const std::filesystem::path& path() const { return temporary_; }
  byte_sink sink() const;
  // Synced and renamed. Without `overwrite`, an error when something is in its place by now.
  result<void> put_in_place(bool overwrite);

 private:
  pending_file(std::filesystem::path target, std::filesystem::path temporary, int descriptor);
  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty when it is in its place
  std::shared_ptr<const int> descriptor_;
};

}  // namespace atlas::tenants
