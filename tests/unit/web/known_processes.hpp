#pragma once

#include "web/host_desk.hpp"

namespace atlas::web::testing {

// Hosts that answer at once, as they are told to.
class known_processes final : public host_desk {
 public:
  tl::expected<processes_reply, failure> says = tl::unexpected(failure::no_answer);

  void list_processes(const host_id&, processes_answer done) override { done(says); }
};

}  // namespace atlas::web::testing
