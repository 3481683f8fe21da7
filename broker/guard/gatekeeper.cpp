#include "broker/guard/gatekeeper.hpp"

#include "broker/canary.hpp"

#include <utility>

namespace atlas::guard {

namespace {

constexpr std::string_view root = "org/";

// Whether the topic or filter lies below org/<user>/. A filter's wildcards are then below it too, and neither
// $share nor $SYS begins like that.
bool is_within(std::string_view user, std::string_view topic) {
  return topic.size() > root.size() + user.size() && topic.starts_with(root) &&
         topic.substr(root.size()).starts_with(user) && topic[root.size() + user.size()] == '/';
}

bool take(token_bucket& messages, token_bucket& bytes, double size, const rate_limit& message_limit,
          const rate_limit& byte_limit, monotonic_time now) {
  if (!messages.take(1, message_limit, now)) return false;
  if (bytes.take(size, byte_limit, now)) return true;
  messages.put_back(1);
  return false;
}

}  // namespace

const limits& gatekeeper::limits_of(const org_id& org) const {
  static const limits usual;
  const auto found = limits_.find(org);
  return found == limits_.end() ? usual : found->second;
}

bool gatekeeper::has_room(const user_name& who, std::string_view user, std::size_t bytes,
                          monotonic_time now) {
  const auto& most = limits_of(who.org);
  const auto size = static_cast<double>(bytes);
  auto& org = organisations_[who.org];
  if (!who.host) return take(org.sent.messages, org.sent.bytes, size, most.messages, most.bytes, now);
  auto& host = hosts_[std::string(user)];
  // The host first: what it sends over its own limit costs its organisation nothing.
  if (!take(host.messages, host.bytes, size, most.host_messages, most.host_bytes, now)) return false;
  return take(org.sent.messages, org.sent.bytes, size, most.messages, most.bytes, now);
}

bool gatekeeper::passes(std::string_view user, std::string_view topic, operation wanted, std::size_t bytes,
                        monotonic_time now) {
  if (!open_) return false;
  const bool within = is_within(user, topic);
  if (wanted == operation::read || user == broker::canary_user) return within;
  const auto who = parse_user_name(user);
  if (!who) return false;
  // What it tries is counted by its own service, and is too little to be limited.
  if (who->is_canary) return within;
  auto& counted = organisations_[who->org].counted;
  if (wanted == operation::subscribe) {
    counted.subscriptions_refused += within ? 0 : 1;
    return within;
  }
  // A refused message costs the broker as much as another.
  if (!has_room(*who, user, bytes, now)) {
    ++counted.messages_dropped;
    counted.bytes_dropped += bytes;
    return false;
  }
  ++(within ? counted.messages : counted.writes_refused);
  return within;
}

bool gatekeeper::connect(const void* client, std::string_view user) {
  const auto who = parse_user_name(user);
  if (!who) return true;  // for the password file to refuse; whoever it is may do nothing
  disconnect(client);
  auto& connections = connections_[who->org];
  // The service always gets in, so that somebody can see what happens.
  if (who->host && connections >= limits_of(who->org).connections) {
    if (const auto known = organisations_.find(who->org); known != organisations_.end()) {
      ++known->second.counted.connections_refused;
    }
    return false;
  }
  ++connections;
  clients_.emplace(client, who->org);
  return true;
}

void gatekeeper::disconnect(const void* client) {
  const auto found = clients_.find(client);
  if (found == clients_.end()) return;
  const auto counted = connections_.find(found->second);
  if (--counted->second == 0) connections_.erase(counted);
  clients_.erase(found);
}

std::map<org_id, guard_report> gatekeeper::reports() const {
  std::map<org_id, guard_report> all;
  for (const auto& [org, one] : organisations_) {
    auto report = one.counted;
    if (const auto found = connections_.find(org); found != connections_.end()) {
      report.connections = found->second;
    }
    all.emplace(org, report);
  }
  return all;
}

void gatekeeper::tidy(monotonic_time now) {
  std::erase_if(hosts_, [&](auto& entry) {
    const auto who = parse_user_name(entry.first);
    if (!who) return true;
    const auto& most = limits_of(who->org);
    auto& sent = entry.second;
    return sent.messages.is_full(most.host_messages, now) && sent.bytes.is_full(most.host_bytes, now);
  });
}

}  // namespace atlas::guard
