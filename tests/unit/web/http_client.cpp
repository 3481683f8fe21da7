#include "tests/unit/web/http_client.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace atlas::web::testing {

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

http_answer parse_head(std::string_view head) {
  http_answer answer;
  auto line_end = head.find("\r\n");
  const auto status = head.substr(0, line_end);
  if (status.size() >= 12 && status.starts_with("HTTP/1.1 ")) {
    answer.status = std::atoi(std::string(status.substr(9, 3)).c_str());
  }
  while (line_end != std::string_view::npos) {
    head.remove_prefix(line_end + 2);
    line_end = head.find("\r\n");
    const auto line = head.substr(0, line_end);
    if (const auto colon = line.find(": "); colon != std::string_view::npos) {
      answer.headers.emplace(lower(std::string(line.substr(0, colon))), std::string(line.substr(colon + 2)));
    }
  }
  return answer;
}

}  // namespace

struct http_client::transport {
  explicit transport(int socket) : fd(socket) {}
  ~transport() {
    SSL_free(tls);
    SSL_CTX_free(context);
    if (fd >= 0) {
      ::close(fd);
    }
  }
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  bool start_tls() {
    context = SSL_CTX_new(TLS_client_method());
    tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    return SSL_connect(tls) == 1;
  }

  int fd;
  SSL_CTX* context = nullptr;
  SSL* tls = nullptr;
};

std::string http_answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

http_client::http_client(std::uint16_t port, security how)
    : transport_(std::make_unique<transport>(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval wait{patience.count(), 0};
  ::setsockopt(transport_->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(transport_->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  const bool open = ::connect(transport_->fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    (how == security::plain || transport_->start_tls());
  if (!open) {
    transport_.reset();
  }
}

http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;
http_client& http_client::operator=(http_client&&) noexcept = default;

bool http_client::connected() const { return transport_ != nullptr; }

void http_client::set_receive_buffer(int bytes) {
  ::setsockopt(transport_->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool http_client::send(std::string_view bytes) {
  while (transport_ && !bytes.empty()) {
    const auto sent =
        transport_->tls != nullptr
            ? SSL_write(transport_->tls, bytes.data(), static_cast<int>(bytes.size()))
            : static_cast<int>(::send(transport_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return transport_ != nullptr;
}

bool http_client::fill() {
  char bytes[16384];
  if (!transport_) {
    return false;
  }
  const auto size = transport_->tls != nullptr
                        ? SSL_read(transport_->tls, bytes, sizeof bytes)
                        : static_cast<int>(::recv(transport_->fd, bytes, sizeof bytes, 0));
  if (size <= 0) {
    return false;
  }
  input_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::optional<std::string> http_client::read_exactly(std::size_t size) {
  while (input_.size() < size) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  auto bytes = input_.substr(0, size);
  input_.erase(0, size);
  return bytes;
}

std::optional<http_answer> http_client::read_answer(bool head) {
  std::size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  auto answer = parse_head(std::string_view(input_).substr(0, end + 2));
  input_.erase(0, end + 4);
  const auto length = answer.header("content-length");
  if (!head && !length.empty()) {
    auto body = read_exactly(std::strtoul(length.c_str(), nullptr, 10));
    if (!body) {
      return std::nullopt;
    }
    answer.body = std::move(*body);
  }
  return answer;
}

bool http_client::is_closed_by_server() {
  errno = 0;  // the end of a stream leaves it as it is
  while (fill()) {
    input_.clear();
  }
  // A timeout is not the end of the connection.
  return !transport_ || !(errno == EAGAIN || errno == EWOULDBLOCK);
}

std::string request_text(std::string_view method, std::string_view target, const header_list& headers,
                         std::string_view body) {
  auto text = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n", method, target);
  for (const auto& [name, value] : headers) {
    text += fmt::format("{}: {}\r\n", name, value);
  }
  if (!body.empty()) {
    text += fmt::format("Content-Length: {}\r\n", body.size());
  }
  return text + "\r\n" + std::string(body);
}

http_answer fetch(std::uint16_t port, std::string_view method, std::string_view target,
                  const header_list& headers, std::string_view body) {
  http_client client(port);
  if (!client.send(request_text(method, target, headers, body))) {
    return {};
  }
  return client.read_answer(method == "HEAD").value_or(http_answer{});
}

live_client::live_client(std::uint16_t port, http_client::security how) : client_(port, how) {}

http_answer live_client::open(std::string_view target, header_list headers) {
  headers.emplace_back("Connection", "Upgrade");
  headers.emplace_back("Upgrade", "websocket");
  headers.emplace_back("Sec-WebSocket-Version", "13");
  headers.emplace_back("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  client_.send(request_text("GET", target, headers));
  return client_.read_answer().value_or(http_answer{});
}

std::optional<std::string> live_client::next_frame() {
  for (;;) {
    const auto head = client_.read_exactly(2);
    if (!head) {
      return std::nullopt;
    }
    const auto opcode = static_cast<unsigned char>((*head)[0]) & 0x0F;
    std::size_t size = static_cast<unsigned char>((*head)[1]) & 0x7F;
    if (size >= 126) {
      const auto more = client_.read_exactly(size == 126 ? 2 : 8);
      if (!more) {
        return std::nullopt;
      }
      size = 0;
      for (const char c : *more) {
        size = size << 8 | static_cast<unsigned char>(c);
      }
    }
    auto payload = client_.read_exactly(size);
    if (!payload) {
      return std::nullopt;
    }
    if (opcode == 0x1) {
      return payload;
    }
    if (opcode == 0x9) {
      send_frame(0xA, *payload);
    } else if (opcode == 0x8) {
      if (payload->size() >= 2) {
        close_code_ = static_cast<std::uint16_t>(static_cast<unsigned char>((*payload)[0]) << 8 |
                                                 static_cast<unsigned char>((*payload)[1]));
      }
      send_frame(0x8, payload->substr(0, 2));
      return std::nullopt;
    }
  }
}

void live_client::send_frame(std::uint8_t opcode, std::string_view payload) {
  std::string frame{static_cast<char>(0x80 | opcode)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xFF);
  }
  const std::string mask = "\x11\x22\x33\x44";
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  client_.send(frame);
}

}  // namespace atlas::web::testing
