#pragma once

#include "broker/guard/limits.hpp"
#include "broker/guard/token_bucket.hpp"
#include "core/guard_report.hpp"
#include "core/org_id.hpp"
#include "core/user_name.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace atlas::guard {

enum class operation { read, write, subscribe };

// Who may do what at the broker, before its access rules are asked: nobody leaves the topics below
// org/<user name>/, and nobody takes more than the limits of its organisation. One thread, the broker's.
class gatekeeper {
 public:
  void set_limits(limits_by_org all) { limits_ = std::move(all); }
  // Until then, and whenever the broker's access rules are not the rendered ones, nobody may do anything.
  void open(bool rules_hold) { open_ = rules_hold; }

  // Whether the access rules are to be asked; otherwise it is refused. `topic` of a subscription is its
  // filter; `bytes` is the size of a written payload.
  bool passes(std::string_view user, std::string_view topic, operation wanted, std::size_t bytes,
              monotonic_time now);

  // A connection that logs in; false when its organisation has too many. `client` names it until it goes.
  bool connect(const void* client, std::string_view user);
  void disconnect(const void* client);

  // Of every organisation that has done something since the start.
  std::map<org_id, guard_report> reports() const;
  // Forgets hosts that have used nothing of their limits of late.
  void tidy(monotonic_time now);

 private:
  struct buckets {
    token_bucket messages;
    token_bucket bytes;
  };
  struct organisation {
    buckets sent;
    guard_report counted;  // but for the connections
  };

  const limits& limits_of(const org_id& org) const;
  bool has_room(const user_name& who, std::string_view user, std::size_t bytes, monotonic_time now);

  bool open_ = false;
  limits_by_org limits_;
  std::map<org_id, organisation> organisations_;
  std::unordered_map<std::string, buckets> hosts_;  // by user name
  // Also of those who will not prove who they are: nothing here outlives its connection.
  std::unordered_map<const void*, org_id> clients_;
  std::map<org_id, std::size_t> connections_;
};

}  // namespace atlas::guard
