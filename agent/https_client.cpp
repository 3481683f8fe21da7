#include "agent/https_client.hpp"

#include "agent/text.hpp"
#include "agent/tls_stream.hpp"

#include <algorithm>
#include <cctype>

namespace atlas::agent {

namespace {

bool is_this_machine(std::string_view host) { return host == "localhost" || host.starts_with("127."); }

std::string reason_of(const connect_failure& failure) {
  const std::string detail = failure.detail.empty() ? "" : " (" + failure.detail + ")";
  switch (failure.problem) {
    case connect_problem::name_unknown: return "its name does not resolve" + detail;
    case connect_problem::connection_refused: return "nothing listens there; is the service up?";
    case connect_problem::no_answer: return "there is no answer; is a firewall in between?";
    case connect_problem::not_tls: return "what answers there does not speak TLS 1.2 or later" + detail;
    case connect_problem::wrong_ca:
      return "its certificate is signed by a CA that is not trusted here; name the right one with --ca-file";
    case connect_problem::wrong_name: return "its certificate is for another name" + detail;
    case connect_problem::expired: return "its certificate has expired" + detail;
    case connect_problem::not_yet_valid:
      return "its certificate is not valid yet" + detail + "; is this machine's clock right?";
    case connect_problem::ca_unusable: return "the CA file cannot be loaded" + detail;
    case connect_problem::unreachable:
    case connect_problem::bad_certificate:
    case connect_problem::credentials_refused:
    case connect_problem::not_allowed:
    case connect_problem::taken_over:
    case connect_problem::broker_busy:
    case connect_problem::other: break;
  }
  return failure.detail.empty() ? "the connection failed" : failure.detail;
}

// The value of a header of a head in lower case; empty when there is none.
std::string_view header_of(std::string_view head, std::string_view name) {
  auto at = head.find("\r\n" + std::string(name) + ":");
  if (at == std::string_view::npos) return {};
  at += name.size() + 3;
  return trimmed(head.substr(at, head.find("\r\n", at) - at));
}

result<http_answer> parse_answer(const std::string& where, const std::string& text) {
  const auto end = text.find("\r\n\r\n");
  auto head = text.substr(0, end == std::string::npos ? 0 : end);
  const auto status = head.starts_with("HTTP/1.") && head.size() >= 12
                          ? to_number<unsigned>(std::string_view(head).substr(9, 3))
                          : std::nullopt;
  if (!status) return failure(where, "what answers there does not speak HTTP");
  std::transform(head.begin(), head.end(), head.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return http_answer{*status, to_number<unsigned>(header_of(head, "retry-after")).value_or(0),
                     text.substr(end + 4)};
}

}  // namespace

result<http_url> parse_http_url(std::string_view url) {
  constexpr const char* form = "must be https://host[:port], as in https://fleet.example.com:8768";
  const bool tls = url.starts_with("https://");
  if (!tls && !url.starts_with("http://")) return failure("url", form);
  // The rules for names and ports are those of a broker's address.
  const auto rest = url.substr(url.find("//") + 2);
  auto server = parse_server_url("mqtts://" + std::string(rest));
  if (!server) return failure("url", form);
  const bool has_port = rest.find(':') != std::string_view::npos;
  if (!has_port) server->port = tls ? 443 : 80;
  if (!tls && !is_this_machine(server->host)) {
    return failure("url", "http:// would show the password to the network: use https://");
  }
  return http_url{*std::move(server), tls};
}

result<http_answer> post_json(const http_url& to, std::string_view path, std::string_view json,
                              const std::string& ca_path, std::chrono::milliseconds timeout) {
  const auto where = to.server.text();
  const auto deadline = steady_now() + timeout;
  auto stream =
      to.tls ? tls_stream::open(to.server, ca_path, deadline) : tls_stream::open_plain(to.server, deadline);
  if (!stream) return failure(where, reason_of(stream.error()));
  // HTTP/1.0: the answer comes in one piece and ends with the connection.
  std::string request = "POST " + std::string(path) + " HTTP/1.0\r\nHost: " + where +
                        "\r\nUser-Agent: atlas-agent/" ATLAS_VERSION
                        "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
                        std::to_string(json.size()) + "\r\n\r\n";
  request += json;
  if (!stream->write(request, deadline)) return failure(where, "the connection broke");
  const auto text = stream->read_to_end(max_http_answer, deadline);
  if (!text) return failure(where, "the connection broke before the answer was there");
  return parse_answer(where, *text);
}

}  // namespace atlas::agent
