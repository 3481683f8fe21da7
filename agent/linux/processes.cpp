#include "agent/processes.hpp"

#include "agent/small_file.hpp"
#include "agent/text.hpp"

#include <algorithm>
#include <unordered_map>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::agent {

namespace {

// Of more processes than these the rest is not looked at.
constexpr std::size_t max_processes = 16'384;

struct reading {
  std::uint64_t ticks = 0;  // of CPU, user and system
  std::uint64_t start = 0;  // ticks after the boot: tells a process from a later one of the same id
  std::uint64_t memory = 0;
  std::string name;
};

std::uint64_t number_of(std::string_view word) { return to_number<std::uint64_t>(word).value_or(0); }

// /proc/<pid>/stat; the name may hold blanks and brackets.
std::optional<reading> parse_stat(std::string_view text, bool with_name) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  reading read;
  if (with_name) read.name = text.substr(open + 1, close - open - 1);
  auto rest = text.substr(close + 1);
  constexpr int user_time = 14;  // counted from 1, as proc(5) does
  constexpr int system_time = 15;
  constexpr int start_time = 22;
  constexpr int resident_pages = 24;
  static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  for (int field = 3; field <= resident_pages; ++field) {
    const auto word = take_word(rest);
    if (word.empty()) return std::nullopt;
    if (field == user_time || field == system_time) read.ticks += number_of(word);
    if (field == start_time) read.start = number_of(word);
    if (field == resident_pages) read.memory = number_of(word) * page;
  }
  return read;
}

template <class Visit>
bool for_each_process(small_file& file, const std::string& proc, bool with_names, Visit visit) {
  DIR* const folder = ::opendir(proc.c_str());
  if (folder == nullptr) return false;
  std::size_t seen = 0;
  while (const dirent* entry = ::readdir(folder)) {
    const auto pid = to_number<std::uint32_t>(entry->d_name);
    if (!pid) continue;
    if (++seen > max_processes) break;
    // One that has ended meanwhile cannot be read any more.
    const auto text = file.read(proc + '/' + entry->d_name + "/stat");
    if (auto read = text ? parse_stat(*text, with_names) : std::nullopt) visit(*pid, *std::move(read));
  }
  ::closedir(folder);
  return true;
}

// From /etc/passwd only: asking a directory server could take long. A user who is not there is his number.
std::string user_name(small_file& file, const std::string& root, uid_t user) {
  auto rest = file.read(root + "/etc/passwd").value_or(std::string_view());
  while (!rest.empty()) {
    const auto line = take_line(rest);
    const auto name = line.substr(0, line.find(':'));
    const auto password = line.find(':', name.size() + 1);
    if (password == std::string_view::npos) continue;
    const auto number = line.substr(password + 1, line.find(':', password + 1) - password - 1);
    if (to_number<std::uint32_t>(number) == user) return std::string(name);
  }
  return std::to_string(user);
}

}  // namespace

result<std::vector<process_usage>> top_processes(const std::string& root, std::size_t limit,
                                                 const reading_pause& pause) {
  const std::string proc = root + "/proc";
  small_file file;
  struct before {
    std::uint64_t ticks;
    std::uint64_t start;
  };
  std::unordered_map<std::uint32_t, before> first;
  const bool readable = for_each_process(file, proc, false, [&first](std::uint32_t pid, const reading& read) {
    first.emplace(pid, before{read.ticks, read.start});
  });
  if (!readable) return failure(proc, "cannot be read");
  const auto passed = pause();
  if (!passed || passed->count() <= 0) return failure(proc, "was not read a second time");
  static const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const double percent_per_tick = 100 / (ticks_per_second * passed->count());
  std::vector<process_usage> all;
  for_each_process(file, proc, true, [&](std::uint32_t pid, reading read) {
    const auto known = first.find(pid);
    const bool same = known != first.end() && known->second.start == read.start;
    // One that has begun since has used all its time since.
    const auto used = read.ticks - (same ? std::min(known->second.ticks, read.ticks) : 0);
    all.push_back({.pid = pid,
                   .name = std::move(read.name),
                   .user = {},
                   .cpu_percent = static_cast<double>(used) * percent_per_tick,
                   .memory = read.memory});
  });
  auto chosen = choose_top(std::move(all), limit);
  for (auto& one : chosen) {
    struct stat about{};
    if (::stat((proc + '/' + std::to_string(one.pid)).c_str(), &about) == 0) {
      one.user = user_name(file, root, about.st_uid);
    }
  }
  return chosen;
}

}  // namespace atlas::agent
