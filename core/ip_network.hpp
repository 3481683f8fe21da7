#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atlas {

// An IPv4 or IPv6 address. "::ffff:192.0.2.1" is the IPv4 address in it.
class ip_address {
 public:
  // "192.0.2.1", "2001:db8::1"; nothing else: no port, no brackets, no zone.
  static std::optional<ip_address> parse(std::string_view text);

  bool is_v4() const;
  std::string text() const;
  bool operator==(const ip_address&) const = default;

 private:
  friend class ip_network;
  using bytes = std::array<std::uint8_t, 16>;
  explicit ip_address(const bytes& value) : bytes_(value) {}

  bytes bytes_;  // IPv4 as ::ffff:a.b.c.d
};

// Addresses that begin with the same bits.
class ip_network {
 public:
  // "192.0.2.0/24", "2001:db8::/32", or one address. A network has no bit beyond its length, which
  // is not 0.
  static std::optional<ip_network> parse(std::string_view text);

  bool contains(const ip_address& address) const;
  std::string text() const;

 private:
  ip_network(const ip_address& first, unsigned length) : first_(first), length_(length) {}

  ip_address first_;
  unsigned length_;  // bits of 128
};

}  // namespace atlas
