#pragma once

#include "core/error.hpp"
#include "core/role.hpp"
#include "core/unix_time.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace atlas::web {

// One login of a person, from one browser.
struct session_info {
  std::string id;
  std::string user;
  role granted = role::viewer;
  unix_ms created{};
  unix_ms last_seen{};  // within a minute or so
  unix_ms expires{};    // at the latest
  std::string address;
  std::string user_agent;
};

// What an organisation's people see and change of each other. Calls come on the loop thread, the work is done
// elsewhere; `done` comes on the loop thread exactly once, with an error when the store could not be asked.
class people {
 public:
  virtual ~people() = default;
  template <class Value>
  using answer = std::function<void(result<Value>)>;

  // Of that user, or of all.
  virtual void list_sessions(std::optional<std::string> user, answer<std::vector<session_info>> done) = 0;
  // False when there is none of that id, or it is not that user's.
  virtual void end_session(std::string id, std::optional<std::string> user, answer<bool> done) = 0;
};

}  // namespace atlas::web
