#include "web/query_number.hpp"

#include <charconv>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace atlas::web {

result<std::int64_t> whole_number(const request& asked, std::string_view name, std::int64_t absent,
                                  std::int64_t least, std::int64_t most) {
  const auto text = asked.query().find(name);
  if (!text) {
    return absent;
  }
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc{} || end != text->data() + text->size() || value < least || value > most) {
    return failure(std::string(name), fmt::format("must be a whole number from {} to {}", least, most));
  }
  return value;
}

}  // namespace atlas::web
