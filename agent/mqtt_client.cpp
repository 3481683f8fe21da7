#include "agent/mqtt_client.hpp"

#include <algorithm>
#include <stdexcept>

#include <MQTTAsync.h>
#include <openssl/ssl.h>

namespace atlas::agent {

namespace {

// Half of what a broker waits for before it gives a silent client up.
constexpr int keep_alive_seconds = 20;

// Suites with authenticated encryption exist in TLS 1.2 and later only: with nothing else on offer no older
// version can be agreed on, whatever this system's OpenSSL still allows.
constexpr const char* cipher_suites = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";

// Messages that wait to be taken; more are dropped: of configurations only the newest counts, and what is
// asked on …/cmd is asked again.
constexpr std::size_t max_messages = 16;

void initialise_libraries() {
  static const bool done = [] {
    // OpenSSL without its texts for errors, which nobody reads here and which cost a quarter of a megabyte.
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, nullptr);
    MQTTAsync_init_options chosen = MQTTAsync_init_options_initializer;
    chosen.do_openssl_init = 0;
    MQTTAsync_global_init(&chosen);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

// Run on Paho's threads.
struct mqtt_client::callbacks {
  static mqtt_client& self(void* context) { return *static_cast<mqtt_client*>(context); }

  static mqtt_event failure(mqtt_event::kind what, const MQTTAsync_failureData5* data) {
    mqtt_event event{what, 0, 0, {}};
    if (data == nullptr) return event;
    event.token = data->token;
    // A refused CONNECT comes with its reason code here or there.
    event.reason = data->reasonCode != MQTTREASONCODE_SUCCESS ? static_cast<int>(data->reasonCode)
                                                              : std::max(data->code, 0);
    if (data->message != nullptr) {
      event.text = data->message;
    } else if (data->code != MQTTASYNC_SUCCESS && data->code != MQTTASYNC_FAILURE) {
      if (const char* text = MQTTAsync_strerror(data->code)) event.text = text;
    }
    return event;
  }

  static void connected(void* context, MQTTAsync_successData5*) {
    self(context).add_event({mqtt_event::kind::connected, 0, 0, {}});
  }
  static void connect_failed(void* context, MQTTAsync_failureData5* data) {
    self(context).add_event(failure(mqtt_event::kind::connect_failed, data));
  }
  static void connection_lost(void* context, char* cause) {
    self(context).add_event({mqtt_event::kind::connection_lost, 0, 0, cause != nullptr ? cause : ""});
  }
  static void disconnected_by_broker(void* context, MQTTProperties*, MQTTReasonCodes reason) {
    self(context).add_event({mqtt_event::kind::connection_lost, 0, reason, {}});
  }
  static void acknowledged(void* context, MQTTAsync_successData5* data) {
    self(context).add_event({mqtt_event::kind::acknowledged, data->token, data->reasonCode, {}});
  }
  static void not_delivered(void* context, MQTTAsync_failureData5* data) {
    self(context).add_event(failure(mqtt_event::kind::not_delivered, data));
  }
  static void disconnected(void* context, MQTTAsync_successData5*) {
    self(context).add_event({mqtt_event::kind::disconnected, 0, 0, {}});
  }
  static void disconnect_failed(void* context, MQTTAsync_failureData5*) {
    self(context).add_event({mqtt_event::kind::disconnected, 0, 0, {}});
  }
  static std::string correlation_of(MQTTAsync_message& message) {
    const auto* const found =
        MQTTProperties_getProperty(&message.properties, MQTTPROPERTY_CODE_CORRELATION_DATA);
    if (found == nullptr || found->value.data.len <= 0) return {};
    return {found->value.data.data, static_cast<std::size_t>(found->value.data.len)};
  }
  // The topic's length is 0 when it ends with a zero.
  static int message_arrived(void* context, char* topic, int topic_length, MQTTAsync_message* message) {
    std::string payload(static_cast<const char*>(message->payload),
                        static_cast<std::size_t>(std::max(message->payloadlen, 0)));
    std::string name =
        topic_length > 0 ? std::string(topic, static_cast<std::size_t>(topic_length)) : std::string(topic);
    self(context).add_event(
        {mqtt_event::kind::message, 0, 0, std::move(payload), std::move(name), correlation_of(*message)});
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
  }
};

mqtt_client::mqtt_client(options chosen, std::function<void()> on_event)
    : options_(std::move(chosen)), on_event_(std::move(on_event)) {
  initialise_libraries();
  const std::string uri = "ssl://" + options_.broker.text();
  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
  const int created = MQTTAsync_createWithOptions(&client_, uri.c_str(), options_.user.c_str(),
                                                  MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
  if (created != MQTTASYNC_SUCCESS) throw std::runtime_error("the MQTT library cannot be set up");
  MQTTAsync_setCallbacks(client_, this, callbacks::connection_lost, callbacks::message_arrived, nullptr);
  MQTTAsync_setDisconnected(client_, this, callbacks::disconnected_by_broker);
}

mqtt_client::~mqtt_client() { MQTTAsync_destroy(&client_); }

bool mqtt_client::connect(const std::string& ca_path, const std::string& password,
                          const std::string& will_payload) {
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  tls.trustStore = ca_path.empty() ? nullptr : ca_path.c_str();
  tls.disableDefaultTrustStore = ca_path.empty() ? 0 : 1;
  tls.enableServerCertAuth = 1;
  tls.verify = 1;  // the server's name
  tls.enabledCipherSuites = cipher_suites;
  MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
  will.topicName = options_.will_topic.c_str();
  will.message = will_payload.c_str();
  will.retained = 1;
  will.qos = 1;
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer5;
  connect.keepAliveInterval = keep_alive_seconds;
  connect.cleanstart = 1;
  connect.connectTimeout = options_.connection_timeout;
  connect.username = options_.user.c_str();
  connect.password = password.c_str();
  connect.will = &will;
  connect.ssl = &tls;
  connect.context = this;
  connect.onSuccess5 = callbacks::connected;
  connect.onFailure5 = callbacks::connect_failed;
  return MQTTAsync_connect(client_, &connect) == MQTTASYNC_SUCCESS;
}

std::optional<int> mqtt_client::publish(const std::string& topic, const std::string& payload, bool retained) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = this;
  response.onSuccess5 = callbacks::acknowledged;
  response.onFailure5 = callbacks::not_delivered;
  const int sent = MQTTAsync_send(client_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                  retained ? 1 : 0, &response);
  if (sent != MQTTASYNC_SUCCESS) return std::nullopt;
  return response.token;
}

bool mqtt_client::reply(const std::string& topic, const std::string& payload, std::string correlation) {
  MQTTProperties properties = MQTTProperties_initializer;
  MQTTProperty property{};
  property.identifier = MQTTPROPERTY_CODE_CORRELATION_DATA;
  property.value.data = {static_cast<int>(correlation.size()), correlation.data()};
  if (!correlation.empty()) MQTTProperties_add(&properties, &property);
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.properties = properties;
  const int sent = MQTTAsync_send(client_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                  0, &response);
  MQTTProperties_free(&properties);
  return sent == MQTTASYNC_SUCCESS;
}

bool mqtt_client::subscribe(const std::string& topic) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  return MQTTAsync_subscribe(client_, topic.c_str(), 1, &response) == MQTTASYNC_SUCCESS;
}

bool mqtt_client::disconnect() {
  MQTTAsync_disconnectOptions goodbye = MQTTAsync_disconnectOptions_initializer5;
  goodbye.context = this;
  goodbye.onSuccess5 = callbacks::disconnected;
  goodbye.onFailure5 = callbacks::disconnect_failed;
  return MQTTAsync_disconnect(client_, &goodbye) == MQTTASYNC_SUCCESS;
}

std::vector<mqtt_event> mqtt_client::take_events() {
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

void mqtt_client::add_event(mqtt_event event) {
  {
    const std::lock_guard lock(mutex_);
    if (event.what == mqtt_event::kind::message) {
      const auto waiting = std::count_if(events_.begin(), events_.end(), [](const mqtt_event& other) {
        return other.what == mqtt_event::kind::message;
      });
      if (static_cast<std::size_t>(waiting) >= max_messages) return;
    }
    events_.push_back(std::move(event));
  }
  on_event_();
}

}  // namespace atlas::agent
