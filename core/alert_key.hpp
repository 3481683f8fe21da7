#pragma once

#include "core/alert_rule.hpp"
#include "core/error.hpp"
#include "core/host_id.hpp"

#include <string>
#include <string_view>

namespace atlas {

// What stands for the host in an alert of the whole organisation: "_".
const host_id& organisation_host();

// Which alert: unique within an organisation.
struct alert_key {
  static constexpr std::size_t max_instance = 256;  // bytes

  host_id host;
  alert_rule rule;
  std::string instance;  // the mount, sensor or interface, where the rule has one; else empty

  // The last level of the alert's topic: "cpu", or "disk:%2Fhome" with the instance percent-encoded (RFC
  // 3986).
  std::string topic_level() const;
  // The reverse of topic_level().
  static result<alert_key> parse(const host_id& host, std::string_view topic_level);
  // "<host>:<topic level>": the alert's `id` in the HTTP API.
  std::string id() const;
  // The reverse of id().
  static result<alert_key> parse_id(std::string_view id);
  friend bool operator==(const alert_key&, const alert_key&) = default;
};

}  // namespace atlas
