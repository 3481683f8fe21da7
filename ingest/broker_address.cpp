#include "ingest/broker_address.hpp"

#include <charconv>

namespace atlas::ingest {

namespace {

constexpr std::string_view scheme = "mqtts://";

}  // namespace

std::string broker_address::text() const { return host + ":" + std::to_string(port); }

result<broker_address> parse_broker_address(std::string_view url) {
  const auto refuse = [&](std::string_view why) {
    return failure("broker.url", "'" + std::string(url) + "' " + std::string(why) +
                                     ": it must be like mqtts://broker.example.com:8883");
  };
  if (!url.starts_with(scheme)) {
    return refuse("does not begin with mqtts://");
  }
  std::string_view rest = url.substr(scheme.size());
  if (rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  broker_address address;
  const auto colon = rest.rfind(':');
  address.host = rest.substr(0, colon);
  if (address.host.empty() || address.host.find_first_of("/:@?#[] ") != std::string::npos) {
    return refuse("has no usable host name");
  }
  if (colon == std::string_view::npos) {
    return address;
  }
  const std::string_view port = rest.substr(colon + 1);
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size() || address.port == 0) {
    return refuse("has no usable port");
  }
  return address;
}

}  // namespace atlas::ingest
