#pragma once

#include "web/connection.hpp"
#include "web/focus_watch.hpp"
#include "web/live_source.hpp"
#include "web/request.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace atlas::web {

using upgrade_request = beast::http::request<beast::http::string_body>;

// One browser's WebSocket. A coroutine reads; writing goes by callbacks, one frame at a time, because that is
// the hot path: a delta goes to every browser.
class live_session final : public live_reader, public std::enable_shared_from_this<live_session> {
 public:
  live_session(std::shared_ptr<connection> on, upgrade_request upgrade, const request& asked);
  ~live_session() override;

  // Accepts the upgrade and serves it to its end.
  task<void> run();
  void wake() override { write_next(); }

 private:
  using close_reason = beast::websocket::close_reason;
  using clock = std::chrono::steady_clock;

  void set_up();
  void write_next();
  void on_written(error_code failed);
  // Why the connection must end, or nothing.
  std::optional<close_reason> take_message();
  bool spend_message();
  void check_later();
  void check();
  // Any frame has come from the browser.
  void on_sign_of_life();
  void follow_focus();
  void ping_later();
  void ping();
  void leave();

  std::shared_ptr<connection> on_;
  live_source& source_;
  upgrade_request upgrade_;
  credential proof_;
  std::optional<std::uint64_t> resume_after_;
  beast::websocket::stream<any_stream&, false> socket_;
  beast::flat_buffer message_;
  live_frame writing_;
  clock::time_point write_began_;
  clock::time_point proof_due_;
  focus_watch focus_;
  bool pinging_ = false;  // a ping is being written
  bool waits_to_ping_ = false;
  asio::basic_waitable_timer<clock, asio::wait_traits<clock>, loop_executor> ping_timer_;
  asio::basic_waitable_timer<clock, asio::wait_traits<clock>, loop_executor> check_timer_;
  double message_tokens_;
  clock::time_point tokens_at_;
  bool over_ = false;
};

}  // namespace atlas::web
