#include "mqtt_user.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <MQTTAsync.h>

namespace atlas::broker {

namespace {

constexpr auto patience = std::chrono::seconds(20);

}  // namespace

struct mqtt_user::callbacks {
  static void put(void* context, int answer) {
    auto& self = *static_cast<mqtt_user*>(context);
    const std::lock_guard lock(self.mutex_);
    self.answer_ = answer;
    self.changed_.notify_all();
  }
  static void success(void* context, MQTTAsync_successData*) { put(context, 0); }
  static void failure(void* context, MQTTAsync_failureData* data) {
    put(context, data != nullptr && data->code > 0 ? data->code : -1);
  }
  static void success5(void* context, MQTTAsync_successData5* data) {
    put(context, data != nullptr ? static_cast<int>(data->reasonCode) : 0);
  }
  static void failure5(void* context, MQTTAsync_failureData5* data) {
    if (data == nullptr) return put(context, -1);
    const int reason =
        data->reasonCode != MQTTREASONCODE_SUCCESS ? static_cast<int>(data->reasonCode) : data->code;
    put(context, reason >= 128 ? reason : -1);
  }
  static void lost(void*, char*) {}
  static int arrived(void* context, char* topic, int, MQTTAsync_message* message) {
    auto& self = *static_cast<mqtt_user*>(context);
    {
      const std::lock_guard lock(self.mutex_);
      self.messages_.push_back(
          {topic, {static_cast<char*>(message->payload), static_cast<std::size_t>(message->payloadlen)}});
      self.changed_.notify_all();
    }
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
  }
};

mqtt_user::mqtt_user(std::uint16_t port, const std::filesystem::path& ca_file, credential login, version mqtt,
                     std::string client_id)
    : login_(std::move(login)), ca_file_(ca_file), version_(mqtt) {
  const auto uri = "ssl://localhost:" + std::to_string(port);
  MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer5;
  if (version_ == version::v311) options.MQTTVersion = MQTTVERSION_3_1_1;
  if (MQTTAsync_createWithOptions(&client_, uri.c_str(), client_id.c_str(), MQTTCLIENT_PERSISTENCE_NONE,
                                  nullptr, &options) != MQTTASYNC_SUCCESS) {
    throw std::runtime_error("no MQTT client");
  }
  MQTTAsync_setCallbacks(client_, this, callbacks::lost, callbacks::arrived, nullptr);
}

mqtt_user::~mqtt_user() { MQTTAsync_destroy(&client_); }

int mqtt_user::await(int started) {
  if (started != MQTTASYNC_SUCCESS) return -1;
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return answer_.has_value(); })) return -1;
  return *std::exchange(answer_, std::nullopt);
}

int mqtt_user::connect(const will_message& will) {
  const bool v5 = version_ == version::v5;
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  const auto ca = ca_file_.string();
  tls.trustStore = ca.c_str();
  tls.disableDefaultTrustStore = 1;
  tls.enableServerCertAuth = 1;
  tls.verify = 1;
  MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
  if (v5) options = MQTTAsync_connectOptions_initializer5;
  MQTTAsync_willOptions last_will = MQTTAsync_willOptions_initializer;
  last_will.topicName = will.topic.c_str();
  last_will.message = will.payload.c_str();
  last_will.qos = 1;
  if (!will.topic.empty()) options.will = &last_will;
  options.username = login_.user.c_str();
  options.password = login_.password.c_str();
  options.connectTimeout = 10;
  options.ssl = &tls;
  options.context = this;
  if (v5) {
    options.cleanstart = 1;
    options.onSuccess5 = callbacks::success5;
    options.onFailure5 = callbacks::failure5;
  } else {
    options.MQTTVersion = MQTTVERSION_3_1_1;
    options.cleansession = 1;
    options.onSuccess = callbacks::success;
    options.onFailure = callbacks::failure;
  }
  return await(MQTTAsync_connect(client_, &options));
}

int mqtt_user::publish(const std::string& topic, const std::string& payload, bool retained) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = this;
  if (version_ == version::v5) {
    response.onSuccess5 = callbacks::success5;
    response.onFailure5 = callbacks::failure5;
  } else {
    response.onSuccess = callbacks::success;
    response.onFailure = callbacks::failure;
  }
  return await(MQTTAsync_send(client_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                              retained ? 1 : 0, &response));
}

bool mqtt_user::subscribe(const std::string& filter) {
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = this;
  if (version_ == version::v5) {
    response.onSuccess5 = callbacks::success5;
    response.onFailure5 = callbacks::failure5;
  } else {
    response.onSuccess = callbacks::success;
    response.onFailure = callbacks::failure;
  }
  const int reason = await(MQTTAsync_subscribe(client_, filter.c_str(), 1, &response));
  return reason >= 0 && reason < 128;
}

void mqtt_user::disconnect_with_will() {
  MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer5;
  options.reasonCode = MQTTREASONCODE_DISCONNECT_WITH_WILL_MESSAGE;
  options.context = this;
  options.onSuccess5 = callbacks::success5;
  options.onFailure5 = callbacks::failure5;
  await(MQTTAsync_disconnect(client_, &options));
}

bool mqtt_user::is_connected() const { return MQTTAsync_isConnected(client_) == 1; }

std::vector<mqtt_user::message> mqtt_user::messages_until(const std::string& topic,
                                                          const std::string& payload) {
  std::unique_lock lock(mutex_);
  const auto is_last = [&](const message& each) { return each.topic == topic && each.payload == payload; };
  if (!changed_.wait_for(lock, patience,
                         [&] { return std::any_of(messages_.begin(), messages_.end(), is_last); })) {
    throw std::runtime_error("no message on " + topic);
  }
  return std::exchange(messages_, {});
}

}  // namespace atlas::broker
