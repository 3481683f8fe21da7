// As bench_subscribe, on Paho's C client.
//
//   bench_subscribe_c BROKER_PORT CA_FILE USER ORG QOS     the password is in BENCH_PASSWORD

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include <MQTTAsync.h>

namespace {

std::atomic<std::uint64_t> messages = 0;
std::atomic<std::uint64_t> bytes = 0;
std::atomic<int> answers = 0;  // 1: connected, 2: subscribed, -1: failed

int arrived(void*, char* topic, int, MQTTAsync_message* message) {
  bytes += static_cast<std::uint64_t>(message->payloadlen);
  ++messages;
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

void succeeded(void*, MQTTAsync_successData5*) {
  ++answers;
  answers.notify_one();
}

void failed(void*, MQTTAsync_failureData5*) {
  answers = -1;
  answers.notify_one();
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int arguments = 6;
  if (argc != arguments) {
    std::fputs("usage: bench_subscribe_c BROKER_PORT CA_FILE USER ORG QOS\n", stderr);
    return 2;
  }
  const std::string uri = "ssl://localhost:" + std::string(argv[1]);
  MQTTAsync client = nullptr;
  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
  MQTTAsync_createWithOptions(&client, uri.c_str(), argv[3], MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
  MQTTAsync_setCallbacks(client, nullptr, nullptr, arrived, nullptr);
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  tls.trustStore = argv[2];
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer5;
  connect.cleanstart = 1;
  connect.username = argv[3];
  connect.password = std::getenv("BENCH_PASSWORD");
  connect.ssl = &tls;
  connect.onSuccess5 = succeeded;
  connect.onFailure5 = failed;
  MQTTAsync_connect(client, &connect);
  answers.wait(0);
  if (answers == 1) {
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.onSuccess5 = succeeded;
    response.onFailure5 = failed;
    const std::string filter = "org/" + std::string(argv[4]) + "/host/+/metrics";
    MQTTAsync_subscribe(client, filter.c_str(), std::stoi(argv[5]), &response);
    answers.wait(1);
  }
  if (answers != 2) {
    std::fputs("bench_subscribe_c: no subscription\n", stderr);
    return 1;
  }
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << messages.load() << std::endl;
  }
  MQTTAsync_destroy(&client);
  return 0;
}
