#include "web/live_session.hpp"

#include "web/live_feed.hpp"
#include "web/live_message.hpp"
#include "web/router.hpp"
#include "web/view_feed.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace atlas::web {

namespace {

namespace websocket = beast::websocket;

// What a browser may say: a burst of clicks, then a few a second.
constexpr double message_burst = 20;
constexpr double messages_per_second = 10;
constexpr std::chrono::seconds longest_check{5};
// Application code of RFC 6455 section 7.4.2: "log in again".
constexpr std::uint16_t session_ended = 4401;

websocket::close_reason reason(websocket::close_code code, std::string_view text) {
  return {code, beast::string_view(text.data(), text.size())};
}

std::optional<std::uint64_t> resume_parameter(const request& asked) {
  const auto text = asked.query().find("resume");
  std::uint64_t seq = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), seq).ec != std::errc{}) {
    return std::nullopt;
  }
  return seq;
}

// `?feed=view`: what this browser shows; anything else: the whole fleet.
live_source& source_for(const site& where, const request& asked) {
  if (asked.query().find("feed") == "view") {
    return *where.views;
  }
  return *where.feed;
}

}  // namespace

live_session::live_session(std::shared_ptr<connection> on, upgrade_request upgrade, const request& asked)
    : on_(std::move(on)),
      source_(source_for(*on_->where, asked)),
      upgrade_(std::move(upgrade)),
      proof_(asked.proof),
      resume_after_(resume_parameter(asked)),
      socket_(on_->stream),
      ping_timer_(on_->stream.get_executor()),
      check_timer_(on_->stream.get_executor()),
      message_tokens_(message_burst),
      tokens_at_(clock::now()) {
  ++on_->where->counters.live_clients;
}

live_session::~live_session() {
  leave();
  --on_->where->counters.live_clients;
}

void live_session::leave() {
  over_ = true;
  check_timer_.cancel();
  ping_timer_.cancel();
  source_.leave(*this);
}

void live_session::set_up() {
  websocket::stream_base::timeout limits{};
  limits.handshake_timeout = on_->where->options.request_timeout;
  limits.idle_timeout = std::chrono::seconds(30);  // a ping after half of it
  limits.keep_alive_pings = true;
  socket_.set_option(limits);
  socket_.read_message_max(max_live_message_bytes);
  // A frame is sent from the shared buffer as it is.
  socket_.auto_fragment(false);
  socket_.text(true);
  socket_.control_callback([this](websocket::frame_type, beast::string_view) { on_sign_of_life(); });
  on_->input.clear();
  on_->input.shrink_to_fit();
  on_->stream.expires_never();
}

task<void> live_session::run() {
  set_up();
  error_code failed;
  auto token = asio::redirect_error(use_task, failed);
  co_await socket_.async_accept(upgrade_, token);
  upgrade_ = {};
  if (failed || on_->where->stopped) {
    co_return;
  }
  proof_due_ = clock::now() + on_->where->options.session_check;
  source_.join(*this, resume_after_);
  write_next();
  check_later();
  for (;;) {
    co_await socket_.async_read(message_, token);
    if (failed || on_->where->stopped) {
      break;
    }
    const auto trouble = take_message();
    message_.clear();
    if (trouble) {
      co_await socket_.async_close(*trouble, token);
      break;
    }
  }
  leave();
  on_->close();
}

void live_session::write_next() {
  if (writing_ || over_) {
    return;
  }
  writing_ = source_.take(*this);
  if (!writing_) {
    return;
  }
  write_began_ = clock::now();
  socket_.async_write(
      asio::buffer(*writing_),
      [self = shared_from_this()](const error_code& failed, std::size_t) { self->on_written(failed); });
}

void live_session::on_written(error_code failed) {
  writing_.reset();
  if (failed) {
    leave();
    return;
  }
  ++on_->where->counters.live_frames_sent;
  write_next();
}

bool live_session::spend_message() {
  const auto now = clock::now();
  const double passed = std::chrono::duration<double>(now - tokens_at_).count();
  message_tokens_ = std::min(message_burst, message_tokens_ + passed * messages_per_second);
  tokens_at_ = now;
  if (message_tokens_ < 1) {
    return false;
  }
  message_tokens_ -= 1;
  return true;
}

std::optional<live_session::close_reason> live_session::take_message() {
  on_sign_of_life();
  if (!spend_message()) {
    return reason(websocket::close_code::policy_error, "too many messages");
  }
  if (!socket_.got_text()) {
    return reason(websocket::close_code::unknown_data, "text frames only");
  }
  const auto data = message_.data();
  auto message = parse_live_message({static_cast<const char*>(data.data()), data.size()});
  if (!message) {
    return reason(websocket::close_code::policy_error, "the message is not as the protocol has it");
  }
  if (auto* focus = std::get_if<focus_message>(&*message)) {
    focus_.look_at(std::move(focus->host), clock::now());
    follow_focus();
    ping_later();
  } else if (const auto* resume = std::get_if<resume_message>(&*message)) {
    source_.resume(*this, resume->seq, resume->have);
  } else if (auto* view = std::get_if<view_request>(&*message)) {
    source_.view(*this, std::move(*view));
  }
  write_next();
  return std::nullopt;
}

void live_session::on_sign_of_life() {
  focus_.heard(clock::now());
  follow_focus();
}

void live_session::follow_focus() {
  if (!over_) {
    source_.focus(*this, focus_.focus(clock::now()));
    write_next();
  }
}

void live_session::ping_later() {
  if (!focus_.is_looking() || over_ || std::exchange(waits_to_ping_, true)) {
    return;
  }
  ping_timer_.expires_after(focus_watch::period);
  ping_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    self->waits_to_ping_ = false;
    if (!cancelled && !self->over_) {
      self->ping();
    }
  });
}

void live_session::ping() {
  follow_focus();
  if (focus_.is_looking() && !pinging_) {
    pinging_ = true;
    socket_.async_ping({}, [self = shared_from_this()](const error_code&) { self->pinging_ = false; });
  }
  ping_later();
}

void live_session::check_later() {
  const auto& options = on_->where->options;
  check_timer_.expires_after(
      std::min({milliseconds(longest_check), options.session_check, options.live_write_timeout}));
  check_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && !self->over_) {
      self->check();
    }
  });
}

void live_session::check() {
  const auto now = clock::now();
  const auto& options = on_->where->options;
  if (writing_ && now - write_began_ > options.live_write_timeout) {
    leave();
    on_->close();
    return;
  }
  if (now >= proof_due_) {
    proof_due_ = now + options.session_check;
    if (!find_principal(on_->where->auth, proof_)) {
      leave();
      const auto goodbye = reason(static_cast<websocket::close_code>(session_ended), "the session has ended");
      socket_.async_close(goodbye, [self = shared_from_this()](const error_code&) {});
      return;
    }
  }
  check_later();
}

}  // namespace atlas::web
