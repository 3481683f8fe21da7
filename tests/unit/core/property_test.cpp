#include "core/alert.hpp"
#include "core/credentials.hpp"
#include "core/host_info.hpp"
#include "core/host_status.hpp"
#include "core/presence.hpp"
#include "core/sample_codec.hpp"
#include "core/topic.hpp"
#include "tests/unit/core/generators.hpp"
#include "tests/unit/core/make.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace atlas::test {
namespace {

using rc::gen::element;
using rc::gen::inRange;

RC_GTEST_PROP(TopicProperty, EveryHostTopicReadsBack, ()) {
  const host_topic value{
      *any_org(), *any_host(),
      *element(host_channel::metrics, host_channel::info, host_channel::status, host_channel::config,
               host_channel::ack, host_channel::cmd, host_channel::reply)};
  const auto text = format_topic(value);
  RC_ASSERT(parse_topic(text).value() == topic{value});
  RC_ASSERT(parse_host_topic(value.org, text) == value);
}

RC_GTEST_PROP(TopicProperty, EveryAlertTopicReadsBack, ()) {
  const alert_key key{*any_host(), alert_rule::disk, *any_name()};
  const alert_topic value{*any_org(), key.host, key.topic_level()};
  RC_ASSERT(parse_topic(format_topic(value)).value() == topic{value});
  RC_ASSERT(alert_key::parse(value.host, value.rule).value() == key);
}

RC_GTEST_PROP(TopicProperty, BothParsersAgreeOnAnyText, ()) {
  const auto org = *any_org();
  auto text = format_topic(host_topic{org, *any_host(), host_channel::metrics});
  mutate(text);
  const auto general = parse_topic(text);
  const auto quick = parse_host_topic(org, text);
  const auto* host = general ? std::get_if<host_topic>(&*general) : nullptr;
  RC_ASSERT(quick.has_value() == (host != nullptr && host->org == org));
  if (quick) {
    RC_ASSERT(*quick == *host);
  }
  if (general) {
    RC_ASSERT(format_topic(*general) == text);
  }
}

RC_GTEST_PROP(SampleProperty, EverySampleReadsBack, ()) {
  const auto samples = *rc::gen::container<std::vector<sample>>(any_sample());
  sample_decoder decoder;
  std::vector<sample> read;
  for (const auto& value : samples) {
    RC_ASSERT(decoder.decode(encode_sample(value), read).has_value());
  }
  RC_ASSERT(read == samples);
}

RC_GTEST_PROP(SampleProperty, AnyBytesAreTakenWholeOrRejectedWhole, ()) {
  auto payload = encode_sample(*any_sample());
  mutate(payload);
  sample_decoder decoder;
  std::vector<sample> out;
  const bool taken = decoder.decode(payload, out).has_value();
  RC_ASSERT(taken == (out.size() == 1));
  if (taken) {
    std::vector<sample> again;
    RC_ASSERT(decoder.decode(encode_sample(out[0]), again).has_value());
  }
}

RC_GTEST_PROP(SmallPayloadProperty, AnyBytesAreReadOrRefused, ()) {
  auto text = *element(format_host_status({reported_state::online, at(0), "b"}),
                       format_host_info({"linux", "", "6.1", "", "", 4, 5, "", "", {"a"}, {"b"}}),
                       format_alert({{make_host(), alert_rule::disk, "/"}}));
  mutate(text);
  if (const auto status = parse_host_status(text)) {
    RC_ASSERT(parse_host_status(format_host_status(*status)).value() == *status);
  }
  if (const auto info = parse_host_info(text)) {
    RC_ASSERT(parse_host_info(format_host_info(*info)).value() == *info);
  }
  if (const auto read = parse_alert(text)) {
    RC_ASSERT(parse_alert(format_alert(*read)).value().key == read->key);
  }
}

RC_GTEST_PROP(ApiKeyProperty, AnyTextIsAKeyThatReadsBackOrRefused, ()) {
  auto text = api_key::generate().reveal();
  mutate(text);
  if (const auto key = api_key::parse(text)) {
    RC_ASSERT(key->bytes().size() >= 32U);
    RC_ASSERT(api_key::parse(key->reveal()).value() == *key);
  }
}

RC_GTEST_PROP(PresenceProperty, SinceMovesExactlyWhenThePresenceChanges, ()) {
  presence_state state;
  auto now = at(0);
  for (const int event : *rc::gen::container<std::vector<int>>(inRange(0, 6))) {
    now += milliseconds(*inRange(0, 40'000));
    const auto before = state;
    switch (event) {
      case 0: state = on_status(state, reported_state::online, now); break;
      case 1: state = on_status(state, reported_state::sleeping, now); break;
      case 2: state = on_status(state, reported_state::stopped, now); break;
      case 3: state = on_status(state, reported_state::lost, now); break;
      case 4: state = on_sample(state, now); break;
      default: state = on_silence(state, now, milliseconds(30'000)); break;
    }
    const bool changed = before.presence != state.presence;
    RC_ASSERT(state.since == (changed ? now : before.since));
    RC_ASSERT(state.last_seen >= before.last_seen);
    RC_ASSERT(state.presence != host_presence::online || state.last_seen > unix_ms{});
    RC_ASSERT(state.presence != host_presence::unknown || before.presence == host_presence::unknown);
  }
}

}  // namespace
}  // namespace atlas::test
