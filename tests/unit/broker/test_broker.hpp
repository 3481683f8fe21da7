#pragma once

#include "broker/files.hpp"
#include "mqtt_user.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace atlas::broker {

std::uint16_t free_port();

// A folder that is gone with its object. Only its owner can enter it, unless it is `open`.
class temporary_folder {
 public:
  explicit temporary_folder(bool open = false);
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);  // keeps owner and mode

// A folder of broker files on a free port and, after start(), a Mosquitto that runs with them.
class test_broker {
 public:
  explicit test_broker(bool open_folder = false);
  ~test_broker();  // kills it
  test_broker(const test_broker&) = delete;
  test_broker& operator=(const test_broker&) = delete;

  void start();  // returns once it answers
  void stop();   // SIGTERM, and waits
  pid_t pid() const { return pid_; }

  const std::filesystem::path& dir() const { return options.dir; }
  std::uint16_t port() const { return options.listener.port; }
  std::filesystem::path ca_file() const { return dir() / "certs/ca.crt"; }
  std::string log() const { return read_text(folder_.path() / "log"); }

  broker_options options;

 private:
  temporary_folder folder_;
  pid_t pid_ = -1;
};

}  // namespace atlas::broker
