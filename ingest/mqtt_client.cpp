#include "ingest/mqtt_client.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <MQTTAsync.h>
#include <boost/asio/post.hpp>

namespace atlas::ingest {

namespace {

constexpr int keep_alive_seconds = 15;
constexpr int connect_timeout_seconds = 5;
constexpr int disconnect_timeout_ms = 200;
// How long the broker keeps what arrives while this service is away.
constexpr int session_expiry_seconds = 7 * 24 * 3600;

// Suites with authenticated encryption exist in TLS 1.2 and later only, so that no older version can be
// agreed on, whatever this system's OpenSSL still allows. Paho has no other way to say so.
constexpr const char* cipher_suites = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";

}  // namespace

// Shared with events on their way to the loop, which may arrive after the client is gone.
struct mqtt_client::link : std::enable_shared_from_this<mqtt_client::link> {
  link(boost::asio::io_context& context, observer& to, message_handler handler)
      : io(context), events(&to), on_message(std::move(handler)) {}

  template <class Event>
  void post(Event event) {
    boost::asio::post(io, [self = shared_from_this(), event = std::move(event)]() mutable {
      if (self->events != nullptr) {
        event(*self->events);
      }
    });
  }

  boost::asio::io_context& io;
  observer* events;  // loop thread; nullptr once the client is gone
  const message_handler on_message;
};

// Run on Paho's threads, some of them with Paho's global lock held: they only post.
struct mqtt_client::callbacks {
  static link& at(void* context) { return *static_cast<link*>(context); }

  // A refused CONNECT bears its reason code in one of two places.
  static int reason_of(const MQTTAsync_failureData5* data) {
    if (data == nullptr) {
      return 0;
    }
    return data->reasonCode != MQTTREASONCODE_SUCCESS ? static_cast<int>(data->reasonCode)
                                                      : std::max(data->code, 0);
  }

  static void connected(void* context, MQTTAsync_successData5* data) {
    const bool present = data != nullptr && data->alt.connect.sessionPresent != 0;
    at(context).post([present](observer& to) { to.on_connected(present); });
  }
  static void connect_failed(void* context, MQTTAsync_failureData5* data) {
    std::string text = data != nullptr && data->message != nullptr ? data->message : "connection failed";
    at(context).post([reason = reason_of(data), text = std::move(text)](observer& to) {
      to.on_connect_failed(reason, text);
    });
  }
  static void connection_lost(void* context, char* cause) {
    std::string text = cause != nullptr ? cause : "the connection broke";
    at(context).post([text = std::move(text)](observer& to) { to.on_connection_lost(text); });
  }
  static void disconnected_by_broker(void* context, MQTTProperties*, MQTTReasonCodes reason) {
    const char* name = MQTTReasonCode_toString(reason);
    std::string text = "the broker closed it: " + std::string(name != nullptr ? name : "no reason given");
    at(context).post([text = std::move(text)](observer& to) { to.on_connection_lost(text); });
  }
  static void subscribed(void* context, MQTTAsync_successData5* data) {
    std::vector<int> reasons;
    if (data->alt.sub.reasonCodeCount > 1) {
      reasons.assign(data->alt.sub.reasonCodes, data->alt.sub.reasonCodes + data->alt.sub.reasonCodeCount);
    } else {
      reasons.push_back(static_cast<int>(data->reasonCode));
    }
    at(context).post([token = data->token, reasons = std::move(reasons)](observer& to) {
      to.on_subscribed(token, reasons);
    });
  }
  static void subscribe_failed(void* context, MQTTAsync_failureData5* data) {
    const int reason = std::max<int>(reason_of(data), MQTTREASONCODE_UNSPECIFIED_ERROR);
    at(context).post([token = data->token, reason](observer& to) { to.on_subscribed(token, {reason}); });
  }
  static void unsubscribed(void* context, MQTTAsync_successData5* data) {
    at(context).post([token = data->token](observer& to) { to.on_unsubscribed(token); });
  }
  static void unsubscribe_failed(void* context, MQTTAsync_failureData5* data) {
    at(context).post([token = data->token](observer& to) { to.on_unsubscribed(token); });
  }
  static void published(void* context, MQTTAsync_successData5* data) {
    at(context).post([token = data->token, reason = static_cast<int>(data->reasonCode)](observer& to) {
      to.on_published(token, reason);
    });
  }
  static void publish_failed(void* context, MQTTAsync_failureData5* data) {
    const int reason = data->reasonCode != MQTTREASONCODE_SUCCESS ? static_cast<int>(data->reasonCode) : -1;
    at(context).post([token = data->token, reason](observer& to) { to.on_published(token, reason); });
  }
  static void disconnected(void* context, MQTTAsync_successData5*) {
    at(context).post([](observer& to) { to.on_disconnected(); });
  }
  static void disconnect_failed(void* context, MQTTAsync_failureData5*) { disconnected(context, nullptr); }

  static std::string_view correlation_of(MQTTAsync_message& message) {
    if (message.properties.count == 0) {
      return {};
    }
    const auto* const found =
        MQTTProperties_getProperty(&message.properties, MQTTPROPERTY_CODE_CORRELATION_DATA);
    return found == nullptr || found->value.data.len <= 0
               ? std::string_view{}
               : std::string_view{found->value.data.data, static_cast<std::size_t>(found->value.data.len)};
  }

  static int message_arrived(void* context, char* topic, int topic_size, MQTTAsync_message* message) {
    const auto size = topic_size > 0 ? static_cast<std::size_t>(topic_size) : std::strlen(topic);
    const auto payload_size = static_cast<std::size_t>(std::max(message->payloadlen, 0));
    at(context).on_message({topic, size}, {static_cast<const char*>(message->payload), payload_size},
                           message->retained != 0, correlation_of(*message));
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
  }
};

mqtt_client::mqtt_client(boost::asio::io_context& io, const mqtt_options& options, observer& events,
                         message_handler on_message)
    : options_(options), link_(std::make_shared<link>(io, events, std::move(on_message))) {
  const std::string uri = "ssl://" + options_.broker.text();
  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
  const auto& client_id = options_.client_id.empty() ? options_.user : options_.client_id;
  const int created = MQTTAsync_createWithOptions(&handle_, uri.c_str(), client_id.c_str(),
                                                  MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
  if (created != MQTTASYNC_SUCCESS) {
    throw std::runtime_error("the MQTT library cannot be set up, code " + std::to_string(created));
  }
  MQTTAsync_setCallbacks(handle_, link_.get(), callbacks::connection_lost, callbacks::message_arrived,
                         nullptr);
  MQTTAsync_setDisconnected(handle_, link_.get(), callbacks::disconnected_by_broker);
}

mqtt_client::~mqtt_client() {
  MQTTAsync_destroy(&handle_);
  link_->events = nullptr;
}

bool mqtt_client::connect(const std::string& password) {
  const std::string ca_file = options_.ca_file.string();
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  tls.trustStore = ca_file.c_str();
  tls.disableDefaultTrustStore = 1;
  tls.enableServerCertAuth = 1;
  tls.verify = 1;  // the server's name
  tls.enabledCipherSuites = cipher_suites;

  MQTTProperties properties = MQTTProperties_initializer;
  MQTTProperty expiry{};
  expiry.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL;
  expiry.value.integer4 = options_.keeps_session ? session_expiry_seconds : 0;
  MQTTProperties_add(&properties, &expiry);

  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer5;
  connect.keepAliveInterval = keep_alive_seconds;
  connect.cleanstart = options_.keeps_session ? 0 : 1;
  connect.connectTimeout = connect_timeout_seconds;
  connect.connectProperties = &properties;
  connect.username = options_.user.c_str();
  connect.password = password.c_str();
  connect.ssl = &tls;
  connect.context = link_.get();
  connect.onSuccess5 = callbacks::connected;
  connect.onFailure5 = callbacks::connect_failed;
  const bool begun = MQTTAsync_connect(handle_, &connect) == MQTTASYNC_SUCCESS;
  MQTTProperties_free(&properties);
  return begun;
}

std::optional<int> mqtt_client::subscribe(const std::vector<subscription>& wanted) {
  std::vector<char*> filters;
  std::vector<int> qos;
  std::vector<MQTTSubscribe_options> options;
  for (const auto& one : wanted) {
    filters.push_back(const_cast<char*>(one.filter.c_str()));
    qos.push_back(one.qos);
    MQTTSubscribe_options chosen = MQTTSubscribe_options_initializer;
    chosen.noLocal = one.no_local ? 1 : 0;
    options.push_back(chosen);
  }
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = link_.get();
  response.onSuccess5 = callbacks::subscribed;
  response.onFailure5 = callbacks::subscribe_failed;
  response.subscribeOptions = options.front();
  response.subscribeOptionsCount = static_cast<int>(options.size());
  response.subscribeOptionsList = options.data();
  const int sent = MQTTAsync_subscribeMany(handle_, static_cast<int>(filters.size()), filters.data(),
                                           qos.data(), &response);
  return sent == MQTTASYNC_SUCCESS ? std::optional(response.token) : std::nullopt;
}

std::optional<int> mqtt_client::unsubscribe(const std::string& filter) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = link_.get();
  response.onSuccess5 = callbacks::unsubscribed;
  response.onFailure5 = callbacks::unsubscribe_failed;
  const int sent = MQTTAsync_unsubscribe(handle_, filter.c_str(), &response);
  return sent == MQTTASYNC_SUCCESS ? std::optional(response.token) : std::nullopt;
}

std::optional<int> mqtt_client::publish(const std::string& topic, std::string_view payload, bool retained) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = link_.get();
  response.onSuccess5 = callbacks::published;
  response.onFailure5 = callbacks::publish_failed;
  const int sent = MQTTAsync_send(handle_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                  retained ? 1 : 0, &response);
  return sent == MQTTASYNC_SUCCESS ? std::optional(response.token) : std::nullopt;
}

std::optional<int> mqtt_client::request(const std::string& topic, std::string_view payload,
                                        const std::string& reply_topic, const std::string& correlation,
                                        std::chrono::seconds time) {
  // Paho copies what the properties point to, and only reads it.
  const auto text_of = [](const std::string& text) {
    return MQTTLenString{static_cast<int>(text.size()), const_cast<char*>(text.data())};
  };
  MQTTProperties properties = MQTTProperties_initializer;
  MQTTProperty property{};
  property.identifier = MQTTPROPERTY_CODE_RESPONSE_TOPIC;
  property.value.data = text_of(reply_topic);
  MQTTProperties_add(&properties, &property);
  property.identifier = MQTTPROPERTY_CODE_CORRELATION_DATA;
  property.value.data = text_of(correlation);
  MQTTProperties_add(&properties, &property);
  property = {};
  property.identifier = MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL;
  property.value.integer4 = static_cast<unsigned>(time.count());
  MQTTProperties_add(&properties, &property);
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = link_.get();
  response.onSuccess5 = callbacks::published;
  response.onFailure5 = callbacks::publish_failed;
  response.properties = properties;
  const int sent = MQTTAsync_send(handle_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                  0, &response);
  MQTTProperties_free(&properties);
  return sent == MQTTASYNC_SUCCESS ? std::optional(response.token) : std::nullopt;
}

bool mqtt_client::disconnect() {
  MQTTAsync_disconnectOptions goodbye = MQTTAsync_disconnectOptions_initializer5;
  goodbye.timeout = disconnect_timeout_ms;
  goodbye.context = link_.get();
  goodbye.onSuccess5 = callbacks::disconnected;
  goodbye.onFailure5 = callbacks::disconnect_failed;
  return MQTTAsync_disconnect(handle_, &goodbye) == MQTTASYNC_SUCCESS;
}

}  // namespace atlas::ingest
