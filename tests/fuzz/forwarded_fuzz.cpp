// What a proxy says of who asks: the peer, X-Forwarded-For, X-Forwarded-Proto and a trusted network, a line
// each.
#include "core/ip_network.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "web/forwarded.hpp"

#include <algorithm>
#include <string>

using namespace atlas;

namespace {

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const std::string peer(take_line(text));
  const auto forwarded_for = take_line(text);
  const auto proto = take_line(text);
  const auto written = take_line(text);

  std::vector<ip_network> proxies;
  if (const auto network = ip_network::parse(written)) {
    fuzz::require(network->contains(ip_address::parse(written.substr(0, written.find('/'))).value()));
    fuzz::require(ip_network::parse(network->text()).value().text() == network->text());
    proxies.push_back(*network);
  }
  const auto found = web::find_asker(peer, false, forwarded_for, proto, proxies);
  if (!web::is_trusted(peer, proxies)) {
    fuzz::require(found.remote == peer && !found.encrypted);
    return 0;
  }
  const auto address = ip_address::parse(found.remote);
  fuzz::require(address && (found.remote == peer || address->text() == found.remote));
  // Once it is a stranger's, whatever stands before it changes nothing.
  if (!web::is_trusted(found.remote, proxies)) {
    const auto longer = "198.51.100.7, " + std::string(forwarded_for);
    fuzz::require(web::find_asker(peer, false, longer, proto, proxies).remote == found.remote);
  }
  return 0;
}
