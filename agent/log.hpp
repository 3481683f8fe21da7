#pragma once

#include <string_view>

namespace atlas::agent {

// One line on stderr with the time. A plain function and not spdlog: the agent is to stay within a few
// megabytes on every machine it watches. Any thread.
enum class log_level { debug, info, warning, error };
void log(log_level level, std::string_view text);

// Whether debug lines are written; they are not at first.
void set_verbose(bool verbose);

}  // namespace atlas::agent
