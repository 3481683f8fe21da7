#pragma once

#include "core/alert.hpp"
#include "core/error.hpp"
#include "core/incident.hpp"
#include "core/rule_book.hpp"
#include "core/silence.hpp"
#include "web/people.hpp"
#include "web/ports.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace atlas::web {

struct silence_info {
  std::string id;
  silence_terms terms;
  unix_ms created{};
  std::string by;
  bool is_on = false;
};

// What is to be tried: levels as they would be set, on hosts that the pattern fits.
struct dry_run_question {
  alert_rule rule = alert_rule::cpu;
  rule_change change;  // of the rule as it is set now
  std::string host;    // with "*" for anything; empty: all
  std::uint32_t days = 7;
};

// What people do about alerts. Calls come on the loop thread; `done` comes there exactly once, with an error
// when the store could not be asked. Every change is recorded as that of its `actor`.
class alert_desk {
 public:
  virtual ~alert_desk() = default;
  template <class Value>
  using answer = people::answer<Value>;
  template <class Value>
  using outcome = people::outcome<Value>;

  // The alert as it is then. A refusal: unknown when there is none, conflict when it does not fire.
  virtual void acknowledge(actor by, alert_key key, answer<outcome<alert>> done) = 0;
  // Those that are over.
  virtual void list_incidents(incident_query asked, answer<std::vector<incident>> done) = 0;
  virtual void read_past(host_id host, unix_ms from, unix_ms to, answer<host_past> done) = 0;
  virtual void list_silences(answer<std::vector<silence_info>> done) = 0;
  virtual void add_silence(actor by, silence_terms asked, answer<outcome<silence_info>> done) = 0;
  // What the alert engine would have made of the stored history, as JSON. A refusal: invalid for a rule whose
  // values are not stored, conflict while another one runs.
  virtual void dry_run(dry_run_question asked, answer<outcome<std::string>> done) = 0;
  // False when there is none of that id.
  virtual void remove_silence(actor by, std::string id, answer<bool> done) = 0;
};

}  // namespace atlas::web
