#pragma once

#include "agent/config.hpp"

#include <string>

namespace atlas::agent {

// The trusted CA as a path, which is all that the MQTT library takes: PEM text from the configuration is put
// into a file without a name.
class ca_source {
 public:
  explicit ca_source(const trusted_ca& ca);  // throws std::system_error
  ~ca_source();
  ca_source(const ca_source&) = delete;
  ca_source& operator=(const ca_source&) = delete;

  // Valid as long as this object, for one reader at a time; empty for the system's CAs.
  const std::string& path() const;

 private:
  std::string path_;
  int file_ = -1;
};

}  // namespace atlas::agent
