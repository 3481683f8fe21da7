#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace atlas::web {

class connection;

// Where a connection comes from, as far as one stranger is told from another: an IPv4 address, or the 64 bits
// of an IPv6 address that a network gives out as a whole.
using origin_key = std::array<unsigned char, 16>;
origin_key origin_of(const boost::asio::ip::address& remote);
// "192.0.2.1" also on a socket that takes both families.
std::string address_text(const boost::asio::ip::address& remote);

// All open connections of a server, and which of them wait for their client: for a whole request, or to be
// rid of a response. Loop thread.
class connection_set {
 public:
  struct limits {
    std::size_t all = 0;
    std::size_t per_origin = 0;
  };
  enum class room { free, made, none };

  std::size_t size() const { return all_.size(); }
  std::size_t size_of(const origin_key& from) const;
  // Room for one more connection from there. Where it takes one too many, the connection that has waited
  // longest for its client is closed: one of the same origin when that has its share, else any.
  room make_room(const origin_key& from, const limits& most);
  // Closes the connection that has waited longest; false when none waits.
  bool close_longest_waiting();
  void close_all();

 private:
  friend class connection;
  struct group {
    std::size_t size = 0;
    std::size_t live = 0;
    std::list<connection*> waiting;  // longest first
  };
  // A connection's place, from its construction to its end.
  struct place {
    std::list<connection*>::iterator of_all;
    std::map<origin_key, group>::iterator origin;
    std::optional<std::list<connection*>::iterator> waiting;
    std::optional<std::list<connection*>::iterator> waiting_of_origin;
    bool is_live = false;
  };

  place add(connection& one, const origin_key& from);
  void remove(place& from);
  void begin_waiting(connection& one, place& at);
  void end_waiting(place& at);
  static bool become_live(place& at, std::size_t most);

  std::list<connection*> all_;
  std::list<connection*> waiting_;  // longest first
  std::map<origin_key, group> origins_;
};

}  // namespace atlas::web
