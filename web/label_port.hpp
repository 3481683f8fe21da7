#pragma once

#include "core/host_id.hpp"
#include "core/host_label.hpp"
#include "web/people.hpp"

namespace atlas::web {

// What people write about hosts. Loop thread; the answer comes on the loop thread exactly once, when the
// fleet shows the change: false when there is no such host, an error when the store failed.
class label_port {
 public:
  template <class Value>
  using answer = people::answer<Value>;

  virtual ~label_port() = default;
  // What is asked has been checked.
  virtual void label_host(actor by, host_id host, host_label_change asked, answer<bool> done) = 0;
};

}  // namespace atlas::web
