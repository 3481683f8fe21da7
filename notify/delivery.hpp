#pragma once

#include "core/unix_time.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace atlas::notify {

// What goes to a receiver, in the form of its protocol.
struct delivery {
  struct mail {
    std::string from;
    std::vector<std::string> to;
    std::string user;
    std::string password;
    bool encrypted = true;  // STARTTLS, and nothing is said before
  };

  std::string url;                   // https://…, http://…, smtp://…, smtps://…: never logged
  std::vector<std::string> headers;  // "Name: value"; of a mail they stand in the body
  std::string body;
  std::optional<mail> envelope;  // for smtp
  std::optional<std::filesystem::path> ca_file;
  bool allow_local = false;
};

// How an attempt went.
struct attempt {
  bool delivered = false;
  bool refused = false;   // the receiver refuses this very message: trying for a day would not help
  std::string trouble;    // what went wrong, one line without secrets; empty when delivered
  milliseconds after{0};  // the receiver asks not to be tried again before
};

}  // namespace atlas::notify
