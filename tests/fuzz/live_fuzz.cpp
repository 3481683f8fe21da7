// Bytes that a browser sends after the WebSocket handshake, with the limits of a live session, and the
// messages in them.
#include "tests/fuzz/fuzz.hpp"
#include "web/live_message.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

using namespace atlas;

namespace beast = boost::beast;

namespace {

using upgrade = beast::http::request<beast::http::string_body>;

upgrade make_upgrade() {
  upgrade asked(beast::http::verb::get, "/api/v1/live", 11);
  asked.set(beast::http::field::host, "localhost");
  asked.set(beast::http::field::connection, "Upgrade");
  asked.set(beast::http::field::upgrade, "websocket");
  asked.set(beast::http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
  asked.set(beast::http::field::sec_websocket_version, "13");
  asked.set(beast::http::field::sec_websocket_extensions, "permessage-deflate");
  return asked;
}

void take(std::string_view text) {
  const auto message = web::parse_live_message(text);
  if (message) {
    if (const auto* focus = std::get_if<web::focus_message>(&*message)) {
      fuzz::require(!focus->host || host_id::is_valid(focus->host->text()));
    } else if (const auto* view = std::get_if<web::view_request>(&*message)) {
      fuzz::require(view->count <= web::view_request::max_count);
      static const host_state nobody(*host_id::parse("web-1"));
      view->search.fits(nobody);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const upgrade asked = make_upgrade();
  take(fuzz::text_of(data, size));

  boost::asio::io_context io;
  beast::test::stream browser(io);
  beast::websocket::stream<beast::test::stream> server(io);
  server.next_layer().connect(browser);
  server.read_message_max(web::max_live_message_bytes);
  boost::system::error_code failed;
  server.accept(asked, failed);
  fuzz::require(!failed);
  server.next_layer().append({reinterpret_cast<const char*>(data), size});
  browser.close();
  beast::flat_buffer message;
  while (!failed) {
    server.read(message, failed);
    fuzz::require(message.size() <= web::max_live_message_bytes);
    if (!failed) {
      take({static_cast<const char*>(message.data().data()), message.size()});
      message.clear();
    }
  }
  return 0;
}
