#include "ingest/mqtt_source.hpp"

#include "ingest/guard_watch.hpp"
#include "ingest/inbox.hpp"
#include "ingest/inbox_reader.hpp"
#include "test_broker.hpp"

#include <fstream>

#include <gmock/gmock.h>

namespace atlas::ingest {
namespace {

using testing::HasSubstr;

// The service's side of the broker, without a fleet: collects what arrives.
class listening_end {
 public:
  explicit listening_end(mqtt_options options)
      : source(io, std::move(options), test_org(), messages, [this](std::vector<alert> alerts) {
          restored.insert(restored.end(), alerts.begin(), alerts.end());
          if (!opened) {
            opened = true;
            reader.open(box);
          }
        }) {}

  std::size_t samples() const {
    std::size_t count = 0;
    for (const auto& event : events) {
      count += std::holds_alternative<sample_received>(event) ? 1 : 0;
    }
    return count;
  }
  bool wait(const std::function<bool()>& condition) { return run_until(io, condition); }
  bool start() {
    source.start();
    return wait([this] { return source.is_subscribed(); });
  }
  bool stop() {
    bool stopped = false;
    source.stop([&] { stopped = true; });
    return wait([&] { return stopped; });
  }

  boost::asio::io_context io;
  std::vector<fleet_event> events;
  std::vector<alert> restored;
  bool opened = false;
  inbox_reader reader{io, [this](std::span<fleet_event> batch) {
                        events.insert(events.end(), std::make_move_iterator(batch.begin()),
                                      std::make_move_iterator(batch.end()));
                      }};
  inbox box{{}, [this] { reader.wake(); }};
  guard_watch guard{std::chrono::steady_clock::now()};
  intake messages{test_org(), box, guard};
  mqtt_source source;
};

TEST(MqttSource, TakesSamplesOfItsHostsAndCountsMalformedOnes) {
  const test_broker broker;
  listening_end service(broker.service_options());
  ASSERT_TRUE(service.start());
  EXPECT_EQ(service.source.trouble(), "");
  const auto h1 = broker.connect_host("h1");
  h1->publish(topic_of("h1", "metrics"), "not json", 8, 1, false);
  const auto sample = sample_json(1, 42);
  h1->publish(topic_of("h1", "metrics"), sample.data(), sample.size(), 1, false);
  h1->publish(topic_of("h1", "info"), R"({"os":"linux"})", 14, 1, true);
  EXPECT_TRUE(service.wait([&] { return service.events.size() == 2; }));
  EXPECT_EQ(std::get<sample_received>(service.events[0]).value.cpu.percent, 42);
  EXPECT_EQ(std::get<info_received>(service.events[1]).value.os, "linux");
  EXPECT_EQ(service.messages.rejected(rejection::not_json), 1U);
  EXPECT_TRUE(service.stop());
}

TEST(MqttSource, GetsWhatWasSentWhileItWasAway) {
  const test_broker broker;
  {
    listening_end service(broker.service_options());
    ASSERT_TRUE(service.start());
    ASSERT_TRUE(service.stop());
  }
  constexpr std::uint64_t count = 300;
  const auto h1 = broker.connect_host("h1");
  for (std::uint64_t seq = 1; seq <= count; ++seq) {
    const auto sample = sample_json(seq);
    h1->publish(topic_of("h1", "metrics"), sample.data(), sample.size(), 1, false);
  }
  listening_end service(broker.service_options());
  ASSERT_TRUE(service.start());
  EXPECT_TRUE(service.wait([&] { return service.samples() == count; })) << service.samples();
  EXPECT_EQ(std::get<sample_received>(service.events.back()).value.seq, count);
}

TEST(MqttSource, SurvivesABrokerThatIsKilledAndComesBack) {
  test_broker broker;
  listening_end service(broker.service_options());
  ASSERT_TRUE(service.start());
  broker.kill();
  ASSERT_TRUE(service.wait([&] { return !service.source.is_subscribed(); }));
  EXPECT_THAT(service.source.trouble(), HasSubstr("localhost:" + std::to_string(broker.port())));
  EXPECT_TRUE(service.wait([&] {
    return service.source.trouble().find("nothing listens") != std::string::npos;
  })) << service.source.trouble();
  service.source.publish_retained(topic_of("h1", "config"), R"({"report_interval":3})");
  broker.start();
  ASSERT_TRUE(service.wait([&] { return service.source.is_subscribed(); })) << service.source.trouble();
  const auto h1 = broker.connect_host("h1");
  const auto sample = sample_json(1);
  h1->publish(topic_of("h1", "metrics"), sample.data(), sample.size(), 1, false);
  EXPECT_TRUE(service.wait([&] { return service.samples() == 1; }));
  EXPECT_TRUE(service.wait([&] { return service.source.outbox().size() == 0; }))
      << "and publishes what waited";
  EXPECT_EQ(service.source.connects(), 2U);
}

TEST(MqttSource, WaitsForABrokerThatIsNotThereYet) {
  test_broker broker;
  broker.stop();
  listening_end service(broker.service_options());
  service.source.start();
  EXPECT_TRUE(service.wait([&] {
    return service.source.trouble().find("nothing listens") != std::string::npos;
  })) << service.source.trouble();
  EXPECT_FALSE(service.opened);
  broker.start();
  EXPECT_TRUE(service.wait([&] { return service.source.is_subscribed(); }));
  EXPECT_TRUE(service.opened);
}

TEST(MqttSource, FindsTheAlertsThatAnEarlierRunHasLeft) {
  const test_broker broker;
  const alert fired{{host("h1"), alert_rule::cpu, {}}, alert_severity::warning, alert_phase::firing, 97, 90,
                    from_unix_ms(1'764'000'000'000)};
  const auto topic = "org/" + std::string(org_text) + "/alerts/h1/cpu";
  {
    listening_end service(broker.service_options());
    ASSERT_TRUE(service.start());
    EXPECT_TRUE(service.restored.empty());
    service.source.publish_retained(topic, format_alert(fired));
    ASSERT_TRUE(service.wait([&] { return service.source.outbox().size() == 0; }));
    ASSERT_TRUE(service.stop());
  }
  const auto h1 = broker.connect_host("h1");
  for (std::uint64_t seq = 1; seq <= 50; ++seq) {
    const auto sample = sample_json(seq);
    h1->publish(topic_of("h1", "metrics"), sample.data(), sample.size(), 1, false);
  }
  listening_end service(broker.service_options());
  service.source.start();
  ASSERT_TRUE(service.wait([&] { return service.opened; }));
  ASSERT_EQ(service.restored.size(), 1U)
      << "before the first event, although 50 samples have waited for longer";
  EXPECT_EQ(service.restored[0].since, fired.since);
  EXPECT_TRUE(service.wait([&] { return service.samples() == 50; }));
  service.source.publish_retained(topic, {});
  EXPECT_TRUE(service.wait([&] { return service.source.outbox().size() == 0; }));
  EXPECT_EQ(service.restored.size(), 1U);
}

TEST(MqttSource, SaysThatTheCredentialIsRefused) {
  const test_broker broker;
  auto options = broker.service_options();
  options.passwords = [] { return std::vector<std::string>{"wrong"}; };
  listening_end service(options);
  service.source.start();
  EXPECT_TRUE(service.wait([&] { return service.source.trouble().find("refuses") != std::string::npos; }));
  EXPECT_THAT(service.source.trouble(),
              testing::AllOf(HasSubstr("credential"), testing::Not(HasSubstr("wrong"))));
}

TEST(MqttSource, TriesTheNextPasswordWhenOneIsRefused) {
  const test_broker broker;
  auto options = broker.service_options();
  options.passwords = [right = options.passwords().front()] {
    return std::vector{std::string("new"), right};
  };
  listening_end service(options);
  EXPECT_TRUE(service.start()) << service.source.trouble();
}

TEST(MqttSource, SaysThatTheCaIsAnother) {
  const test_broker broker;
  const test_broker other;
  auto options = broker.service_options();
  options.ca_file = other.service_options().ca_file;
  listening_end service(options);
  service.source.start();
  EXPECT_TRUE(service.wait([&] { return service.source.trouble().find("not signed") != std::string::npos; }))
      << service.source.trouble();
}

TEST(MqttSource, SaysThatTheNameIsAnother) {
  const test_broker broker;
  auto options = broker.service_options();
  options.broker.host = "127.0.0.2";
  listening_end service(options);
  service.source.start();
  EXPECT_TRUE(service.wait([&] {
    return service.source.trouble().find("not for the name 127.0.0.2") != std::string::npos;
  })) << service.source.trouble();
}

TEST(MqttSource, SaysThatTheCaFileIsMissingOrNoCertificate) {
  const test_broker broker;
  const temporary_dir dir;
  auto options = broker.service_options();
  options.ca_file = dir.path() / "ca.crt";
  listening_end service(options);
  service.source.start();
  EXPECT_TRUE(service.wait([&] {
    return service.source.trouble().find("is not there") != std::string::npos;
  })) << service.source.trouble();
  std::ofstream(options.ca_file) << "rubbish";
  EXPECT_TRUE(service.wait([&] {
    return service.source.trouble().find("not a readable") != std::string::npos;
  })) << service.source.trouble();
}

}  // namespace
}  // namespace atlas::ingest
