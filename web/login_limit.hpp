#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace atlas::web {

// Slows down whoever guesses passwords. Three counts of failures, each with a delay that doubles with every
// further one: of a user name from one address, of an address, and of a user name from all addresses where it
// has not logged in before. The last one's delay stays short, so that nobody can shut a person out: see
// docs/adr/0010.
//
// Whether a user name exists plays no part. An attempt counts as a failure from the moment that it is let in,
// so that many at once are no way around. Pure, time is an argument; one thread.
class login_limit {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using seconds = std::chrono::seconds;

  struct rule {
    int free;             // failures without a delay
    seconds longest;      // the delay starts at a second and doubles up to this
    seconds forgiveness;  // each so long one failure is forgotten
  };
  static constexpr rule of_pair{5, seconds{900}, seconds{900}};
  static constexpr rule of_address{20, seconds{900}, seconds{300}};
  static constexpr rule of_user{20, seconds{30}, seconds{600}};
  static constexpr std::size_t max_entries = 10'000;  // of each count; the longest unused is forgotten

  // Nothing when the attempt may be made: it must then be ended by succeeded(), failed() or undecided(). Else
  // how long to wait, at least a second.
  std::optional<seconds> admit(std::string_view address, std::string_view user, time_point now);
  void succeeded(std::string_view address, std::string_view user, time_point now);
  // It was not the credential's fault.
  void undecided(std::string_view address, std::string_view user);

  std::size_t size() const { return pairs_.size() + addresses_.size() + users_.size() + familiar_.size(); }

 private:
  struct count {
    int failures = 0;
    time_point last{};      // the newest one
    time_point forgiven{};  // up to when time has been taken into account
  };
  // Bounded; the least recently used entry goes first.
  class table {
   public:
    count* find(const std::string& key);
    count& touch(const std::string& key, time_point now);
    void erase(const std::string& key);
    std::size_t size() const { return places_.size(); }

   private:
    using entry = std::pair<std::string, count>;
    std::list<entry> entries_;  // most recently used first
    std::unordered_map<std::string, std::list<entry>::iterator> places_;
  };
  struct keys {
    std::string pair;
    std::string address;
    std::string user;
  };
  static keys keys_of(std::string_view address, std::string_view user);
  static seconds wait(table& in, const std::string& key, const rule& by, time_point now);
  static void charge(table& in, const std::string& key, time_point now);
  static void refund(table& in, const std::string& key);

  table pairs_;
  table addresses_;
  table users_;
  table familiar_;  // pairs that have logged in
};

}  // namespace atlas::web
