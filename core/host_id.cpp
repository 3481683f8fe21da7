#include "core/host_id.hpp"

#include <algorithm>

namespace atlas {

namespace {

constexpr std::array<bool, 256> make_allowed() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}

constexpr std::array<bool, 256> allowed = make_allowed();

bool is_allowed(char c) { return allowed[static_cast<unsigned char>(c)]; }

}  // namespace

bool host_id::is_valid(std::string_view text) {
  return !text.empty() && text.size() <= max_size && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

result<host_id> host_id::parse(std::string_view text) {
  if (!is_valid(text)) {
    return failure("host id",
                   "must be 1 to 64 letters, digits, dots, underscores or hyphens, and not \".\" or \"..\"");
  }
  host_id id;
  std::copy(text.begin(), text.end(), id.text_.begin());
  id.size_ = static_cast<std::uint8_t>(text.size());
  return id;
}

}  // namespace atlas
