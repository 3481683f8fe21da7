#pragma once

#include "web/settings_port.hpp"

#include <string>
#include <utility>
#include <vector>

namespace atlas::web::testing {

// The settings' side of the tests: whatever is given becomes the settings; "bad" is refused and "broken"
// finds no store.
class known_settings final : public settings_port {
 public:
  void read_settings(answer<std::string> done) override { done(text); }
  void change_settings(actor by, std::string patch, answer<outcome> done) override {
    if (patch.find("broken") != std::string::npos) {
      return done(failure("settings", "too many requests wait: try again in a second"));
    }
    if (patch.find("bad") != std::string::npos) {
      return done(outcome(tl::make_unexpected(
          people_refusal{people_refusal::reason::invalid,
                         "alerts.cpu_threshold must be a number; alerts.notify cannot be changed here",
                         "alerts.cpu_threshold"})));
    }
    changed_by.push_back(std::move(by));
    text = std::move(patch);
    done(outcome(text));
  }

  std::string text = R"({"organization":{"name":"Acme Corp"}})";
  std::vector<actor> changed_by;
};

}  // namespace atlas::web::testing
