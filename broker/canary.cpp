#include "broker/canary.hpp"

#include "core/base64url.hpp"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include <MQTTAsync.h>
#include <openssl/rand.h>

namespace atlas::broker {

namespace {

using clock = std::chrono::steady_clock;

constexpr int not_authorized = 135;  // MQTT 5 reason codes
constexpr int bad_credentials = 134;
constexpr auto retry_pause = std::chrono::milliseconds(50);
constexpr auto answer_time = std::chrono::seconds(5);
constexpr int connect_seconds = 10;

template <std::size_t Size>
std::array<std::uint8_t, Size> random_bytes() {
  std::array<std::uint8_t, Size> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system gives no random bytes");
  }
  return bytes;
}

// The topic of a host of an organisation that does not exist.
std::string foreign_topic() {
  auto bytes = random_bytes<16>();
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string uuid;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
    uuid += "0123456789abcdef"[bytes[i] >> 4];
    uuid += "0123456789abcdef"[bytes[i] & 15];
  }
  return "org/" + uuid + "/host/x/metrics";
}

struct answer {
  int reason = 0;    // of the broker; 0 and 16 (nobody listens) are success
  std::string text;  // what went wrong when the broker gave no reason
  bool reached_broker() const { return text.empty(); }
};

// One connection. Paho calls back on threads of its own; the answer of the call under way is handed over.
class connection {
 public:
  explicit connection(const canary_target& target) : target_(target) {
    const std::string uri = "ssl://" + target.address.text();
    MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer5;
    if (MQTTAsync_createWithOptions(&client_, uri.c_str(), std::string(canary_user).c_str(),
                                    MQTTCLIENT_PERSISTENCE_NONE, nullptr, &options) != MQTTASYNC_SUCCESS) {
      throw std::runtime_error("the MQTT library cannot be set up");
    }
    MQTTAsync_setCallbacks(client_, this, on_lost, on_message, nullptr);
  }
  ~connection() { MQTTAsync_destroy(&client_); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  answer connect() {
    const std::string ca = target_.ca_file.string();
    MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
    tls.trustStore = ca.empty() ? nullptr : ca.c_str();
    tls.disableDefaultTrustStore = ca.empty() ? 0 : 1;
    tls.enableServerCertAuth = 1;
    tls.verify = target_.check_name ? 1 : 0;
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer5;
    const std::string user(canary_user);
    options.cleanstart = 1;
    options.connectTimeout = connect_seconds;
    options.username = user.c_str();
    options.password = target_.password.c_str();
    options.ssl = &tls;
    options.context = this;
    options.onSuccess5 = on_success;
    options.onFailure5 = on_failure;
    return await(MQTTAsync_connect(client_, &options));
  }

  answer publish(const std::string& topic) {
    static constexpr std::string_view payload = "canary";
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = this;
    response.onSuccess5 = on_success;
    response.onFailure5 = on_failure;
    return await(MQTTAsync_send(client_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                0, &response));
  }

  answer subscribe(const std::string& filter) {
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = this;
    response.onSuccess5 = on_success;
    response.onFailure5 = on_failure;
    return await(MQTTAsync_subscribe(client_, filter.c_str(), 1, &response));
  }

  void disconnect() {
    MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer5;
    options.context = this;
    options.onSuccess5 = on_success;
    options.onFailure5 = on_failure;
    await(MQTTAsync_disconnect(client_, &options));
  }

 private:
  static void on_success(void* context, MQTTAsync_successData5* data) {
    static_cast<connection*>(context)->put({data != nullptr ? static_cast<int>(data->reasonCode) : 0, {}});
  }
  static void on_failure(void* context, MQTTAsync_failureData5* data) {
    answer given;
    if (data != nullptr) {
      // A refused CONNECT comes with its reason code here or there.
      given.reason =
          data->reasonCode != MQTTREASONCODE_SUCCESS ? static_cast<int>(data->reasonCode) : data->code;
      if (given.reason < 128) given.text = data->message != nullptr ? data->message : "no connection";
    } else {
      given.text = "no connection";
    }
    static_cast<connection*>(context)->put(std::move(given));
  }
  static void on_lost(void* context, char*) {
    static_cast<connection*>(context)->put({0, "the broker closed the connection"});
  }
  static int on_message(void*, char* topic, int, MQTTAsync_message* message) {
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
  }

  void put(answer given) {
    const std::lock_guard lock(mutex_);
    if (!answer_) answer_ = std::move(given);
    arrived_.notify_one();
  }

  answer await(int started) {
    if (started != MQTTASYNC_SUCCESS) return {0, "the MQTT library refuses"};
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, answer_time + std::chrono::seconds(connect_seconds),
                           [&] { return answer_.has_value(); })) {
      return {0, "no answer"};
    }
    return *std::exchange(answer_, std::nullopt);
  }

  const canary_target& target_;
  void* client_ = nullptr;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<answer> answer_;
};

// Whether the broker has answered with reason 135 rather than success; an error for anything else.
result<bool> is_refused(const answer& given, std::string_view what) {
  if (!given.reached_broker()) return failure("canary", given.text);
  if (given.reason == not_authorized) return true;
  if (given.reason < 128) return false;
  return failure("canary", std::string(what) + " was answered with reason " + std::to_string(given.reason) +
                               " in place of 135");
}

result<canary_outcome> try_all(connection& link) {
  const auto own = link.publish("org/" + std::string(canary_user) + "/metrics");
  if (!own.reached_broker()) return failure("canary", own.text);
  if (own.reason >= 128) {
    return failure("canary",
                   "its own topic was refused with reason " + std::to_string(own.reason) +
                       ": the broker has other access rules than these; stop it and start it again");
  }
  const auto foreign = foreign_topic();
  const auto publish = is_refused(link.publish(foreign), "a foreign publish");
  if (!publish) return tl::unexpected<error>(publish.error());
  const auto subscription = is_refused(link.subscribe(foreign), "a foreign subscription");
  if (!subscription) return tl::unexpected<error>(subscription.error());
  return canary_outcome{*publish, *subscription};
}

}  // namespace

std::string make_canary_password() { return base64url_encode(random_bytes<32>()); }

result<canary_outcome> fly_canary(const canary_target& target, std::chrono::milliseconds patience) {
  const auto deadline = clock::now() + patience;
  for (;;) {
    connection link(target);
    const auto login = link.connect();
    if (login.reached_broker() && login.reason < 128) {
      auto outcome = try_all(link);
      link.disconnect();
      return outcome;
    }
    if (clock::now() + retry_pause >= deadline) {
      if (!login.reached_broker()) {
        return failure("canary", "cannot connect to " + target.address.text() + ": " + login.text);
      }
      if (login.reason == bad_credentials || login.reason == not_authorized) {
        return failure("canary",
                       "its newest password is refused: the broker has not read its files anew; run "
                       "`atlas-fleet broker apply`, or stop the broker and start it again");
      }
      return failure("canary", "its login was refused with reason " + std::to_string(login.reason));
    }
    std::this_thread::sleep_for(retry_pause);
  }
}

}  // namespace atlas::broker
