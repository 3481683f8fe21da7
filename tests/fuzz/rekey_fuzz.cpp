// What a host hears on …/cmd, and what the service hears on …/reply.
#include "core/rekey.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto command = parse_rekey_command(text); command && *command) {
    const auto again = parse_rekey_command(format_rekey_command(**command)).value().value();
    fuzz::require(again.generation == (*command)->generation && again.password == (*command)->password);
  }
  if (const auto reply = parse_rekey_reply(text); reply && *reply) {
    const auto again = parse_rekey_reply(format_rekey_reply(**reply)).value().value();
    fuzz::require(again.generation == (*reply)->generation &&
                  again.problem.has_value() == (*reply)->problem.has_value());
  }
  return 0;
}
