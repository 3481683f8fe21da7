#pragma once

#include "tenants/archive/stream.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace atlas::tenants {

// Archives under a passphrase: libsodium's secret stream (XChaCha20-Poly1305) with a key of Argon2id over a
// random salt. What was changed, cut or added to is noticed before it is used.

// Encrypts what it is given, on its way to another sink.
class encryptor {
 public:
  // Takes half a second and 256 MB. An error when there is not so much memory.
  static result<encryptor> start(const std::string& passphrase, byte_sink next);
  ~encryptor();
  encryptor(encryptor&&) noexcept;
  encryptor& operator=(encryptor&&) = delete;

  // Valid as long as this object.
  byte_sink sink();
  result<void> finish();

 private:
  struct state;
  explicit encryptor(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

// A source whose beginning has been looked at.
struct opened_source {
  byte_source source;
  bool is_encrypted = false;
};
result<opened_source> look_into(byte_source source);

// The plain bytes of an encrypted source; `name` is for errors. A wrong passphrase shows at the first call.
byte_source decrypt(byte_source source, std::string passphrase, std::string name);

}  // namespace atlas::tenants
