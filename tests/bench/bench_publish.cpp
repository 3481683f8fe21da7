// Publishes realistic samples of many hosts at a steady rate over one plain MQTT 3.1.1 connection, so that
// the publisher takes little of the machine that the subscriber is measured on.
//
//   bench_publish PORT USER PASSWORD ORG HOSTS MESSAGES RATE QOS

#include "core/sample_codec.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace atlas;
using clock_type = std::chrono::steady_clock;

struct plan {
  std::uint16_t port;
  std::string user;
  std::string password;
  std::string org;
  std::size_t hosts;
  std::uint64_t messages;
  std::uint64_t rate;  // a second
  int qos;
};

void append_size(std::string& out, std::size_t size) {
  do {
    auto byte = static_cast<unsigned char>(size % 128);
    size /= 128;
    out += static_cast<char>(size > 0 ? byte | 0x80 : byte);
  } while (size > 0);
}

void append_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xff);
}

void append_text(std::string& out, const std::string& text) {
  append_u16(out, text.size());
  out += text;
}

// 16 digits, other ones each run: the service remembers what it has of a boot.
std::string boot_name() {
  constexpr std::uint64_t least = 1'000'000'000'000'000;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto us =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  return std::to_string(least + us % least);
}

// One host's sample, about 514 bytes with 31 numbers.
class sample_maker {
 public:
  explicit sample_maker(std::size_t hosts) : seqs_(hosts, 0) {
    base_.boot = boot_name();
    base_.interval = 10;
    base_.cpu.cores = {10.1, 14.9};
    base_.cpu.load = {0.12, 0.24, 0.31};
    base_.cpu.iowait = 0.4;
    base_.memory = {43.1, 8'589'934'592, 3'700'000'000, 4'889'934'592, 2'147'483'648, 1'048'576};
    base_.disks = {{"/", "/dev/sda1", "ext4", 250'059'350'016, 177'542'138'511, 71.0, 4'096, 128'000}};
    base_.network = {{"eth0", 1'200'345, 800'123}};
    base_.uptime = 86'400;
    base_.processes = 213;
  }

  std::string make(std::size_t host, std::int64_t now) {
    const auto seq = ++seqs_[host];
    base_.seq = seq;
    base_.ts = from_unix_ms(now);
    base_.cpu.percent = static_cast<double>((seq * 7 + host) % 800) / 10;
    base_.cpu.cores[0] = static_cast<double>((seq * 13 + host) % 1000) / 10;
    base_.memory.used = 3'700'000'000 + (seq * 4096) % 1'000'000'000;
    return encode_sample(base_);
  }

 private:
  sample base_;
  std::vector<std::uint64_t> seqs_;
};

class connection {
 public:
  explicit connection(const plan& chosen) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(chosen.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("no broker");
    }
    std::string body;
    append_text(body, "MQTT");
    body += '\x04';  // 3.1.1
    body += '\xc2';  // user, password, clean session
    append_u16(body, 60);
    append_text(body, "bench-publisher");
    append_text(body, chosen.user);
    append_text(body, chosen.password);
    std::string packet(1, '\x10');
    append_size(packet, body.size());
    write_all(packet + body);
    std::array<char, 4> connack{};
    std::size_t got = 0;
    while (got < connack.size()) {
      const auto count = ::read(socket_, connack.data() + got, connack.size() - got);
      if (count <= 0) {
        throw std::runtime_error("the broker closed the connection");
      }
      got += static_cast<std::size_t>(count);
    }
    if (connack[3] != 0) {
      throw std::runtime_error("the broker refuses the connection");
    }
  }
  ~connection() { ::close(socket_); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void write_all(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const auto count = ::write(socket_, bytes.data() + sent, bytes.size() - sent);
      if (count <= 0) {
        throw std::runtime_error("the connection broke");
      }
      sent += static_cast<std::size_t>(count);
    }
  }

  // Takes the PUBACKs that have come, of four bytes each.
  void take_acks(int wait_ms) {
    pollfd ready{socket_, POLLIN, 0};
    while (::poll(&ready, 1, wait_ms) > 0) {
      std::array<char, 16'384> buffer{};
      const auto count = ::read(socket_, buffer.data(), buffer.size());
      if (count <= 0) {
        throw std::runtime_error("the connection broke");
      }
      ack_bytes_ += static_cast<std::uint64_t>(count);
      wait_ms = 0;
    }
  }
  std::uint64_t acks() const { return ack_bytes_ / 4; }

 private:
  int socket_;
  std::uint64_t ack_bytes_ = 0;
};

std::string publish_packet(const std::string& topic, const std::string& payload, int qos,
                           std::uint64_t number) {
  std::string packet(1, qos == 0 ? '\x30' : '\x32');
  append_size(packet, 2 + topic.size() + (qos == 0 ? 0 : 2) + payload.size());
  append_text(packet, topic);
  if (qos != 0) {
    append_u16(packet, number % 65'535 + 1);
  }
  return packet + payload;
}

void publish(const plan& chosen) {
  constexpr std::uint64_t window = 5'000;  // not yet acknowledged
  constexpr std::chrono::milliseconds tick{2};
  connection broker(chosen);
  sample_maker samples(chosen.hosts);
  std::vector<std::string> topics;
  for (std::size_t host = 0; host < chosen.hosts; ++host) {
    topics.push_back("org/" + chosen.org + "/host/host-" + std::to_string(host) + "/metrics");
  }
  const auto start = clock_type::now();
  std::uint64_t sent = 0;
  std::size_t bytes = 0;
  while (sent < chosen.messages) {
    const auto passed = std::chrono::duration<double>(clock_type::now() - start).count();
    const auto due =
        std::min(chosen.messages, static_cast<std::uint64_t>(passed * static_cast<double>(chosen.rate)));
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    std::string batch;
    for (; sent < due && (chosen.qos == 0 || sent - broker.acks() < window); ++sent) {
      const auto host = sent % chosen.hosts;
      const auto payload = samples.make(host, now);
      bytes += payload.size();
      batch += publish_packet(topics[host], payload, chosen.qos, sent);
    }
    broker.write_all(batch);
    if (chosen.qos != 0) {
      broker.take_acks(0);
    }
    std::this_thread::sleep_for(tick);  // the pace, not a wait for something
  }
  while (chosen.qos != 0 && broker.acks() < sent) {
    broker.take_acks(100);
  }
  broker.write_all(std::string("\xe0\x00", 2));
  const auto seconds = std::chrono::duration<double>(clock_type::now() - start).count();
  std::printf("{\"sent\":%llu,\"seconds\":%.3f,\"payload\":%.0f}\n", static_cast<unsigned long long>(sent),
              seconds, static_cast<double>(bytes) / static_cast<double>(sent));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int arguments = 9;
  if (argc != arguments) {
    std::fputs("usage: bench_publish PORT USER PASSWORD ORG HOSTS MESSAGES RATE QOS\n", stderr);
    return 2;
  }
  try {
    publish({static_cast<std::uint16_t>(std::stoi(argv[1])), argv[2], argv[3], argv[4], std::stoul(argv[5]),
             std::stoull(argv[6]), std::stoull(argv[7]), std::stoi(argv[8])});
    return 0;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "bench_publish: %s\n", failed.what());
    return 1;
  }
}
