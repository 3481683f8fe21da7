#include "core/host_info.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto info = parse_host_info(fuzz::text_of(data, size))) {
    const auto text = format_host_info(*info);
    constexpr std::size_t largest =
        16 * 1024;  // escaping may make it larger than what parse_host_info() takes
    fuzz::require(text.size() > largest || parse_host_info(text).value() == *info);
  }
  return 0;
}
