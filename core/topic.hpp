#pragma once

#include "core/host_id.hpp"
#include "core/org_id.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace atlas {

// The topic tree of topics.md. A topic is parsed into one of these types or refused; no code compares topic
// strings.
enum class host_channel { metrics, info, status, config, ack, cmd, reply };

std::string_view to_string(host_channel channel);

// org/<org>/host/<host>/<channel>
struct host_topic {
  org_id org;
  host_id host;
  host_channel channel;
  friend bool operator==(const host_topic&, const host_topic&) = default;
};

// org/<org>/alerts/<host>/<rule>; `rule` is one topic level, see alert_key::topic_level().
struct alert_topic {
  org_id org;
  host_id host;
  std::string rule;
  friend bool operator==(const alert_topic&, const alert_topic&) = default;
};

// org/<org>/summary
struct summary_topic {
  org_id org;
  friend bool operator==(const summary_topic&, const summary_topic&) = default;
};

// org/<org>/guard
struct guard_topic {
  org_id org;
  friend bool operator==(const guard_topic&, const guard_topic&) = default;
};

using topic = std::variant<host_topic, alert_topic, summary_topic, guard_topic>;

// `where` of the error is "topic". Never allocates for a host topic that parses.
result<topic> parse_topic(std::string_view text);

// The hot path of ingest: a host topic of exactly this organisation, or nothing. Does not allocate.
std::optional<host_topic> parse_host_topic(const org_id& org, std::string_view text);

std::string format_topic(const topic& value);

}  // namespace atlas
