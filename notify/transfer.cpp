#include "notify/transfer.hpp"

#include "core/clean_text.hpp"
#include "notify/address_rule.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <unistd.h>

namespace atlas::notify {

namespace {

constexpr long connect_limit_ms = 5'000;
constexpr long whole_limit_ms = 10'000;
constexpr std::size_t max_answer = 64 * 1024;
constexpr std::size_t longest_trouble = 300;
constexpr std::int64_t longest_after = 3'600;  // seconds that a receiver may ask for

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.sa_family == AF_INET) {
    sockaddr_in known{};
    std::memcpy(&known, &address, sizeof known);
    ::inet_ntop(AF_INET, &known.sin_addr, text.data(), text.size());
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 known{};
    std::memcpy(&known, &address, sizeof known);
    ::inet_ntop(AF_INET6, &known.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

// Of HTTP: it is the message that is wrong, or too large, and not the address, the credential or the moment.
bool refuses_message(long status) {
  return status == 400 || status == 405 || status == 406 || status == 410 || status == 411 || status == 413 ||
         status == 414 || status == 415 || status == 422 || status == 431;
}

}  // namespace

transfer::transfer(delivery given) : given_(std::move(given)), handle_(curl_easy_init()) {
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle_, CURLOPT_URL, given_.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, given_.envelope ? "smtp,smtps" : "http,https");
  curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle_, CURLOPT_PROXY, "");  // whatever the environment says: the address is judged here
  curl_easy_setopt(handle_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_QUICK_EXIT, 1L);  // no waiting for a name server that hangs
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, whole_limit_ms);
  curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, 1L);  // a connection that is kept may be dead by then
  curl_easy_setopt(handle_, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, problem_.data());
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &transfer::take_answer);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &transfer::open_socket);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETDATA, this);
  if (given_.ca_file) {
    curl_easy_setopt(handle_, CURLOPT_CAINFO, given_.ca_file->c_str());
    curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
  }
  if (given_.envelope) {
    set_up_mail();
  } else {
    set_up_http();
  }
}

transfer::~transfer() {
  curl_easy_cleanup(handle_);
  curl_slist_free_all(headers_);
  curl_slist_free_all(receivers_);
}

void transfer::set_up_http() {
  for (const auto& header : given_.headers) {
    headers_ = curl_slist_append(headers_, header.c_str());
  }
  headers_ = curl_slist_append(headers_, "Expect:");  // no waiting for a 100
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, "Atlas-Fleet/" ATLAS_VERSION);
  curl_easy_setopt(handle_, CURLOPT_POST, 1L);
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, given_.body.data());
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(given_.body.size()));
}

void transfer::set_up_mail() {
  const auto& mail = *given_.envelope;
  for (const auto& address : mail.to) {
    receivers_ = curl_slist_append(receivers_, ("<" + address + ">").c_str());
  }
  curl_easy_setopt(handle_, CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, receivers_);
  curl_easy_setopt(handle_, CURLOPT_USE_SSL,
                   static_cast<long>(mail.encrypted ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!mail.user.empty()) {
    curl_easy_setopt(handle_, CURLOPT_USERNAME, mail.user.c_str());
    curl_easy_setopt(handle_, CURLOPT_PASSWORD, mail.password.c_str());
  }
  curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &transfer::give_body);
  curl_easy_setopt(handle_, CURLOPT_READDATA, this);
}

std::size_t transfer::take_answer(char*, std::size_t size, std::size_t count, void* self) {
  auto& answered = static_cast<transfer*>(self)->answered_;
  answered += size * count;
  return answered > max_answer ? 0 : size * count;
}

std::size_t transfer::give_body(char* room, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<transfer*>(self);
  const auto given = std::min(size * count, me.given_.body.size() - me.read_);
  std::memcpy(room, me.given_.body.data() + me.read_, given);
  me.read_ += given;
  return given;
}

// Here the name has become an address, the very one that is connected to: what a name server says later is of
// no matter.
curl_socket_t transfer::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& me = *static_cast<transfer*>(self);
  switch (notify::judge(address->addr)) {
    case address_verdict::fine: break;
    case address_verdict::local:
      if (me.given_.allow_local) break;
      me.refused_address_ = text_of(address->addr) +
                            " is an address of this machine or its link: \"allow_local\": true allows it";
      return CURL_SOCKET_BAD;
    case address_verdict::refused:
      me.refused_address_ = text_of(address->addr) + " is an address that notifications never go to";
      return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

attempt transfer::judge(CURLcode code) const {
  if (!refused_address_.empty() && code != CURLE_OK) {
    return {false, false, refused_address_, {}};
  }
  // An answer that is too long is cut off; what counts is its status.
  const bool cut = code == CURLE_WRITE_ERROR && answered_ > max_answer;
  if (!given_.envelope && (code == CURLE_OK || cut)) {
    return judge_http();
  }
  if (code == CURLE_OK) {
    return {true, false, {}, {}};
  }
  if (given_.envelope) {
    return judge_mail(code);
  }
  const std::string_view said = problem_[0] != '\0' ? problem_.data() : curl_easy_strerror(code);
  return {false, false, clean_text(said, longest_trouble), {}};
}

attempt transfer::judge_http() const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) {
    return {true, false, {}, {}};
  }
  curl_off_t after = 0;
  curl_easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &after);
  const auto wait = std::clamp<std::int64_t>(after, 0, longest_after);
  auto trouble = fmt::format("the receiver answers with status {}", status);
  if (status >= 300 && status < 400) {
    trouble += ", a redirection, which is not followed: give the address that it leads to";
  }
  return {false, refuses_message(status), std::move(trouble), std::chrono::seconds(wait)};
}

attempt transfer::judge_mail(CURLcode code) const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  std::string said = problem_[0] != '\0' ? problem_.data() : curl_easy_strerror(code);
  if (status >= 400) {
    said = fmt::format("the mail server answers with {}: {}", status, said);
  }
  const bool refused = status == 552 || status == 554;  // too large, or not liked
  return {false, refused, clean_text(said, longest_trouble), {}};
}

}  // namespace atlas::notify
