#include "broker/acl.hpp"

namespace atlas::broker {

namespace {

constexpr std::string_view rules = R"(# Rendered by atlas-fleet: do not edit, every rendering replaces it.
#
# A pattern holds for every user, with %u replaced by the user's name, slashes and all. There are two kinds of
# names: an organisation's service is <uuid>, a host is <uuid>/host/<id>. What no line here allows is refused.

# For a host, these are org/<uuid>/host/<id>/..., its own channels. For a service they are org/<uuid>/metrics
# and so on, which nothing reads.
pattern write org/%u/metrics
pattern write org/%u/info
pattern write org/%u/status
pattern write org/%u/reply
pattern read org/%u/config
pattern read org/%u/ack
pattern read org/%u/cmd

# For a service, these are the channels of all hosts of its organisation; it clears info and status of a host
# that is removed.
pattern read org/%u/host/+/metrics
pattern readwrite org/%u/host/+/info
pattern readwrite org/%u/host/+/status
pattern read org/%u/host/+/reply
pattern write org/%u/host/+/config
pattern write org/%u/host/+/ack
pattern write org/%u/host/+/cmd
pattern readwrite org/%u/alerts/+/+
pattern write org/%u/summary
# What the guard counts.
pattern read org/%u/guard

# For a host, the lines for services are topics below org/<uuid>/host/<id>/: never another host's, as its own
# id is in them, and never a channel, as they are deeper. Nothing reads them, but a host could fill the broker
# with retained messages there: refused, first of all. Mosquitto's warning that these three name no user is
# right, and meant so.
pattern deny org/+/host/+/host/#
pattern deny org/+/host/+/alerts/#
pattern deny org/+/host/+/summary
)";

}  // namespace

std::string render_acl() { return std::string(rules); }

result<void> check_acl(std::string_view text, std::string_view file_name) {
  if (text != rules) {
    return failure(std::string(file_name),
                   "is not what atlas-fleet has rendered; run `atlas-fleet broker apply`");
  }
  return {};
}

}  // namespace atlas::broker
