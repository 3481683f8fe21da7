#pragma once

#include "web/response.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atlas::web {

struct download {
  std::string name;
  std::string content_type;
  std::string bytes;
};

// Files in memory that anybody may fetch by name: the installer and the agent programs.
class downloads {
 public:
  downloads() = default;
  // `server` is where machines reach the service, as "https://fleet.example.com:8768".
  explicit downloads(std::string server) : server_(std::move(server)) {}
  // In place of the file of this name, if there is one.
  void add(download one);

  // Nothing when there is none of this name. "SHA256SUMS" is one more: what `sha256sum -c` reads.
  std::optional<response> serve(std::string_view name) const;
  // {"server":…,"files":[{"name":…,"size":…,"sha256":…}]}
  std::string list() const;

 private:
  struct file {
    std::string name;
    std::string content_type;
    std::shared_ptr<const std::string> bytes;
    std::string sha256;  // hexadecimal
  };
  std::string checksums() const;

  std::string server_;
  std::vector<file> files_;
};

}  // namespace atlas::web
