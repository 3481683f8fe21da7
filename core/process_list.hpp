#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// So many processes are asked for, once by CPU and once by memory: a reply has at most twice as many.
inline constexpr std::size_t max_top_processes = 50;
inline constexpr std::size_t max_processes_reply_bytes = 32 * 1024;

// One process of a host. No command line: those may hold secrets.
struct process_usage {
  std::uint64_t pid = 0;
  std::string name;
  std::string user;          // empty when it is not known
  double cpu_percent = 0;    // 100 is one core kept busy
  std::uint64_t memory = 0;  // resident bytes
};

// On …/cmd.
struct processes_command {
  std::uint64_t limit = max_top_processes;  // 1 to max_top_processes
};

// On …/reply: the processes, those that need most CPU first, or why there are none.
struct processes_reply {
  std::optional<std::string> problem;
  std::vector<process_usage> processes;
};

std::string format_processes_command(const processes_command& command);
// Nothing for another command; an error for a payload that is none. `where` of an error is the JSON pointer.
result<std::optional<processes_command>> parse_processes_command(std::string_view payload);

// At most max_processes_reply_bytes: texts are cleaned and cut.
std::string format_processes_reply(const processes_reply& reply);
result<std::optional<processes_reply>> parse_processes_reply(std::string_view payload);

// One process as a JSON object.
void append_process(std::string& out, const process_usage& one);

}  // namespace atlas
