#include "tenants/archive/cipher.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <sodium.h>

namespace atlas::tenants {

namespace {

// An encrypted archive: magic, salt, header of the stream, chunks. Every chunk but the last is full.
constexpr std::string_view magic = "ATLAS-FLEET-ENC1";
constexpr std::size_t chunk_bytes = 1 << 16;
constexpr std::size_t sealed_bytes = chunk_bytes + crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;

const unsigned char* bytes_of(const char* text) { return reinterpret_cast<const unsigned char*>(text); }
unsigned char* bytes_of(char* text) { return reinterpret_cast<unsigned char*>(text); }

// Wiped at its end.
struct secret_key {
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_KEYBYTES> bytes{};
  secret_key() = default;
  ~secret_key() { ::sodium_memzero(bytes.data(), bytes.size()); }
  secret_key(const secret_key&) = delete;
  secret_key& operator=(const secret_key&) = delete;
};

using salt_bytes = std::array<char, crypto_pwhash_SALTBYTES>;

// The costs are part of the format: a file cannot ask for others.
result<void> derive(const std::string& passphrase, const salt_bytes& salt, secret_key& key) {
  const int made = ::crypto_pwhash(key.bytes.data(), key.bytes.size(), passphrase.data(), passphrase.size(),
                                   bytes_of(salt.data()), crypto_pwhash_OPSLIMIT_MODERATE,
                                   crypto_pwhash_MEMLIMIT_MODERATE, crypto_pwhash_ALG_ARGON2ID13);
  if (made == 0) return {};
  return failure("passphrase", "cannot be used: 256 MB of memory are needed for it");
}

// As much as there is, up to the size of the buffer.
result<std::size_t> read_full(const byte_source& source, std::span<char> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const auto count = source(buffer.subspan(filled));
    if (!count) return count;
    if (*count == 0) break;
    filled += *count;
  }
  return filled;
}

}  // namespace

struct encryptor::state {
  byte_sink next;
  crypto_secretstream_xchacha20poly1305_state stream{};
  std::vector<char> plain{};  // not sealed yet, a chunk at most

  result<void> seal(unsigned char tag) {
    std::array<char, sealed_bytes> sealed;
    unsigned long long size = 0;
    ::crypto_secretstream_xchacha20poly1305_push(&stream, bytes_of(sealed.data()), &size,
                                                 bytes_of(plain.data()), plain.size(), nullptr, 0, tag);
    plain.clear();
    return next(std::span(sealed).first(static_cast<std::size_t>(size)));
  }
  result<void> take(std::span<const char> bytes) {
    while (!bytes.empty()) {
      // A full chunk waits: only what follows tells that it is not the last.
      if (plain.size() == chunk_bytes) {
        if (auto sealed = seal(0); !sealed) return sealed;
      }
      const auto count = std::min(bytes.size(), chunk_bytes - plain.size());
      plain.insert(plain.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
      bytes = bytes.subspan(count);
    }
    return {};
  }
};

encryptor::encryptor(std::unique_ptr<state> made) : state_(std::move(made)) {}
encryptor::~encryptor() = default;
encryptor::encryptor(encryptor&&) noexcept = default;

result<encryptor> encryptor::start(const std::string& passphrase, byte_sink next) {
  salt_bytes salt;
  ::randombytes_buf(salt.data(), salt.size());
  secret_key key;
  if (auto derived = derive(passphrase, salt, key); !derived) return tl::unexpected(derived.error());
  auto made = std::make_unique<state>(state{std::move(next)});
  std::array<char, header_bytes> header;
  ::crypto_secretstream_xchacha20poly1305_init_push(&made->stream, bytes_of(header.data()), key.bytes.data());
  std::string front(magic);
  front.append(salt.data(), salt.size()).append(header.data(), header.size());
  if (auto written = made->next(front); !written) return tl::unexpected(written.error());
  return encryptor(std::move(made));
}

byte_sink encryptor::sink() {
  return [state = state_.get()](std::span<const char> bytes) { return state->take(bytes); };
}

result<void> encryptor::finish() { return state_->seal(crypto_secretstream_xchacha20poly1305_TAG_FINAL); }

result<opened_source> look_into(byte_source source) {
  auto front = std::make_shared<std::vector<char>>(magic.size());
  const auto count = read_full(source, *front);
  if (!count) return tl::unexpected(count.error());
  front->resize(*count);
  const bool is_encrypted = std::string_view(front->data(), front->size()) == magic;
  if (is_encrypted) return opened_source{std::move(source), true};
  return opened_source{[front, at = std::size_t{0},
                        source = std::move(source)](std::span<char> buffer) mutable -> result<std::size_t> {
                         if (at == front->size()) return source(buffer);
                         const auto size = std::min(buffer.size(), front->size() - at);
                         std::copy_n(front->begin() + static_cast<std::ptrdiff_t>(at), size, buffer.begin());
                         at += size;
                         return size;
                       },
                       false};
}

namespace {

// What decrypt() keeps between two calls.
struct opening {
  byte_source source;
  std::string passphrase;
  std::string name;
  crypto_secretstream_xchacha20poly1305_state stream{};
  bool begun = false;
  bool ended = false;
  std::vector<char> plain{};
  std::size_t at = 0;

  tl::unexpected<error> broken(std::string_view what) const { return failure(name, std::string(what)); }

  result<void> begin() {
    salt_bytes salt;
    std::array<char, header_bytes> header;
    for (const auto part : {std::span<char>(salt), std::span<char>(header)}) {
      const auto count = read_full(source, part);
      if (!count) return tl::unexpected(count.error());
      if (*count < part.size()) return broken("is cut off at its beginning");
    }
    secret_key key;
    if (auto derived = derive(passphrase, salt, key); !derived) return derived;
    ::sodium_memzero(passphrase.data(), passphrase.size());
    begun = true;
    if (::crypto_secretstream_xchacha20poly1305_init_pull(&stream, bytes_of(header.data()),
                                                          key.bytes.data()) != 0) {
      return broken("is damaged");
    }
    return open_chunk("cannot be decrypted: the passphrase is another one, or the file is damaged");
  }
  result<void> open_chunk(std::string_view complaint) {
    std::array<char, sealed_bytes> sealed;
    const auto count = read_full(source, sealed);
    if (!count) return tl::unexpected(count.error());
    unsigned long long size = 0;
    unsigned char tag = 0;
    plain.resize(chunk_bytes);
    at = 0;
    if (*count < crypto_secretstream_xchacha20poly1305_ABYTES ||
        ::crypto_secretstream_xchacha20poly1305_pull(&stream, bytes_of(plain.data()), &size, &tag,
                                                     bytes_of(sealed.data()), *count, nullptr, 0) != 0) {
      return broken(complaint);
    }
    plain.resize(static_cast<std::size_t>(size));
    ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!ended && size == 0) return broken("is damaged");
    return {};
  }
  result<std::size_t> read(std::span<char> buffer) {
    if (!begun) {
      if (auto good = begin(); !good) return tl::unexpected(good.error());
    }
    if (at == plain.size() && !ended) {
      if (auto good = open_chunk("is damaged or cut off"); !good) return tl::unexpected(good.error());
    }
    const auto size = std::min(buffer.size(), plain.size() - at);
    std::copy_n(plain.begin() + static_cast<std::ptrdiff_t>(at), size, buffer.begin());
    at += size;
    return size;
  }
};

}  // namespace

byte_source decrypt(byte_source source, std::string passphrase, std::string name) {
  auto state = std::make_shared<opening>(opening{std::move(source), std::move(passphrase), std::move(name)});
  return [state](std::span<char> buffer) { return state->read(buffer); };
}

}  // namespace atlas::tenants
