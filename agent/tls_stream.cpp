#include "agent/tls_stream.hpp"

#include "core/clean_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace atlas::agent {

// Not without a name, as tls_stream::state is made of them.
namespace detail {

template <auto Function>
struct deleter {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using tls_context = std::unique_ptr<SSL_CTX, deleter<SSL_CTX_free>>;
using tls_session = std::unique_ptr<SSL, deleter<SSL_free>>;
using resolved = std::unique_ptr<addrinfo, deleter<freeaddrinfo>>;

class socket_handle {
 public:
  explicit socket_handle(int number) : number_(number) {}
  ~socket_handle() {
    if (number_ >= 0) ::close(number_);
  }
  socket_handle(socket_handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  socket_handle& operator=(socket_handle&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace detail

namespace {

using detail::resolved;
using detail::socket_handle;
using detail::tls_context;
using detail::tls_session;

int milliseconds_until(monotonic_time deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 600'000));
}

// Whether the socket became ready in time.
bool wait_for(int socket, short events, monotonic_time deadline) {
  pollfd waited{socket, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&waited, 1, milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

connect_failure failure_of_errno(int code) {
  switch (code) {
    case ECONNREFUSED: return {connect_problem::connection_refused, {}};
    case ETIMEDOUT: return {connect_problem::no_answer, {}};
    default: return {connect_problem::unreachable, std::strerror(code)};
  }
}

// 0, or the errno of a failed attempt to connect.
int connect_to(const addrinfo& address, monotonic_time deadline, socket_handle& out) {
  socket_handle connecting(::socket(address.ai_family, address.ai_socktype, address.ai_protocol));
  if (connecting.number() < 0) return errno;
  ::fcntl(connecting.number(), F_SETFD, FD_CLOEXEC);
  ::fcntl(connecting.number(), F_SETFL, O_NONBLOCK);
  if (::connect(connecting.number(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return errno;
    if (!wait_for(connecting.number(), POLLOUT, deadline)) return ETIMEDOUT;
    int code = 0;
    socklen_t size = sizeof code;
    ::getsockopt(connecting.number(), SOL_SOCKET, SO_ERROR, &code, &size);
    if (code != 0) return code;
  }
  out = std::move(connecting);
  return 0;
}

std::string date_of(const ASN1_TIME* time) {
  tm when{};
  std::array<char, 32> text{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &when) != 1) return {};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &when);
  return text.data();
}

// The DNS names and IP addresses that the certificate is for, in the words of its owner.
std::string names_of(X509* certificate) {
  std::string names;
  const auto add = [&](const std::string& name) {
    if (names.size() < 200) names += (names.empty() ? "it names " : ", ") + name;
  };
  auto* const alternatives =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(alternatives, i);
    if (name->type == GEN_DNS) {
      const auto* const text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
      add(clean_text({text, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}, 100));
    } else if (name->type == GEN_IPADD) {
      const auto* const bytes = ASN1_STRING_get0_data(name->d.iPAddress);
      const int size = ASN1_STRING_length(name->d.iPAddress);
      std::array<char, INET6_ADDRSTRLEN> text{};
      if (size == 4 || size == 16) {
        ::inet_ntop(size == 4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
        add(text.data());
      }
    }
  }
  GENERAL_NAMES_free(alternatives);
  return names;
}

connect_failure certificate_failure(X509_STORE_CTX* chain) {
  const int code = X509_STORE_CTX_get_error(chain);
  X509* const leaf = X509_STORE_CTX_get0_cert(chain);
  const X509* const culprit = X509_STORE_CTX_get_current_cert(chain);  // of the chain, for a date
  switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED: return {connect_problem::wrong_ca, {}};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {connect_problem::wrong_name, leaf != nullptr ? names_of(leaf) : std::string()};
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {connect_problem::expired,
              culprit != nullptr ? "on " + date_of(X509_get0_notAfter(culprit)) : std::string()};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {connect_problem::not_yet_valid,
              culprit != nullptr ? "before " + date_of(X509_get0_notBefore(culprit)) : std::string()};
    default: return {connect_problem::bad_certificate, X509_verify_cert_error_string(code)};
  }
}

// Writes the first fault of the certificate where the session's application data points.
int note_certificate_failure(int ok, X509_STORE_CTX* chain) {
  const auto* const session =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const noted = static_cast<std::optional<connect_failure>*>(SSL_get_app_data(session));
  if (ok == 0 && !*noted) *noted = certificate_failure(chain);
  return ok;
}

// Sets `out` to a session that has shaken hands, or tells why there is none.
std::optional<connect_failure> shake_hands(const broker_address& server, const std::string& ca_path,
                                           int socket, monotonic_time deadline, tls_session& out) {
  const tls_context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return connect_failure{connect_problem::other, "out of memory"};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, note_certificate_failure);
  const int loaded = ca_path.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                     : SSL_CTX_load_verify_file(context.get(), ca_path.c_str());
  if (loaded != 1) return connect_failure{connect_problem::ca_unusable, ca_path};
  tls_session session(SSL_new(context.get()));
  if (!session) return connect_failure{connect_problem::other, "out of memory"};
  auto* const wanted = SSL_get0_param(session.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, server.host.c_str()) != 1) {
    SSL_set1_host(session.get(), server.host.c_str());
    SSL_set_tlsext_host_name(session.get(), server.host.c_str());
  }
  std::optional<connect_failure> noted;
  SSL_set_app_data(session.get(), &noted);
  SSL_set_fd(session.get(), socket);
  while (true) {
    const int done = SSL_connect(session.get());
    if (done == 1) {
      SSL_set_app_data(session.get(), nullptr);
      out = std::move(session);
      return std::nullopt;
    }
    const int wants = SSL_get_error(session.get(), done);
    if (wants == SSL_ERROR_WANT_READ || wants == SSL_ERROR_WANT_WRITE) {
      if (wait_for(socket, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) continue;
      return connect_failure{connect_problem::not_tls, "the handshake got no answer"};
    }
    return noted.value_or(connect_failure{connect_problem::not_tls, {}});
  }
}

tl::expected<socket_handle, connect_failure> connect_to_any(const broker_address& server,
                                                            monotonic_time deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code =
          ::getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &hints, &found);
      code != 0) {
    return tl::unexpected(connect_failure{connect_problem::name_unknown, ::gai_strerror(code)});
  }
  const resolved addresses(found);
  socket_handle connected(-1);
  int code = EADDRNOTAVAIL;
  for (const addrinfo* one = addresses.get(); one != nullptr && code != 0; one = one->ai_next) {
    const int failed = connect_to(*one, deadline, connected);
    // Of several addresses the one that is refused says more than one that this machine cannot use.
    if (code != ECONNREFUSED || failed == 0) code = failed;
  }
  if (code != 0) return tl::unexpected(failure_of_errno(code));
  return connected;
}

}  // namespace

struct tls_stream::state {
  socket_handle socket;
  tls_session session;  // null for a plain connection

  // Waits for what OpenSSL wants after `done`; false when it wants nothing more, or too late.
  bool can_go_on(int done, monotonic_time deadline) const {
    const int wants = SSL_get_error(session.get(), done);
    if (wants == SSL_ERROR_WANT_READ) return wait_for(socket.number(), POLLIN, deadline);
    if (wants == SSL_ERROR_WANT_WRITE) return wait_for(socket.number(), POLLOUT, deadline);
    return false;
  }
};

tls_stream::tls_stream(std::unique_ptr<state> opened) : state_(std::move(opened)) {}
tls_stream::~tls_stream() = default;
tls_stream::tls_stream(tls_stream&&) noexcept = default;

tl::expected<tls_stream, connect_failure> tls_stream::open(const broker_address& server,
                                                           const std::string& ca_path,
                                                           monotonic_time deadline) {
  auto socket = connect_to_any(server, deadline);
  if (!socket) return tl::unexpected(socket.error());
  tls_session session;
  if (auto failed = shake_hands(server, ca_path, socket->number(), deadline, session)) {
    return tl::unexpected(*std::move(failed));
  }
  return tls_stream(std::make_unique<state>(state{*std::move(socket), std::move(session)}));
}

tl::expected<tls_stream, connect_failure> tls_stream::open_plain(const broker_address& server,
                                                                 monotonic_time deadline) {
  auto socket = connect_to_any(server, deadline);
  if (!socket) return tl::unexpected(socket.error());
  return tls_stream(std::make_unique<state>(state{*std::move(socket), nullptr}));
}

bool tls_stream::write(std::string_view text, monotonic_time deadline) {
  while (!text.empty()) {
    std::size_t sent = 0;
    if (state_->session) {
      const int done = SSL_write_ex(state_->session.get(), text.data(), text.size(), &sent);
      if (done != 1 && !state_->can_go_on(done, deadline)) return false;
    } else {
      const auto done = ::send(state_->socket.number(), text.data(), text.size(), MSG_NOSIGNAL);
      if (done < 0 && (errno != EAGAIN || !wait_for(state_->socket.number(), POLLOUT, deadline)))
        return false;
      sent = done < 0 ? 0 : static_cast<std::size_t>(done);
    }
    text.remove_prefix(sent);
  }
  return true;
}

std::optional<std::string> tls_stream::read_to_end(std::size_t max_bytes, monotonic_time deadline) {
  std::string text;
  std::array<char, 4096> block;
  while (text.size() <= max_bytes) {
    std::size_t got = 0;
    if (state_->session) {
      const int done = SSL_read_ex(state_->session.get(), block.data(), block.size(), &got);
      if (done != 1) {
        if (SSL_get_error(state_->session.get(), done) == SSL_ERROR_ZERO_RETURN) return text;
        if (!state_->can_go_on(done, deadline)) return std::nullopt;
      }
    } else {
      const auto done = ::recv(state_->socket.number(), block.data(), block.size(), 0);
      if (done == 0) return text;
      if (done < 0 && (errno != EAGAIN || !wait_for(state_->socket.number(), POLLIN, deadline))) {
        return std::nullopt;
      }
      got = done < 0 ? 0 : static_cast<std::size_t>(done);
    }
    text.append(block.data(), got);
  }
  return std::nullopt;
}

}  // namespace atlas::agent
