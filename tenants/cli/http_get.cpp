#include "tenants/cli/http_get.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

constexpr std::size_t most_bytes = 256 * 1024;
constexpr timeval patience{3, 0};

class open_socket {
 public:
  explicit open_socket(int descriptor) : descriptor_(descriptor) {}
  ~open_socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  open_socket(open_socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  open_socket& operator=(open_socket&&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

struct free_openssl {
  void operator()(SSL_CTX* value) const { SSL_CTX_free(value); }
  void operator()(SSL* value) const { SSL_free(value); }
};

std::string where(const http_place& place) { return fmt::format("{}:{}", place.host, place.port); }

result<open_socket> connect_to(const http_place& place) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(place.host.c_str(), std::to_string(place.port).c_str(), &hints, &found) != 0) {
    return failure(where(place), "the name cannot be resolved");
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
  for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
    open_socket made(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);  // of connect() too
    if (::connect(made.get(), address->ai_addr, address->ai_addrlen) == 0) return made;
  }
  return failure(where(place), "nothing answers there");
}

// The text up to the connection's end.
template <class Read>
std::string read_all(Read read) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto size = read(buffer.data(), buffer.size());
    if (size <= 0 || text.size() > most_bytes) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

result<std::string> ask_with_tls(const http_place& place, int socket, const std::string& request) {
  const std::unique_ptr<SSL_CTX, free_openssl> context(SSL_CTX_new(TLS_client_method()));
  if (!place.ca_file.empty()) {
    if (SSL_CTX_load_verify_locations(context.get(), place.ca_file.c_str(), nullptr) != 1) {
      return failure(place.ca_file, "is no CA certificate");
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  const std::unique_ptr<SSL, free_openssl> tls(SSL_new(context.get()));
  auto* const wanted = SSL_get0_param(tls.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, place.server_name.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(wanted, place.server_name.c_str(), 0);
    SSL_set_tlsext_host_name(tls.get(), place.server_name.c_str());
  }
  SSL_set_fd(tls.get(), socket);
  if (SSL_connect(tls.get()) != 1) {
    const auto verified = SSL_get_verify_result(tls.get());
    ERR_clear_error();
    return verified != X509_V_OK ? failure(where(place), fmt::format("its certificate does not hold: {}",
                                                                     X509_verify_cert_error_string(verified)))
                                 : failure(where(place), "it does not speak TLS");
  }
  if (SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) <= 0) {
    return failure(where(place), "it hangs up");
  }
  auto text = read_all(
      [&](char* data, std::size_t size) { return SSL_read(tls.get(), data, static_cast<int>(size)); });
  ERR_clear_error();
  return text;
}

}  // namespace

result<http_reply> http_get(const http_place& place, std::string_view path) {
  const auto socket = connect_to(place);
  if (!socket) return tl::unexpected<error>(socket.error());
  const auto request = fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", path, place.server_name);
  result<std::string> text = std::string();
  if (place.tls) {
    text = ask_with_tls(place, socket->get(), request);
  } else if (::send(socket->get(), request.data(), request.size(), MSG_NOSIGNAL) >= 0) {
    text = read_all([&](char* data, std::size_t size) { return ::recv(socket->get(), data, size, 0); });
  }
  if (!text) return tl::unexpected<error>(text.error());
  constexpr std::string_view version = "HTTP/1.1 ";
  const auto end = text->find("\r\n\r\n");
  http_reply reply;
  if (!text->starts_with("HTTP/1.") || end == std::string::npos ||
      std::from_chars(text->data() + version.size(), text->data() + end, reply.status).ec != std::errc{}) {
    return failure(where(place), "it does not speak HTTP, or does not answer in time");
  }
  reply.body = text->substr(end + 4);
  return reply;
}

}  // namespace atlas::cli
