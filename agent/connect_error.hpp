#pragma once

#include "agent/broker_address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace atlas::agent {

// Why there is no connection to the broker.
enum class connect_problem {
  name_unknown,         // the server's name cannot be resolved
  connection_refused,   // nobody listens there
  no_answer,            // no connection within the timeout
  unreachable,          // no way there, says the network
  not_tls,              // something else than TLS answers, or no TLS handshake comes to an end
  wrong_ca,             // the certificate is not signed by the trusted CA
  wrong_name,           // it is for other names
  expired,              // it has run out
  not_yet_valid,        // it is not valid yet: a clock is wrong
  bad_certificate,      // any other reason against it
  ca_unusable,          // our own CA file cannot be loaded
  credentials_refused,  // user name or password
  not_allowed,          // the broker refuses what we publish
  taken_over,           // another client has connected under our name
  broker_busy,          // it has no room for us at present
  other                 // none of these; the detail says what is known
};

struct connect_failure {
  connect_problem problem;
  std::string
      detail;  // for people: the names in the certificate, the date, the library's words; may be empty
  friend bool operator==(const connect_failure&, const connect_failure&) = default;
};

// What an MQTT 5 reason code from the broker means; nothing for one that tells no reason (below 0x80).
std::optional<connect_failure> failure_of_reason(int reason_code);

// One line that says what is wrong, where, and what to do about it.
std::string describe(const connect_failure& failure, const broker_address& broker, std::string_view host);

}  // namespace atlas::agent
