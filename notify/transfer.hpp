#pragma once

#include "notify/delivery.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include <curl/curl.h>

namespace atlas::notify {

// One attempt as libcurl knows it: the handle and all that it points at. Stays where it is.
class transfer {
 public:
  explicit transfer(delivery given);
  ~transfer();
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  CURL* handle() { return handle_; }
  // What has come of it, once libcurl says that it is over.
  attempt judge(CURLcode code) const;

 private:
  static std::size_t take_answer(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t give_body(char* room, std::size_t size, std::size_t count, void* self);
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);

  void set_up_http();
  void set_up_mail();
  attempt judge_http() const;
  attempt judge_mail(CURLcode code) const;

  delivery given_;
  CURL* handle_;
  curl_slist* headers_ = nullptr;
  curl_slist* receivers_ = nullptr;
  std::size_t read_ = 0;      // bytes of the body that a mail has taken
  std::size_t answered_ = 0;  // bytes
  std::string refused_address_;
  std::array<char, CURL_ERROR_SIZE> problem_{};
};

}  // namespace atlas::notify
