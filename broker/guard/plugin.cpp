// The guard as a Mosquitto plugin (version 5 of its interface, mosquitto_plugin.h). Everything runs on the
// broker's one thread. Whatever goes wrong in here refuses.
#include "broker/acl.hpp"
#include "broker/guard/gatekeeper.hpp"
#include "core/guard_report.hpp"
#include "core/topic.hpp"

#include <chrono>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

namespace {

using namespace atlas::guard;

constexpr std::chrono::seconds between_reports{5};
constexpr std::chrono::minutes between_tidyings{1};

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return file.bad() ? std::nullopt : std::optional(std::move(text));
}

std::string_view or_empty(const char* text) { return text != nullptr ? text : ""; }

monotonic_time now() { return std::chrono::steady_clock::now(); }

struct guard_plugin {
  mosquitto_plugin_id_t* id = nullptr;
  std::string acl_file;
  std::string limits_file;
  gatekeeper keeper;
  monotonic_time next_report{};
  monotonic_time next_tidying{};

  // At a reload Mosquitto judges every session anew, also those whose clients are away. One that does not
  // pass, because its user is gone, its password has changed, or the broker was started again and knows none,
  // is put on the list of sessions to end a second time (2.0.11: session_expiry__add), and the broker crashes
  // when that session ends or its client comes back. So whoever is away is judged when it comes back.
  bool reloading = false;  // from the event of that name to the tick that ends the same turn of the loop
  std::unordered_set<const mosquitto*> connected;

  // What the broker has read at its start or at a reload, or is about to read.
  void load() {
    const auto rules = read_file(acl_file);
    const bool hold = rules && atlas::broker::check_acl(*rules, acl_file).has_value();
    keeper.open(hold);
    if (!hold) {
      mosquitto_log_printf(MOSQ_LOG_ERR,
                           "atlas-guard: %s is not as atlas-fleet rendered it: nobody may do anything",
                           acl_file.c_str());
    }
    const auto text = read_file(limits_file);
    auto all = parse_limits(text.value_or("{}"));
    if (all) {
      keeper.set_limits(*std::move(all));
    } else {
      mosquitto_log_printf(MOSQ_LOG_ERR, "atlas-guard: %s %s: the limits stay as they were",
                           limits_file.c_str(), all.error().what.c_str());
    }
  }

  void report() {
    for (const auto& [org, counted] : keeper.reports()) {
      const auto topic = atlas::format_topic(atlas::guard_topic{org});
      const auto payload = atlas::format_guard_report(counted);
      mosquitto_broker_publish_copy(nullptr, topic.c_str(), static_cast<int>(payload.size()), payload.data(),
                                    0, false, nullptr);
    }
  }
};

// Runs action(plugin, event); what it throws becomes `otherwise`.
template <class Event, class Action>
int attempt(void* event, void* plugin, int otherwise, Action action) noexcept {
  try {
    return action(*static_cast<guard_plugin*>(plugin), *static_cast<Event*>(event));
  } catch (const std::exception& problem) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "atlas-guard: %s", problem.what());
  } catch (...) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "atlas-guard: failed");
  }
  return otherwise;
}

int on_acl_check(int, void* event, void* plugin) {
  return attempt<mosquitto_evt_acl_check>(
      event, plugin, MOSQ_ERR_ACL_DENIED, [](auto& self, auto& asked) -> int {
        operation wanted{};
        switch (asked.access) {
          case MOSQ_ACL_READ: wanted = operation::read; break;
          case MOSQ_ACL_WRITE: wanted = operation::write; break;
          case MOSQ_ACL_SUBSCRIBE: wanted = operation::subscribe; break;
          case MOSQ_ACL_UNSUBSCRIBE: return MOSQ_ERR_PLUGIN_DEFER;
          default: return MOSQ_ERR_ACL_DENIED;
        }
        const auto user = or_empty(mosquitto_client_username(asked.client));
        // Most checks are reads, which need no time.
        const auto at = wanted == operation::write ? now() : monotonic_time{};
        const bool passes = self.keeper.passes(user, or_empty(asked.topic), wanted, asked.payloadlen, at);
        return passes ? MOSQ_ERR_PLUGIN_DEFER : MOSQ_ERR_ACL_DENIED;
      });
}

int on_basic_auth(int, void* event, void* plugin) {
  return attempt<mosquitto_evt_basic_auth>(event, plugin, MOSQ_ERR_AUTH, [](auto& self, auto& asked) -> int {
    if (self.reloading) {
      return self.connected.contains(asked.client) ? MOSQ_ERR_PLUGIN_DEFER : MOSQ_ERR_SUCCESS;
    }
    self.connected.insert(asked.client);
    // The password is for the password file to check.
    return self.keeper.connect(asked.client, or_empty(asked.username)) ? MOSQ_ERR_PLUGIN_DEFER
                                                                       : MOSQ_ERR_AUTH;
  });
}

int on_disconnect(int, void* event, void* plugin) {
  return attempt<mosquitto_evt_disconnect>(event, plugin, MOSQ_ERR_SUCCESS,
                                           [](auto& self, auto& gone) -> int {
                                             self.connected.erase(gone.client);
                                             self.keeper.disconnect(gone.client);
                                             return MOSQ_ERR_SUCCESS;
                                           });
}

// Any other answer would keep Mosquitto from reading its own files again.
int on_reload(int, void* event, void* plugin) {
  return attempt<mosquitto_evt_reload>(event, plugin, MOSQ_ERR_PLUGIN_DEFER, [](auto& self, auto&) -> int {
    self.reloading = true;
    self.keeper.open(false);
    self.load();
    return MOSQ_ERR_PLUGIN_DEFER;
  });
}

int on_tick(int, void* event, void* plugin) {
  return attempt<mosquitto_evt_tick>(event, plugin, MOSQ_ERR_SUCCESS, [](auto& self, auto&) -> int {
    self.reloading = false;
    const auto at = now();
    if (at >= self.next_report) {
      self.next_report = at + between_reports;
      self.report();
    }
    if (at >= self.next_tidying) {
      self.next_tidying = at + between_tidyings;
      self.keeper.tidy(at);
    }
    return MOSQ_ERR_SUCCESS;
  });
}

struct subscription {
  int event;
  MOSQ_FUNC_generic_callback callback;
};
constexpr subscription subscriptions[] = {{MOSQ_EVT_ACL_CHECK, on_acl_check},
                                          {MOSQ_EVT_BASIC_AUTH, on_basic_auth},
                                          {MOSQ_EVT_DISCONNECT, on_disconnect},
                                          {MOSQ_EVT_RELOAD, on_reload},
                                          {MOSQ_EVT_TICK, on_tick}};

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int mosquitto_plugin_version(int count, const int* versions) {
  for (int i = 0; i < count; ++i) {
    if (versions[i] == 5) return 5;
  }
  return -1;
}

[[gnu::visibility("default")]] int mosquitto_plugin_init(mosquitto_plugin_id_t* id, void** data,
                                                         mosquitto_opt* options, int count) {
  try {
    auto plugin = std::make_unique<guard_plugin>();
    plugin->id = id;
    for (int i = 0; i < count; ++i) {
      if (std::strcmp(options[i].key, "acl_file") == 0) plugin->acl_file = options[i].value;
      if (std::strcmp(options[i].key, "limits_file") == 0) plugin->limits_file = options[i].value;
    }
    plugin->load();
    for (const auto& [event, callback] : subscriptions) {
      if (const int code = mosquitto_callback_register(id, event, callback, nullptr, plugin.get());
          code != MOSQ_ERR_SUCCESS) {
        return code;
      }
    }
    *data = plugin.release();
    return MOSQ_ERR_SUCCESS;
  } catch (const std::exception& problem) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "atlas-guard: %s", problem.what());
    return MOSQ_ERR_UNKNOWN;
  }
}

[[gnu::visibility("default")]] int mosquitto_plugin_cleanup(void* data, mosquitto_opt*, int) {
  auto* plugin = static_cast<guard_plugin*>(data);
  if (plugin == nullptr) return MOSQ_ERR_SUCCESS;
  for (const auto& [event, callback] : subscriptions) {
    mosquitto_callback_unregister(plugin->id, event, callback, nullptr);
  }
  delete plugin;
  return MOSQ_ERR_SUCCESS;
}
}
