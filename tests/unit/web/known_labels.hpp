#pragma once

#include "web/label_port.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace atlas::web::testing {

// Keeps what is written about hosts; "broken" finds no store.
class known_labels final : public label_port {
 public:
  void label_host(actor by, host_id host, host_label_change asked, answer<bool> done) override {
    if (asked.note == "broken") {
      return done(failure("hosts", "too many requests wait: try again in a second"));
    }
    written_by.push_back(std::move(by));
    if (write) {
      write(host, asked);
    }
    done(true);
  }

  std::function<void(const host_id&, const host_label_change&)> write;
  std::vector<actor> written_by;
};

}  // namespace atlas::web::testing
