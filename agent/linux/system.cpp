#include "agent/collectors.hpp"
#include "agent/small_file.hpp"
#include "agent/text.hpp"

#include <dirent.h>

namespace atlas::agent {

namespace {

// Uptime, and the processes as the numeric folders of /proc.
class system_collector final : public collector {
 public:
  explicit system_collector(const std::string& root)
      : uptime_path_(root + "/proc/uptime"), proc_path_(root + "/proc") {}

  void collect(sample& out) override {
    auto rest = file_.read(uptime_path_).value_or(std::string_view());
    if (const auto seconds = to_number<double>(take_word(rest)); seconds && *seconds >= 0) {
      out.uptime = static_cast<std::uint64_t>(*seconds);
    }
    out.processes = count_processes();
  }

 private:
  std::optional<std::uint64_t> count_processes() const {
    DIR* const folder = ::opendir(proc_path_.c_str());
    if (folder == nullptr) return std::nullopt;
    std::uint64_t count = 0;
    while (const dirent* entry = ::readdir(folder)) {
      if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') ++count;
    }
    ::closedir(folder);
    return count;
  }

  std::string uptime_path_;
  std::string proc_path_;
  small_file file_;
};

}  // namespace

std::unique_ptr<collector> make_system_collector(const std::string& root) {
  return std::make_unique<system_collector>(root);
}

}  // namespace atlas::agent
