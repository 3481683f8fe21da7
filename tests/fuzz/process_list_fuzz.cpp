// What the service hears on …/reply of a host's processes, and the question for them on …/cmd.
#include "core/process_list.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto command = parse_processes_command(text); command && *command) {
    const auto again = parse_processes_command(format_processes_command(**command)).value().value();
    fuzz::require(again.limit == (*command)->limit);
  }
  if (const auto reply = parse_processes_reply(text); reply && *reply) {
    const auto written = format_processes_reply(**reply);
    fuzz::require(written.size() <= max_processes_reply_bytes);
    const auto again = parse_processes_reply(written).value().value();
    fuzz::require(again.processes.size() <= (*reply)->processes.size() &&
                  again.problem.has_value() == (*reply)->problem.has_value());
  }
  return 0;
}
