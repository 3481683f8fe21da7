#include "broker/passwd.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace atlas::broker {

namespace {

// Iterations make guessing slow. These passwords are 256 random bits, which nobody guesses, and the broker
// computes the hash on its one thread for each connection: at 20,000 iterations 300 hosts that come back
// together stop it for seconds.
constexpr int iterations = 101;
constexpr std::string_view prefix = "$7$101$";
constexpr std::size_t salt_size = std::tuple_size_v<password_salt>;

using password_hash = std::array<std::uint8_t, 64>;

struct password_line {
  std::string_view user;
  password_salt salt;
  password_hash hash;
};

password_hash compute_hash(std::string_view password, const password_salt& salt) {
  password_hash hash;
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), iterations, EVP_sha512(),
                        static_cast<int>(hash.size()), hash.data()) != 1) {
    throw std::runtime_error("PBKDF2 failed");
  }
  return hash;
}

// Takes what is known from before, and keeps what is asked for.
class hasher {
 public:
  explicit hasher(const password_memo& before) : before_(before) {}

  password_hash operator()(std::string_view password, const password_salt& salt) {
    std::string key(password);
    key.append(salt.begin(), salt.end());
    const auto found = before_.find(key);
    const auto hash = found != before_.end() ? found->second : compute_hash(password, salt);
    asked_for_.emplace(std::move(key), hash);
    return hash;
  }

  password_memo take() { return std::move(asked_for_); }

 private:
  const password_memo& before_;
  password_memo asked_for_;
};

template <std::size_t Size>
std::string encode_base64(const std::array<std::uint8_t, Size>& bytes) {
  std::array<unsigned char, (Size + 2) / 3 * 4 + 1> text;
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(Size));
  return {text.begin(), text.begin() + size};
}

template <std::size_t Size>
bool decode_base64(std::string_view text, std::array<std::uint8_t, Size>& bytes) {
  constexpr std::size_t blocks = (Size + 2) / 3;
  std::array<unsigned char, blocks * 3> decoded;
  if (text.size() != blocks * 4) return false;
  const int size = EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size != static_cast<int>(decoded.size())) return false;
  std::copy_n(decoded.begin(), Size, bytes.begin());
  return encode_base64(bytes) == text;  // else the padding is wrong
}

std::optional<password_line> parse_line(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  password_line line;
  line.user = text.substr(0, colon);
  auto rest = text.substr(colon + 1);
  if (!rest.starts_with(prefix)) return std::nullopt;
  rest.remove_prefix(prefix.size());
  const auto dollar = rest.find('$');
  if (dollar == std::string_view::npos) return std::nullopt;
  if (!decode_base64(rest.substr(0, dollar), line.salt) ||
      !decode_base64(rest.substr(dollar + 1), line.hash)) {
    return std::nullopt;
  }
  return line;
}

// Calls visit(line, its number) for each line, without its end; false from it stops.
template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!visit(text.substr(0, end), number)) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_valid_user(std::string_view user) {
  return !user.empty() && user.front() != '#' && std::none_of(user.begin(), user.end(), [](char c) {
    return c == ':' || static_cast<unsigned char>(c) < 0x20;
  });
}

}  // namespace

password_salt random_salt() {
  password_salt salt;
  static_assert(salt_size == 12);
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) {
    throw std::runtime_error("the system gives no random bytes");
  }
  return salt;
}

result<std::string> render_passwd(const std::vector<credential>& credentials, std::string_view previous,
                                  const salt_source& new_salt, const user_filter& keeps,
                                  password_memo* memo) {
  std::unordered_map<std::string_view, password_line> known;
  for_each_line(previous, [&](std::string_view line, std::size_t) {
    if (const auto parsed = parse_line(line)) known.insert_or_assign(parsed->user, *parsed);
    return true;
  });

  const password_memo nothing;
  hasher hash_of(memo != nullptr ? *memo : nothing);
  std::map<std::string_view, password_line> lines;
  for (const auto& [user, password] : credentials) {
    if (!is_valid_user(user)) return failure("passwd", "the password file cannot hold the user " + user);
    password_line line{user, {}, {}};
    bool unchanged = false;
    if (const auto found = known.find(user); found != known.end()) {
      line.salt = found->second.salt;
      line.hash = hash_of(password, line.salt);
      unchanged = CRYPTO_memcmp(line.hash.data(), found->second.hash.data(), line.hash.size()) == 0;
    }
    if (!unchanged) {
      line.salt = new_salt();
      line.hash = hash_of(password, line.salt);
    }
    if (!lines.emplace(user, line).second) return failure("passwd", "the user " + user + " comes twice");
  }
  for (const auto& [user, line] : known) {
    if (keeps && keeps(user)) lines.emplace(user, line);
  }

  // Only what is in use is kept.
  if (memo != nullptr) *memo = hash_of.take();

  std::string text;
  for (const auto& [user, line] : lines) {
    text += user;
    text += ':';
    text += prefix;
    text += encode_base64(line.salt);
    text += '$';
    text += encode_base64(line.hash);
    text += '\n';
  }
  return text;
}

result<std::size_t> check_passwd(std::string_view text, std::string_view file_name) {
  std::unordered_set<std::string_view> users;
  std::optional<error> problem;
  if (!text.empty() && text.back() != '\n') {
    return failure(std::string(file_name), "ends in the middle of a line; run `atlas-fleet broker apply`");
  }
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const auto parsed = parse_line(line);
    if (parsed && is_valid_user(parsed->user) && users.insert(parsed->user).second) return true;
    problem = error{std::string(file_name) + ":" + std::to_string(number),
                    std::string(parsed ? "is of a user that comes twice" : "is no password line") +
                        "; run `atlas-fleet broker apply`"};
    return false;
  });
  if (problem) return tl::unexpected<error>(*problem);
  return users.size();
}

}  // namespace atlas::broker
