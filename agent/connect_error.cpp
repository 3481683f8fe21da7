#include "agent/connect_error.hpp"

#include <MQTTAsync.h>

namespace atlas::agent {

std::optional<connect_failure> failure_of_reason(int reason_code) {
  if (reason_code < MQTTREASONCODE_UNSPECIFIED_ERROR) return std::nullopt;
  const auto code = static_cast<MQTTReasonCodes>(reason_code);
  const char* const known = MQTTReasonCode_toString(code);
  std::string name = known != nullptr ? known : "reason code " + std::to_string(reason_code);
  const auto problem = [&] {
    switch (reason_code) {
      case MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD:
      case MQTTREASONCODE_NOT_AUTHORIZED:
      case MQTTREASONCODE_CLIENT_IDENTIFIER_NOT_VALID:
      case MQTTREASONCODE_BANNED: return connect_problem::credentials_refused;
      case MQTTREASONCODE_SESSION_TAKEN_OVER: return connect_problem::taken_over;
      case MQTTREASONCODE_SERVER_UNAVAILABLE:
      case MQTTREASONCODE_SERVER_BUSY:
      case MQTTREASONCODE_QUOTA_EXCEEDED:
      case MQTTREASONCODE_CONNECTION_RATE_EXCEEDED: return connect_problem::broker_busy;
      default: return connect_problem::other;
    }
  }();
  return connect_failure{problem, std::move(name)};
}

std::string describe(const connect_failure& failure, const broker_address& broker, std::string_view host) {
  const std::string where = broker.text();
  const std::string named(host);
  const std::string detail = failure.detail.empty() ? "" : " (" + failure.detail + ")";
  switch (failure.problem) {
    case connect_problem::name_unknown:
      return "cannot find the broker: the name " + broker.host + " does not resolve" + detail +
             "; check server_url and this machine's name service";
    case connect_problem::connection_refused:
      return "cannot reach the broker: nothing listens at " + where +
             "; start it with `atlas-fleet up`, or correct the port in server_url";
    case connect_problem::no_answer:
      return "cannot reach the broker: no answer from " + where + detail +
             "; check that the machine is up and that no firewall blocks the port";
    case connect_problem::unreachable:
      return "cannot reach the broker: there is no way to " + where + detail +
             "; check this machine's network";
    case connect_problem::not_tls:
      return "cannot talk to the broker: what answers at " + where + " does not speak TLS 1.2 or later" +
             detail + "; check that server_url names the broker's TLS port";
    case connect_problem::wrong_ca:
      return "the certificate of " + where + " is signed by another CA than the trusted one" + detail +
             "; write this host's configuration anew with `atlas-fleet agent-config`, or correct ca_file";
    case connect_problem::wrong_name:
      return "the certificate of " + where + " is for another name" + detail +
             "; use that name in server_url, or give the broker a certificate for " + broker.host;
    case connect_problem::expired:
      return "the certificate of " + where + " has expired" + detail + "; renew it on the broker's machine";
    case connect_problem::not_yet_valid:
      return "the certificate of " + where + " is not valid yet" + detail + "; set this machine's clock";
    case connect_problem::bad_certificate:
      return "the certificate of " + where + " cannot be trusted" + detail +
             "; renew it on the broker's machine";
    case connect_problem::ca_unusable:
      return "the trusted CA cannot be loaded" + detail + "; correct ca_file or ca_pem";
    case connect_problem::credentials_refused:
      return "the broker at " + where + " refused the credentials of host " + named + detail +
             "; the host is not registered or was revoked: register it with `atlas-fleet host add` and write "
             "its "
             "configuration anew with `atlas-fleet agent-config`";
    case connect_problem::not_allowed:
      return "the broker at " + where + " does not let host " + named + " publish its samples" + detail +
             "; check the broker with `atlas-fleet broker check`";
    case connect_problem::taken_over:
      return "another agent seems to report as host " + named +
             ": the broker closes this one's connection again and again; give one of the two another host_id";
    case connect_problem::broker_busy:
      return "the broker at " + where + " has no room for host " + named + " at present" + detail +
             "; it is tried again";
    case connect_problem::other:
      return "no connection to the broker at " + where + detail + "; see the broker's log";
  }
  return {};
}

}  // namespace atlas::agent
