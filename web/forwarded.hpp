#pragma once

#include "core/ip_network.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

// Who asks, and how, as the proxies in front of a server tell it.
struct asker {
  std::string remote;  // IP address
  bool encrypted = false;
};

// What of it is to be believed: nothing unless `peer`, the connection's other end, is one of `proxies`. Then
// the address is the last of `forwarded_for` (X-Forwarded-For) that is no trusted proxy's, since whoever
// asked could have written all before it; and `forwarded_proto` (X-Forwarded-Proto) says whether it was
// encrypted. Where a header is missing or unreadable, what is known of the connection counts.
asker find_asker(const std::string& peer, bool encrypted, std::string_view forwarded_for,
                 std::string_view forwarded_proto, const std::vector<ip_network>& proxies);

bool is_trusted(const std::string& address, const std::vector<ip_network>& proxies);

}  // namespace atlas::web
