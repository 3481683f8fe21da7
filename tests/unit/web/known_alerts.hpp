#pragma once

#include "web/alert_desk.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace atlas::web::testing {

// The desk's side of the tests: silences in a list, and acknowledgements that `take` makes.
class known_alerts final : public alert_desk {
 public:
  using taker = std::function<outcome<alert>(const alert_key& key, const std::string& by)>;
  explicit known_alerts(taker take) : take_(std::move(take)) {}

  void acknowledge(actor by, alert_key key, answer<outcome<alert>> done) override {
    done(take_(key, by.name));
  }
  void list_incidents(incident_query asked, answer<std::vector<incident>> done) override {
    asked_for = std::move(asked);
    done(incidents);
  }
  void read_past(host_id, unix_ms, unix_ms, answer<host_past> done) override { done(past); }
  void list_silences(answer<std::vector<silence_info>> done) override { done(silences); }
  void add_silence(actor by, silence_terms asked, answer<outcome<silence_info>> done) override {
    silences.push_back({"s" + std::to_string(silences.size() + 1), std::move(asked), {}, by.name, true});
    done(outcome<silence_info>(silences.back()));
  }
  void remove_silence(actor, std::string id, answer<bool> done) override {
    done(std::erase_if(silences, [&](const silence_info& one) { return one.id == id; }) > 0);
  }
  void dry_run(dry_run_question asked, answer<outcome<std::string>> done) override {
    done(outcome<std::string>(R"({"rule":")" + std::string(to_string(asked.rule)) + R"(","fired":0})"));
  }

  std::vector<silence_info> silences;
  std::vector<incident> incidents;
  host_past past;
  incident_query asked_for;

 private:
  taker take_;
};

}  // namespace atlas::web::testing
