#pragma once

#include "core/alert.hpp"
#include "core/org_id.hpp"
#include "core/sample_codec.hpp"
#include "ingest/rekeyer.hpp"
#include "ingest/request_desk.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

namespace atlas::ingest {

class inbox;
class guard_watch;

// Messages refused before they became an event, beside the samples that the decoder rejects.
enum class refusal {
  retained_sample,  // a stored copy of a sample: nothing live
  foreign_topic,    // not a topic of this organisation that ingest listens to
  bad_info,
  bad_status,
  bad_alert,
  bad_guard_report,
  bad_reply
};
inline constexpr std::array all_refusals{
    refusal::retained_sample, refusal::foreign_topic,    refusal::bad_info, refusal::bad_status,
    refusal::bad_alert,       refusal::bad_guard_report, refusal::bad_reply};

// Turns MQTT messages of one organisation into events for the inbox. take() comes on one thread, the MQTT
// client's, and never blocks; counters and restored alerts and replies are read from any thread.
class intake {
 public:
  // Both outlive this object.
  intake(org_id org, inbox& out, guard_watch& guard);

  // `correlation` is the message's MQTT 5 correlation data, empty when it has none.
  void take(std::string_view topic, std::string_view payload, bool retained,
            std::string_view correlation = {});

  // The alerts that the broker had retained, those that came since the last call.
  std::vector<alert> take_restored();

  // What hosts have replied since the last call. While many wait further ones are dropped, and count as bad.
  std::vector<host_reply> take_replies();
  std::vector<host_answer> take_answers();

  std::uint64_t rejected(rejection reason) const;
  std::uint64_t refused(refusal reason) const;

 private:
  void take_samples(const host_id& host, std::string_view payload);
  void take_info(const host_id& host, std::string_view payload);
  void take_status(const host_id& host, std::string_view payload);
  void take_reply(const host_id& host, std::string_view payload, std::string_view correlation);
  void take_guard_report(std::string_view payload);
  void take_other(std::string_view topic, std::string_view payload, bool retained);
  template <class Value>
  void keep(std::vector<Value>& waiting, Value value, std::size_t most);
  void count(refusal reason);

  const org_id org_;
  inbox& out_;
  guard_watch& guard_;
  sample_decoder decoder_;
  std::vector<sample> decoded_;

  std::array<std::atomic<std::uint64_t>, all_rejections.size()> rejections_{};
  std::array<std::atomic<std::uint64_t>, all_refusals.size()> refusals_{};

  std::mutex mutex_;  // guards what follows
  std::vector<alert> restored_;
  std::vector<host_reply> replies_;
  std::vector<host_answer> answers_;
};

}  // namespace atlas::ingest
