#include "tenants/cli/database_holder.hpp"

#include <chrono>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(2);
constexpr auto interval = std::chrono::milliseconds(20);

// SQLite's file format: every connection in WAL mode holds a read lock on these bytes as long as it is open.
constexpr off_t shared_first = 0x40000002;
constexpr off_t shared_size = 510;

std::optional<pid_t> find_holder(int descriptor) {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = shared_first;
  lock.l_len = shared_size;
  if (::fcntl(descriptor, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return lock.l_pid;
}

}  // namespace

std::optional<pid_t> find_lasting_holder(const std::filesystem::path& database) {
  const int descriptor = ::open(database.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  auto holder = find_holder(descriptor);
  for (const auto deadline = clock::now() + patience; holder && clock::now() < deadline;) {
    std::this_thread::sleep_for(interval);
    holder = find_holder(descriptor);
  }
  ::close(descriptor);
  return holder;
}

}  // namespace atlas::cli
