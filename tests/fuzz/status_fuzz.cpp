#include "core/host_status.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto status = parse_host_status(fuzz::text_of(data, size))) {
    fuzz::require(parse_host_status(format_host_status(*status)).value() == *status);
  }
  return 0;
}
