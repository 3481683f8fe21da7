#include "web/http_session.hpp"

#include "web/forwarded.hpp"
#include "web/http_request.hpp"
#include "web/live_session.hpp"
#include "web/problem.hpp"
#include "web/router.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <utility>

#include <boost/asio/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <spdlog/spdlog.h>

namespace atlas::web {

namespace {

namespace http = beast::http;

constexpr std::size_t read_bytes = 4096;
// A large page to a slow browser takes longer than its request.
constexpr int response_timeouts = 3;
constexpr std::chrono::seconds handler_timeout{30};

enum class next_step { another_request, linger, close };

// Reads what has come, at least one byte.
task<error_code> fill(connection& on) {
  const auto room = on.input.max_size() - on.input.size();
  if (room == 0) {
    co_return error_code(http::error::buffer_overflow);
  }
  const auto space = on.input.prepare(std::min(room, read_bytes));
  error_code failed;
  auto token = asio::redirect_error(use_task, failed);
  const std::size_t size = co_await on.stream.async_read_some(space, token);
  on.input.commit(size);
  if (on.where->stopped) {
    failed = asio::error::operation_aborted;
  }
  co_return failed;
}

enum class goal { header, whole };

task<error_code> read_until(connection& on, request_parser& parser, goal wanted) {
  for (;;) {
    if (wanted == goal::header ? parser.is_header_done() : parser.is_done()) {
      co_return error_code{};
    }
    error_code failed = http::error::need_more;
    if (on.input.size() > 0) {
      on.input.consume(parser.put(on.input.data(), failed));
    }
    if (failed == http::error::need_more) {
      failed = co_await fill(on);
    }
    if (failed) {
      co_return failed;
    }
  }
}

task<bool> send(connection& on, const response& answer, method asked_by, bool keep_alive) {
  ++on.where->counters.requests;
  const head_options options{keep_alive, on.encrypted, on.where->content_security_policy};
  const std::string head = response_head(answer, options);
  const bool with_body = asked_by != method::head && answer.status != 204 && answer.status != 304;
  const std::string_view body = with_body ? answer.body() : std::string_view{};
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
  on.begin_waiting();
  on.expires_after(response_timeouts * on.where->options.request_timeout);
  error_code failed;
  auto token = asio::redirect_error(use_task, failed);
  co_await asio::async_write(on.stream, parts, token);
  on.end_waiting();
  co_return !failed;
}

// Tells the client that nothing more comes and reads what it may still send: closing a socket with unread
// input would reset the connection and take the response with it.
task<void> linger(connection& on) {
  constexpr std::chrono::seconds patience{1};
  constexpr std::size_t most = 256 * 1024;
  on.begin_waiting();
  on.expires_after(patience);
  error_code failed;
  auto token = asio::redirect_error(use_task, failed);
  co_await on.stream.async_end_output(token);
  if (on.stream.has_tls()) {
    co_return;  // the goodbye came back
  }
  on.input.clear();
  for (std::size_t total = 0; !failed && total < most;) {
    const auto space = on.input.prepare(std::min(on.input.max_size(), read_bytes));
    total += co_await on.stream.async_read_some(space, token);
  }
}

// Runs the handler and waits for its response.
task<response> answer(connection& on, const route& to, const request& asked) {
  auto pending = std::make_shared<pending_reply>(on.stream.get_executor());
  on.reply = pending;
  const respond done = [pending](response given) {
    if (!pending->value) {
      pending->value = std::move(given);
      pending->wake.cancel();
    }
  };
  try {
    to.run(*on.where, asked, done);
  } catch (const std::exception& failed) {
    spdlog::error("{} {}: {}", to_string(to.verb), to.pattern, failed.what());
    done(problem(500, "the server failed to answer; its log says why"));
  }
  if (!pending->value) {
    on.expires_after(handler_timeout + handler_timeout);
    pending->wake.expires_after(handler_timeout);
    error_code woken;
    auto token = asio::redirect_error(use_task, woken);
    co_await pending->wake.async_wait(token);
  }
  on.reply.reset();
  if (!pending->value) {
    pending->value = problem(504, "the answer took too long");
  }
  co_return std::move(*pending->value);
}

// After 100-continue a client sends the body that it announced.
task<error_code> read_body(connection& on, request_parser& parser) {
  if (parser.get().version() >= 11 && parser.get().find(http::field::expect) != parser.get().end()) {
    static constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto bytes = asio::buffer(interim);
    error_code failed;
    auto token = asio::redirect_error(use_task, failed);
    co_await asio::async_write(on.stream, bytes, token);
    if (failed) {
      co_return failed;
    }
  }
  parser.eager(true);
  co_return co_await read_until(on, parser, goal::whole);
}

// Answers input that cannot be read as a request; the connection cannot go on.
task<next_step> refuse_input(connection& on, error_code why) {
  const bool from_parser = why.category() == make_error_code(http::error::bad_target).category();
  if (!from_parser || why == http::error::end_of_stream || why == http::error::partial_message) {
    co_return next_step::close;
  }
  const response refusal = malformed(why);
  const bool sent = co_await send(on, refusal, method::get, false);
  co_return sent ? next_step::linger : next_step::close;
}

bool has_odd_expectation(const request_parser& parser) {
  const auto found = parser.get().find(http::field::expect);
  return found != parser.get().end() && !beast::iequals(found->value(), "100-continue");
}

// Who asks and how, through proxies that are trusted.
void find_origin(connection& on, const request_parser& parser, request& asked) {
  const auto told = forwarding_of(parser);
  auto found =
      find_asker(on.peer, on.stream.has_tls(), told.addresses, told.proto, on.where->options.trusted_proxies);
  asked.remote = std::move(found.remote);
  asked.encrypted = found.encrypted;
  on.encrypted = found.encrypted;
}

task<next_step> finish(connection& on, const response& given, method verb, bool keep_alive) {
  const bool sent = co_await send(on, given, verb, keep_alive);
  if (!sent) {
    co_return next_step::close;
  }
  co_return keep_alive ? next_step::another_request : next_step::linger;
}

task<next_step> serve_request(const std::shared_ptr<connection>& shared) {
  auto& on = *shared;
  const auto& options = on.where->options;
  on.begin_waiting();
  on.expires_after(options.request_timeout);
  if (on.input.size() == 0) {
    on.input.shrink_to_fit();
    const error_code idle = co_await fill(on);
    if (idle) {
      co_return next_step::close;
    }
    on.expires_after(options.request_timeout);
  }
  request_parser parser;
  parser.header_limit(static_cast<std::uint32_t>(options.max_header_bytes));
  parser.body_limit(options.max_body_bytes);
  error_code failed = co_await read_until(on, parser, goal::header);
  if (failed) {
    co_return co_await refuse_input(on, failed);
  }
  // Unread body bytes of a refused request would be taken for the next request.
  const bool may_continue = parser.keep_alive() && parser.is_done();
  auto asked = request_of(parser);
  if (!asked) {
    co_return co_await finish(on, asked.error(), method::get, false);
  }
  find_origin(on, parser, *asked);
  admission admitted = admit(*on.where, *asked);
  if (admitted.to == nullptr) {
    co_return co_await finish(on, admitted.refusal, asked->verb, may_continue);
  }
  if (has_odd_expectation(parser)) {
    const response refusal = problem(417, "the only expectation known here is 100-continue");
    co_return co_await finish(on, refusal, asked->verb, false);
  }
  if (admitted.to->upgrades && beast::websocket::is_upgrade(parser.get())) {
    on.end_waiting();
    if (!on.where->has_room_for_live() || !on.become_live()) {
      const response refusal =
          problem(503, "too many live connections, or too many from this address: try again later");
      co_return co_await finish(on, refusal, asked->verb, false);
    }
    auto upgrade = parser.release();
    auto session = std::make_shared<live_session>(shared, std::move(upgrade), *asked);
    co_await session->run();
    co_return next_step::close;
  }
  if (!parser.is_done()) {
    failed = co_await read_body(on, parser);
    if (failed) {
      co_return co_await refuse_input(on, failed);
    }
    asked->body = std::move(parser.get().body());
  }
  on.end_waiting();
  const response given = co_await answer(on, *admitted.to, *asked);
  co_return co_await finish(on, given, asked->verb, parser.keep_alive() && !on.where->stopped);
}

task<bool> shake_hands(connection& on) {
  if (!on.stream.has_tls()) {
    co_return true;
  }
  on.begin_waiting();
  on.expires_after(on.where->options.request_timeout);
  error_code failed;
  auto token = asio::redirect_error(use_task, failed);
  co_await on.stream.async_handshake(token);
  co_return !failed && !on.where->stopped;
}

}  // namespace

task<void> serve_connection(std::shared_ptr<connection> on) {
  try {
    const bool ready = co_await shake_hands(*on);
    auto step = ready ? next_step::another_request : next_step::close;
    while (step == next_step::another_request) {
      step = co_await serve_request(on);
    }
    if (step == next_step::linger) {
      co_await linger(*on);
    }
  } catch (const std::exception& failed) {
    spdlog::error("a connection was dropped: {}", failed.what());
  }
  on->close();
}

}  // namespace atlas::web
