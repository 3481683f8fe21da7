#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web::testing {

struct http_answer {
  int status = 0;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;  // "" when absent
};

// A blocking client on a bare socket: it can send what no HTTP library would, and stop in the middle.
class http_client {
 public:
  enum class security { plain, tls };

  explicit http_client(std::uint16_t port, security how = security::plain);
  ~http_client();
  http_client(http_client&&) noexcept;
  http_client& operator=(http_client&&) noexcept;

  bool connected() const;
  // A small one keeps the kernel from taking in much for a client that does not read.
  void set_receive_buffer(int bytes);
  bool send(std::string_view bytes);
  // The next response; nothing when the connection ended before it was whole. `head` responses have no body.
  std::optional<http_answer> read_answer(bool head = false);
  // Exactly this many bytes; nothing at the end of the connection or after `patience`.
  std::optional<std::string> read_exactly(std::size_t size);
  // Whether the server closes within `patience`; what it sends before that is thrown away.
  bool is_closed_by_server();

  static constexpr std::chrono::seconds patience{20};

 private:
  struct transport;
  bool fill();
  std::unique_ptr<transport> transport_;
  std::string input_;
};

using header_list = std::vector<std::pair<std::string, std::string>>;

std::string request_text(std::string_view method, std::string_view target, const header_list& headers = {},
                         std::string_view body = {});
// One request on a connection of its own.
http_answer fetch(std::uint16_t port, std::string_view method, std::string_view target,
                  const header_list& headers = {}, std::string_view body = {});

// A WebSocket client by the letter of RFC 6455, so that server and test do not share their mistakes.
class live_client {
 public:
  explicit live_client(std::uint16_t port, http_client::security how = http_client::security::plain);

  // The answer to the upgrade request; 101 when it is open.
  http_answer open(std::string_view target, header_list headers = {});
  // The next text frame; nothing once the connection is closed, see close_code().
  std::optional<std::string> next_frame();
  void send_text(std::string_view text) { send_frame(0x1, text); }
  void send_frame(std::uint8_t opcode, std::string_view payload);
  std::optional<std::uint16_t> close_code() const { return close_code_; }
  http_client& connection() { return client_; }

 private:
  http_client client_;
  std::optional<std::uint16_t> close_code_;
};

}  // namespace atlas::web::testing
