#include "web/forwarded.hpp"

#include <algorithm>
#include <optional>

namespace atlas::web {

namespace {

// Takes the last entry of a list with commas off its end, without blanks around it.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  last.remove_prefix(std::min(last.size(), last.find_first_not_of(" \t")));
  return last.substr(0, last.find_last_not_of(" \t") + 1);
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711"
std::optional<ip_address> address_of(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto end = entry.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = entry.substr(end + 1);
    if (!rest.empty() && !(rest.front() == ':' && is_port(rest.substr(1)))) return std::nullopt;
    const auto address = ip_address::parse(entry.substr(1, end - 1));
    return address && entry.find(':') < end ? address : std::nullopt;
  }
  const auto colon = entry.find(':');
  if (colon != std::string_view::npos && entry.rfind(':') == colon && is_port(entry.substr(colon + 1))) {
    entry = entry.substr(0, colon);
  }
  return ip_address::parse(entry);
}

bool contains(const std::vector<ip_network>& proxies, const ip_address& address) {
  return std::ranges::any_of(proxies, [&](const ip_network& one) { return one.contains(address); });
}

}  // namespace

bool is_trusted(const std::string& address, const std::vector<ip_network>& proxies) {
  const auto parsed = ip_address::parse(address);
  return parsed && contains(proxies, *parsed);
}

asker find_asker(const std::string& peer, bool encrypted, std::string_view forwarded_for,
                 std::string_view forwarded_proto, const std::vector<ip_network>& proxies) {
  asker found{peer, encrypted};
  if (!is_trusted(peer, proxies)) {
    return found;
  }
  while (!forwarded_for.empty()) {
    const auto address = address_of(take_last(forwarded_for));
    if (!address) {
      break;
    }
    found.remote = address->text();
    if (!contains(proxies, *address)) {
      break;
    }
  }
  const auto proto = take_last(forwarded_proto);
  if (proto == "https" || proto == "http") {
    found.encrypted = proto == "https";
  }
  return found;
}

}  // namespace atlas::web
