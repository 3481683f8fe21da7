#include "core/ip_network.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace atlas {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned v4_prefix_bits = 96;
constexpr unsigned all_bits = 128;
constexpr std::size_t longest_address = 45;

}  // namespace

std::optional<ip_address> ip_address::parse(std::string_view text) {
  if (text.size() > longest_address) return std::nullopt;
  const std::string terminated(text);  // inet_pton would stop at a zero byte
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  bytes value{};
  if (::inet_pton(AF_INET6, terminated.c_str(), value.data()) == 1) return ip_address(value);
  if (::inet_pton(AF_INET, terminated.c_str(), value.data() + v4_prefix.size()) != 1) return std::nullopt;
  std::ranges::copy(v4_prefix, value.begin());
  return ip_address(value);
}

bool ip_address::is_v4() const { return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin()); }

std::string ip_address::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4();
  ::inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? bytes_.data() + v4_prefix.size() : bytes_.data(), text.data(),
              static_cast<socklen_t>(text.size()));
  return text.data();
}

std::optional<ip_network> ip_network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto first = ip_address::parse(text.substr(0, slash));
  if (!first) return std::nullopt;
  if (slash == std::string_view::npos) return ip_network(*first, all_bits);
  const auto digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (failed != std::errc{} || end != digits.data() + digits.size() || length == 0 || length > all_bits) {
    return std::nullopt;
  }
  const bool is_v4_notation = text.find(':') == std::string_view::npos;
  length += is_v4_notation ? v4_prefix_bits : 0;
  // Whatever its notation, no network holds all IPv4 addresses.
  if (length > all_bits || (first->is_v4() && length <= v4_prefix_bits)) return std::nullopt;
  for (unsigned bit = length; bit < all_bits; ++bit) {
    if ((first->bytes_.at(bit / 8) & 0x80U >> bit % 8) != 0) return std::nullopt;
  }
  return ip_network(*first, length);
}

bool ip_network::contains(const ip_address& address) const {
  // "::/64" is no network of IPv4 addresses, though they are kept there.
  if (first_.is_v4() != address.is_v4()) return false;
  const auto whole = length_ / 8;
  if (!std::equal(first_.bytes_.begin(), first_.bytes_.begin() + whole, address.bytes_.begin())) return false;
  const auto rest = length_ % 8;
  return rest == 0 || first_.bytes_.at(whole) >> (8 - rest) == address.bytes_.at(whole) >> (8 - rest);
}

std::string ip_network::text() const {
  if (length_ == all_bits) return first_.text();
  return first_.text() + '/' + std::to_string(first_.is_v4() ? length_ - v4_prefix_bits : length_);
}

}  // namespace atlas
