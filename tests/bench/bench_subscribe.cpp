// The reference: Paho's C++ client with a message callback that counts. Prints "ready" when it is subscribed,
// and the number of messages whenever it reads a line.
//
//   bench_subscribe BROKER_PORT CA_FILE USER ORG QOS     the password is in BENCH_PASSWORD

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include <mqtt/async_client.h>

int main(int argc, char** argv) {
  constexpr int arguments = 6;
  if (argc != arguments) {
    std::fputs("usage: bench_subscribe BROKER_PORT CA_FILE USER ORG QOS\n", stderr);
    return 2;
  }
  const std::string user = argv[3];
  const char* const password = std::getenv("BENCH_PASSWORD");
  std::atomic<std::uint64_t> messages = 0;
  std::atomic<std::uint64_t> bytes = 0;
  try {
    mqtt::async_client client("ssl://localhost:" + std::string(argv[1]), user,
                              mqtt::create_options(MQTTVERSION_5));
    client.set_message_callback([&](const mqtt::const_message_ptr& message) {
      bytes += message->get_payload_ref().size();
      ++messages;
    });
    mqtt::ssl_options tls;
    tls.set_trust_store(argv[2]);
    mqtt::connect_options connect;
    connect.set_mqtt_version(MQTTVERSION_5);
    connect.set_clean_start(true);
    connect.set_user_name(user);
    connect.set_password(password != nullptr ? password : "");
    connect.set_ssl(tls);
    client.connect(connect)->wait();
    client.subscribe("org/" + std::string(argv[4]) + "/host/+/metrics", std::stoi(argv[5]))->wait();
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << messages.load() << std::endl;
    }
    client.disconnect()->wait();
    return 0;
  } catch (const mqtt::exception& failed) {
    std::fprintf(stderr, "bench_subscribe: %s\n", failed.what());
    return 1;
  }
}
