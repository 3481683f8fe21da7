#include "ingest/metrics_text.hpp"

#include "fixtures.hpp"
#include "ingest/guard_watch.hpp"
#include "ingest/prometheus_text.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>

namespace atlas::ingest {
namespace {

using testing::HasSubstr;
using testing::Not;

class MetricsText : public testing::Test {
 protected:
  std::string page(web::metrics_scope scope = web::metrics_scope::with_hosts) const {
    metrics_view view{hosts, counters, messages, box, web,
                      true,  1,        0,        0,   guard.newest(std::chrono::steady_clock::now())};
    view.scope = scope;
    return render_metrics(view);
  }
  void apply(fleet_event event) {
    fleet_effects effects;
    hosts.apply(std::move(event), from_unix_ms(1'764'000'000'000), effects);
  }
  void fill() {
    sample full = sample_at(from_unix_ms(1'764'000'000'000), 12.5);
    full.cpu.cores = {10, 15};
    full.cpu.load = {0.25, 0.5, 1};
    full.cpu.iowait = 0.4;
    full.memory.total = 8'589'934'592;
    full.memory.swap_used = 0;
    full.disks = {{"/", "/dev/sda1", "ext4", 100, 71, 71, 0, 0},
                  {"/we\"ird\\ \n", "/dev/sdb1", "ext4", 100, 50, 50, {}, {}},
                  {"/", "again", "ext4", 1, 1, 1, {}, {}}};
    full.network = {{"eth0", 1200, 800}};
    full.temperatures = {{"cpu", 51}};
    full.battery = {80, true};
    full.uptime = 86'400;
    full.processes = 213;
    apply(sample_received{host("web-1"), full});
    apply(host_registered{host("db-1")});
  }

  fleet hosts{fleet_rules{}};
  tenant_counters counters;
  inbox box{{}, [] {}};
  guard_watch guard{std::chrono::steady_clock::now()};
  intake messages{test_org(), box, guard};
  web::server_counters web;
};

TEST_F(MetricsText, LeavesSingleHostsOutWhenAsked) {
  fill();
  EXPECT_THAT(page(), HasSubstr("atlas_host_cpu_percent"));
  EXPECT_THAT(page(web::metrics_scope::without_hosts), Not(HasSubstr("{host=")));
  EXPECT_THAT(page(web::metrics_scope::without_hosts), HasSubstr("atlas_hosts{state="));
}

TEST_F(MetricsText, HasTheNamesOfTheContract) {
  counters.accepted = 42;
  fill();
  const auto text = page();
  EXPECT_THAT(text, HasSubstr("\natlas_samples_accepted_total 42\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_inbox_dropped_total 0\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_hosts{state=\"online\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_hosts{state=\"unknown\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_alerts{severity=\"warning\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_host_cpu_percent{host=\"web-1\"} 12.5\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_host_memory_total_bytes{host=\"web-1\"} 8589934592\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_host_load1{host=\"web-1\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_host_disk_percent{host=\"web-1\",mount=\"/\"} 71\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_host_up{host=\"db-1\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("atlas_host_cpu_percent{host=\"db-1\"}")))
      << "what it never reported is absent";
}

TEST_F(MetricsText, ShowsTheGuardWhileItReports) {
  EXPECT_THAT(page(), HasSubstr("\natlas_guard_up 0\n"));
  guard.heard({3, 20, 4, 500, 5, 6, 7}, std::chrono::steady_clock::now());
  const auto text = page();
  EXPECT_THAT(text, HasSubstr("\natlas_guard_up 1\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_guard_messages_dropped_total 4\n"));
  EXPECT_THAT(text, HasSubstr("\natlas_guard_refused_total{what=\"subscription\"} 6\n"));
}

TEST_F(MetricsText, EveryReasonIsAlwaysThere) {
  messages.take(topic_of("h", "metrics"), "not json", false);
  const auto text = page();
  for (const auto reason : all_rejections) {
    const auto count = reason == rejection::not_json ? " 1\n" : " 0\n";
    EXPECT_THAT(text, HasSubstr("\natlas_samples_rejected_total{reason=\"" + std::string(to_string(reason)) +
                                "\"}" + count));
  }
  for (const auto* kind : {"topic", "info", "status", "alert"}) {
    EXPECT_THAT(text, HasSubstr("\natlas_messages_rejected_total{kind=\"" + std::string(kind) + "\"} 0\n"));
  }
}

TEST_F(MetricsText, LabelsAreEscapedAndNoSeriesComesTwice) {
  fill();
  const auto text = page();
  EXPECT_THAT(text, HasSubstr(R"(mount="/we\"ird\\ \n"} 50)"));
  EXPECT_THAT(text, Not(HasSubstr("mount=\"/\"} 1\n")));
}

TEST_F(MetricsText, PromtoolFindsNoFault) {
  if (std::system("promtool --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is not installed (package prometheus)";
  }
  fill();
  const temporary_dir dir;
  const auto file = dir.path() / "metrics";
  std::ofstream(file) << page();
  const auto command = "promtool check metrics <" + file.string() + " 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string said;
  for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe)) {
    said += static_cast<char>(letter);
  }
  EXPECT_EQ(::pclose(pipe), 0);
  EXPECT_EQ(said, "");
}

TEST(PrometheusText, WritesNumbersAsPrometheusReadsThem) {
  prometheus_text out;
  out.family(prometheus_text::kind::gauge, "x", "Help.");
  out.line(0.1);
  out.line(1e21);
  out.line(-std::numeric_limits<double>::infinity());
  EXPECT_EQ(out.take(), "# HELP x Help.\n# TYPE x gauge\nx 0.1\nx 1e+21\nx -Inf\n");
}

}  // namespace
}  // namespace atlas::ingest
