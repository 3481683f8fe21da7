#pragma once

#include "core/fleet.hpp"
#include "core/ip_network.hpp"
#include "web/host_figure.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace atlas::web {

// What somebody types to find hosts: words that must all fit, upper and lower case alike.
//   web                a text in the id, host name, system, version, model, architecture, a tag or an address
//   state:lost,silent  one of these, or their beginnings; also `trouble` and `offline`
//   tag:office         has this tag
//   os:macos           a text in the system or its version; likewise name: model: arch: agent:
//   ip:10.0.3.0/24     has an address in it; without a length, an address that begins so
//   cpu>80 uptime<7d   a figure of host_figure against a number: > >= < <= =, with k M G T, s m h d or %
//   -word              not
//   "two words"        as one
// What is none of these is a text to be found: nobody gets an error for typing.
class host_search {
 public:
  static constexpr std::size_t max_bytes = 256;

  host_search() = default;
  explicit host_search(std::string_view typed);

  bool fits(const host_state& host) const;

  enum class text_field { any, name, system, model, arch, agent, tag, address };
  enum class comparison { less, at_most, equal, at_least, greater };

 private:
  struct in_state {
    std::vector<host_presence> any_of;
    bool trouble = false;
    bool offline = false;
  };
  struct in_text {
    text_field field;
    std::string text;  // lower case
  };
  struct in_network {
    ip_network network;
  };
  struct of_figure {
    host_figure figure;
    comparison how;
    double value;
  };
  struct term {
    bool negated = false;
    std::variant<in_text, in_state, in_network, of_figure> what;
  };

  static bool fits(const host_state& host, const in_state& wanted);
  static bool fits(const host_state& host, const in_text& wanted);
  static bool fits(const host_state& host, const in_network& wanted);
  static bool fits(const host_state& host, const of_figure& wanted);
  static decltype(term::what) parse_term(std::string_view word);

  std::vector<term> terms_;
};

}  // namespace atlas::web
