#pragma once

#include "web/people.hpp"

#include <string>

namespace atlas::web {

// What administrators change while the service runs. Settings are JSON text of the shape of tenant.json,
// without secrets. Loop thread; each answer comes on the loop thread exactly once, an error when the store
// failed.
class settings_port {
 public:
  template <class Value>
  using answer = people::answer<Value>;
  using outcome = people::outcome<std::string>;

  virtual ~settings_port() = default;
  virtual void read_settings(answer<std::string> done) = 0;
  // Takes an RFC 7396 merge patch and answers with all settings. What is refused changes nothing; the
  // refusal's `member` is a path as "alerts.cpu_threshold", and its text tells every mistake.
  virtual void change_settings(actor by, std::string patch, answer<outcome> done) = 0;
};

}  // namespace atlas::web
