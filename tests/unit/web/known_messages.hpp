#pragma once

#include "web/notify_port.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace atlas::web::testing {

// The messenger's side of the tests: channels in a list; one that is in trouble delivers no test.
class known_messages final : public messenger {
 public:
  std::vector<channel_report> channels() const override { return list; }
  void test_channels(const actor& by, std::optional<std::string> channel,
                     std::function<void(result<std::vector<channel_outcome>>)> done) override {
    tested_by.push_back(by.name);
    std::vector<channel_outcome> found;
    for (const auto& one : list) {
      if (!channel || one.name == *channel) {
        found.push_back({one.name, one.trouble.empty(), one.trouble});
      }
    }
    done(std::move(found));
  }

  std::vector<channel_report> list;
  std::vector<std::string> tested_by;
};

}  // namespace atlas::web::testing
