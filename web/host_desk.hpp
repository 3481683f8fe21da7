#pragma once

#include "core/host_id.hpp"
#include "core/process_list.hpp"

#include <functional>

#include <tl/expected.hpp>

namespace atlas::web {

// What is asked of the hosts themselves, at once and over the broker. Loop thread.
class host_desk {
 public:
  virtual ~host_desk() = default;
  enum class failure {
    busy,      // too many questions are under way, or there is no connection to the broker
    no_answer  // within ten seconds
  };
  using processes_answer = std::function<void(tl::expected<processes_reply, failure>)>;
  // Calls `done` once, at once or later.
  virtual void list_processes(const host_id& host, processes_answer done) = 0;
};

}  // namespace atlas::web
