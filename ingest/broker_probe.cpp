#include "ingest/broker_probe.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::ingest {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds patience{5};

// One probe; keeps itself alive by its handlers.
class probe : public std::enable_shared_from_this<probe> {
 public:
  probe(asio::io_context& io, broker_address broker, std::filesystem::path ca_file,
        std::function<void(std::string)> done)
      : broker_(std::move(broker)),
        ca_file_(std::move(ca_file)),
        done_(std::move(done)),
        context_(asio::ssl::context::tls_client),
        stream_(io, context_),
        resolver_(io),
        deadline_(io) {}

  void start() {
    if (!load_ca()) {
      return;
    }
    deadline_.expires_after(patience);
    deadline_.async_wait([self = shared_from_this()](const error_code& stopped) {
      if (!stopped) {
        self->finish("it does not answer within 5 seconds; is a firewall in between?");
      }
    });
    resolver_.async_resolve(
        broker_.host, std::to_string(broker_.port),
        [self = shared_from_this()](const error_code& failed, const tcp::resolver::results_type& found) {
          self->resolved(failed, found);
        });
  }

 private:
  bool load_ca() {
    error_code failed;
    context_.load_verify_file(ca_file_.string(), failed);
    if (failed) {
      std::error_code missing;
      finish(std::filesystem::exists(ca_file_, missing)
                 ? "the CA file " + ca_file_.string() + " is not a readable PEM certificate"
                 : "the CA file " + ca_file_.string() +
                       " is not there; 'atlas-fleet broker render' makes it, broker.ca_file names another");
      return false;
    }
    // One stream, made before its context was complete: take the CA over.
    SSL_set1_verify_cert_store(stream_.native_handle(), SSL_CTX_get_cert_store(context_.native_handle()));
    SSL_set_tlsext_host_name(stream_.native_handle(), broker_.host.c_str());
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(
        [self = this](bool good, asio::ssl::verify_context& chain) { return self->verify(good, chain); });
    return true;
  }

  bool verify(bool good, asio::ssl::verify_context& chain) {
    if (!good) {
      fault_ = X509_STORE_CTX_get_error(chain.native_handle());
      return false;
    }
    wrong_name_ = !asio::ssl::host_name_verification(broker_.host)(good, chain);
    return !wrong_name_;
  }

  void resolved(const error_code& failed, const tcp::resolver::results_type& found) {
    if (failed) {
      finish("the name " + broker_.host + " cannot be resolved (" + failed.message() + ")");
      return;
    }
    asio::async_connect(stream_.next_layer(), found,
                        [self = shared_from_this()](const error_code& refused, const tcp::endpoint&) {
                          self->connected(refused);
                        });
  }

  void connected(const error_code& failed) {
    if (failed) {
      finish("nothing listens there (" + failed.message() +
             "); start the broker with 'atlas-fleet broker run' or 'atlas-fleet up'");
      return;
    }
    stream_.async_handshake(
        asio::ssl::stream_base::client,
        [self = shared_from_this()](const error_code& refused) { self->shaken(refused); });
  }

  void shaken(const error_code& failed) {
    if (!failed) {
      finish({});
      return;
    }
    if (wrong_name_) {
      finish("its certificate is not for the name " + broker_.host +
             "; use a name that it bears in broker.url, or render the broker's certificate anew");
    } else if (fault_ == X509_V_ERR_CERT_HAS_EXPIRED || fault_ == X509_V_ERR_CERT_NOT_YET_VALID) {
      finish("its certificate is out of date (" + std::string(X509_verify_cert_error_string(fault_)) +
             "); render a new one with 'atlas-fleet broker render' or set this machine's clock");
    } else if (fault_ != X509_V_OK) {
      finish("its certificate is not signed by the CA in " + ca_file_.string() + " (" +
             X509_verify_cert_error_string(fault_) + ")");
    } else {
      finish("the TLS handshake failed (" + failed.message() + ")");
    }
  }

  // The first one counts.
  void finish(std::string text) {
    if (auto done = std::exchange(done_, nullptr)) {
      deadline_.cancel();
      resolver_.cancel();
      error_code ignored;
      stream_.next_layer().close(ignored);
      done(std::move(text));
    }
  }

  const broker_address broker_;
  const std::filesystem::path ca_file_;
  std::function<void(std::string)> done_;
  asio::ssl::context context_;
  asio::ssl::stream<tcp::socket> stream_;
  tcp::resolver resolver_;
  asio::steady_timer deadline_;
  int fault_ = X509_V_OK;
  bool wrong_name_ = false;
};

}  // namespace

void probe_broker(asio::io_context& io, const broker_address& broker, const std::filesystem::path& ca_file,
                  std::function<void(std::string)> done) {
  std::make_shared<probe>(io, broker, ca_file, std::move(done))->start();
}

}  // namespace atlas::ingest
