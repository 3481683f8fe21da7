#pragma once

#include <array>
#include <string>

#include <sodium.h>

namespace atlas::ingest {

// MQTT 5 correlation data that nobody can guess: 128 random bits.
inline std::string random_correlation() {
  std::array<char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return {bytes.data(), bytes.size()};
}

}  // namespace atlas::ingest
