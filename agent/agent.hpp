#pragma once

#include "agent/config.hpp"
#include "agent/wake_pipe.hpp"

#include <atomic>
#include <string>

namespace atlas::agent {

// Measures and reports until `stop` is set and `wake` woken; then says goodbye and returns. `root` is the
// folder that stands for "/".
void run(const config& settings, const std::string& root, const std::atomic<bool>& stop,
         const wake_pipe& wake);

// One sample as JSON, measured over a second.
std::string measure_once(const std::string& root, std::optional<std::uint64_t> report_interval);

}  // namespace atlas::agent
