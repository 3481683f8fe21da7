#pragma once

#include "core/fleet.hpp"
#include "core/memory_history.hpp"
#include "tests/unit/web/http_client.hpp"
#include "tests/unit/web/known_alerts.hpp"
#include "tests/unit/web/known_labels.hpp"
#include "tests/unit/web/known_messages.hpp"
#include "tests/unit/web/known_people.hpp"
#include "tests/unit/web/known_processes.hpp"
#include "tests/unit/web/known_settings.hpp"
#include "web/server.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

namespace atlas::web::testing {

host_id host(std::string_view text);
unix_ms now_ms();
sample sample_at(unix_ms ts, double cpu);

// The test's side of the authenticator port: credentials that are simply known.
class known_credentials final : public authenticator {
 public:
  std::optional<principal> find_api_token(std::string_view secret) override;
  std::optional<principal> find_session(std::string_view secret) override;
  void login(login_request asked, std::function<void(result<std::optional<login_result>>)> done) override;
  void logout(const actor& by, std::string_view session_secret) override;

  std::map<std::string, principal, std::less<>> tokens;
  std::map<std::string, principal, std::less<>> sessions;
  std::optional<login_request> newest_login;
  // While true logins wait, as for a busy password hash.
  bool hold_logins = false;
  std::vector<std::function<void()>> held;
};

// The enroller port with one token that is good, and one host that is known.
class one_token final : public enroller {
 public:
  void enroll(enrollment_request asked, std::function<void(outcome)> done) override;
};

// The service port over the same fleet that the server shows.
class watched_service final : public service {
 public:
  explicit watched_service(std::function<bool(const host_id&)> remove) : remove_(std::move(remove)) {}
  std::vector<readiness_check> readiness() const override { return checks; }
  isolation_report isolation() const override { return found; }
  std::string metrics_text(metrics_scope scope) const override {
    const std::string hosts = scope == metrics_scope::with_hosts ? "atlas_host_up{host=\"h1\"} 1\n" : "";
    return "# TYPE atlas_hosts gauge\natlas_hosts{state=\"online\"} 1\n" + hosts;
  }
  bool remove_host(const actor&, const host_id& which) override { return remove_(which); }
  void focus(const host_id& which, bool on) override { focused.emplace_back(std::string(which.text()), on); }

  std::vector<readiness_check> checks{{"broker", true, ""}};
  isolation_report found;
  std::vector<std::pair<std::string, bool>> focused;

 private:
  std::function<bool(const host_id&)> remove_;
};

// A whole server on a free port, its loop in a thread. Everything but the constructor's arguments and the
// clients is touched on that loop only: see on_loop().
class running_server {
 public:
  explicit running_server(server_options options = {}, fleet_rules rules = {});
  ~running_server();

  void on_loop(const std::function<void()>& work);
  template <class T>
  T from_loop(const std::function<T()>& work) {
    T value{};
    on_loop([&] { value = work(); });
    return value;
  }
  // Polls on the loop until it is true or the deadline has passed.
  bool becomes_true(const std::function<bool()>& condition);

  // Applies an event and publishes what follows from it.
  void apply(const fleet_event& event);
  void receive(std::string_view id, double cpu);

  std::uint16_t port() const { return port_; }
  server_counters counters();

  static inline const header_list viewer{{"Authorization", "Bearer afa_viewer"}};
  static inline const header_list operator_{{"Authorization", "Bearer afa_operator"}};
  static inline const header_list admin{{"Authorization", "Bearer afa_admin"}};
  static constexpr std::string_view cookie_name = "atlas_session_aaaaaaaa";

  boost::asio::io_context io{1};
  fleet hosts;
  memory_history samples{100};
  known_credentials auth;
  one_token desk;
  known_people staff;
  watched_service backend;
  known_alerts alerts;
  known_messages messages;
  known_settings settings;
  known_processes questions;
  known_labels labels;
  std::unique_ptr<server> web;

 private:
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// A folder that goes with the object.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  std::filesystem::path write(const std::string& name, std::string_view content) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

branding acme();
nlohmann::json parsed(const http_answer& answer);

}  // namespace atlas::web::testing
