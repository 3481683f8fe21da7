#include "notify/address_rule.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <netinet/in.h>

namespace atlas::notify {

namespace {

constexpr std::uint32_t ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}

bool is_within(std::uint32_t address, std::uint32_t network, unsigned bits) {
  return (address ^ network) >> (32 - bits) == 0;
}

// Of Amazon, Google, Microsoft and others; of Alibaba; of Oracle.
constexpr std::array metadata{ipv4(169, 254, 169, 254), ipv4(100, 100, 100, 200), ipv4(192, 0, 0, 192)};

address_verdict judge_ipv4(std::uint32_t address) {
  if (std::find(metadata.begin(), metadata.end(), address) != metadata.end() ||
      is_within(address, ipv4(224, 0, 0, 0), 3)) {
    return address_verdict::refused;
  }
  if (is_within(address, ipv4(127, 0, 0, 0), 8) || is_within(address, ipv4(0, 0, 0, 0), 8) ||
      is_within(address, ipv4(169, 254, 0, 0), 16)) {
    return address_verdict::local;
  }
  return address_verdict::fine;
}

using bytes = std::array<std::uint8_t, 16>;

std::uint32_t ipv4_at(const bytes& address, std::size_t place) {
  return ipv4(address[place], address[place + 1], address[place + 2], address[place + 3]);
}

template <std::size_t Size>
bool begins_with(const bytes& address, const std::array<std::uint8_t, Size>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

address_verdict judge_ipv6(const bytes& address) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<std::uint8_t, 12> translated{0, 0x64, 0xff, 0x9b};  // NAT64
  constexpr std::array<std::uint8_t, 2> six_to_four{0x20, 0x02};
  constexpr std::array<std::uint8_t, 12> none{};
  constexpr bytes amazon{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};
  if (begins_with(address, mapped) || begins_with(address, translated)) {
    return judge_ipv4(ipv4_at(address, 12));
  }
  if (begins_with(address, six_to_four)) {
    return judge_ipv4(ipv4_at(address, 2));
  }
  if (begins_with(address, none)) {
    const auto last = ipv4_at(address, 12);
    return last <= 1 ? address_verdict::local
                     : judge_ipv4(last);  // ::, ::1, and the old IPv4-compatible form
  }
  if (address == amazon || address[0] == 0xff) {
    return address_verdict::refused;
  }
  const bool link_local = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
  return link_local ? address_verdict::local : address_verdict::fine;
}

}  // namespace

address_verdict judge(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in known{};
    std::memcpy(&known, &address, sizeof known);
    return judge_ipv4(ntohl(known.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 known{};
    std::memcpy(&known, &address, sizeof known);
    bytes raw{};
    std::memcpy(raw.data(), &known.sin6_addr, raw.size());
    return judge_ipv6(raw);
  }
  return address_verdict::refused;
}

}  // namespace atlas::notify
