#pragma once

#include "web/response.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

// Files in memory that anybody may fetch by name: the installer and the agent programs.
class downloads {
 public:
  void add(std::string name, std::string content_type, std::string bytes);

  // Nothing when there is none of this name. "SHA256SUMS" is one more: what `sha256sum -c` reads.
  std::optional<response> serve(std::string_view name) const;
  // {"files":[{"name":…,"size":…,"sha256":…}]}
  std::string list() const;

 private:
  struct file {
    std::string name;
    std::string content_type;
    std::shared_ptr<const std::string> bytes;
    std::string sha256;  // hexadecimal
  };
  std::string checksums() const;

  std::vector<file> files_;
};

}  // namespace atlas::web
