#include "tests/unit/web/running_server.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <stdexcept>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace atlas::web::testing {

namespace {

constexpr std::string_view right_password = "correct horse";

std::optional<principal> find(const std::map<std::string, principal, std::less<>>& known,
                              std::string_view secret) {
  const auto found = known.find(secret);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

host_id host(std::string_view text) { return host_id::parse(text).value(); }

unix_ms now_ms() { return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now()); }

sample sample_at(unix_ms ts, double cpu) {
  sample made;
  made.ts = ts;
  made.cpu.percent = cpu;
  made.memory.percent = 50;
  made.disks.push_back({"/", "/dev/sda1", "ext4", 100, 40, 40, {}, {}});
  return made;
}

std::optional<principal> known_credentials::find_api_token(std::string_view secret) {
  return find(tokens, secret);
}
std::optional<principal> known_credentials::find_session(std::string_view secret) {
  return find(sessions, secret);
}

void known_credentials::login(login_request asked,
                              std::function<void(result<std::optional<login_result>>)> done) {
  newest_login = asked;
  auto check = [this, asked, done] {
    if (asked.password != right_password) {
      return done(std::optional<login_result>{});
    }
    const auto secret = "session-of-" + asked.name;
    sessions[secret] = {asked.name, role::admin, "id-of-" + asked.name};
    done(login_result{{asked.name, role::admin, {}}, secret});
  };
  if (hold_logins) {
    held.emplace_back(std::move(check));
  } else {
    check();
  }
}

void known_credentials::logout(const actor&, std::string_view session_secret) {
  sessions.erase(std::string(session_secret));
}

void one_token::enroll(enrollment_request asked, std::function<void(outcome)> done) {
  if (asked.token == "aft_busy") {
    return done(failure("enrolment", "too many machines enrol at once: try again in a second"));
  }
  if (asked.token != "aft_good") {
    return done(tl::make_unexpected(enrollment_refusal::token_not_valid));
  }
  if (asked.host.text() == "known" && asked.password != "its password") {
    return done(tl::make_unexpected(enrollment_refusal::host_known));
  }
  done(enrollment{acme().org_id, asked.host, "the user", "the password", 3, "mqtts://localhost:8883",
                  "the \"CA\"\n", 10});
}

branding acme() {
  return {"Acme Corp", "aaaaaaaa-0000-4000-8000-00000000000a", "Acme Fleet", "#00ff00", std::nullopt,
          std::nullopt};
}

running_server::running_server(server_options options, fleet_rules rules)
    : hosts(rules),
      backend([this](const host_id& which) {
        if (hosts.find(which) == nullptr) {
          return false;
        }
        apply(host_removed{which});
        return true;
      }),
      alerts([this](const alert_key& key, const std::string& by) -> alert_desk::outcome<alert> {
        const auto before = hosts.find_alert(key);
        if (!before || before->phase != alert_phase::firing) {
          return tl::make_unexpected(
              before
                  ? people_refusal{people_refusal::reason::conflict, "it is acknowledged already", ""}
                  : people_refusal{people_refusal::reason::unknown, "there is no alert of this id now", ""});
        }
        apply(alert_acknowledged{key, by});
        return *hosts.find_alert(key);
      }) {
  auth.tokens["afa_viewer"] = {"view", role::viewer, {}};
  auth.tokens["afa_operator"] = {"operate", role::operator_, {}};
  auth.tokens["afa_admin"] = {"administer", role::admin, {}};
  web = std::make_unique<server>(io, std::move(options), acme(), hosts, samples,
                                 server_ports{auth, desk, staff, backend, alerts, messages, settings, questions, labels});
  if (auto started = web->start(); !started) {
    throw std::runtime_error(started.error().where + ": " + started.error().what);
  }
  port_ = web->port();
  thread_ = std::thread([this] {
    const auto work = boost::asio::make_work_guard(io);
    io.run();
  });
}

running_server::~running_server() {
  on_loop([this] { web.reset(); });
  io.stop();
  thread_.join();
}

void running_server::on_loop(const std::function<void()>& work) {
  std::promise<void> done;
  boost::asio::post(io, [&] {
    work();
    done.set_value();
  });
  done.get_future().get();
}

bool running_server::becomes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + http_client::patience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (from_loop<bool>(condition)) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

// On the loop thread.
void running_server::apply(const fleet_event& event) {
  fleet_effects effects;
  hosts.apply(event, now_ms(), effects);
  for (const auto& row : effects.recorded) {
    samples.append(row.host->id, row.late ? *row.late : *row.host->newest);
  }
  web->publish(effects);
}

void running_server::receive(std::string_view id, double cpu) {
  apply(sample_received{host(id), sample_at(now_ms(), cpu)});
}

server_counters running_server::counters() {
  return from_loop<server_counters>([this] { return web->counters(); });
}

temporary_folder::temporary_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "atlas-web-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path temporary_folder::write(const std::string& name, std::string_view content) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

nlohmann::json parsed(const http_answer& answer) {
  return nlohmann::json::parse(answer.body, nullptr, false);
}

}  // namespace atlas::web::testing
