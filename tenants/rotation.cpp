#include "tenants/rotation.hpp"

#include "core/json_object.hpp"
#include "tenants/private_file.hpp"

#include <system_error>

#include <nlohmann/json.hpp>

namespace atlas::tenants {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = 16 * 1024;

std::string format_rotation(const rotation& under_way) {
  return nlohmann::ordered_json{{"previous", under_way.previous.reveal()},
                                {"next", under_way.next.reveal()},
                                {"started", to_int(under_way.started)},
                                {"ends", to_int(under_way.ends)}}
             .dump(2) +
         "\n";
}

result<rotation> parse_rotation(std::string_view text, const fs::path& file) {
  constexpr std::size_t max_key = 1100;
  json_object object(text, max_file_bytes);
  for (const auto* name : {"previous", "next", "started", "ends"}) object.require(name);
  const auto previous = api_key::parse(object.text("previous", max_key));
  const auto next = api_key::parse(object.text("next", max_key));
  const auto started = object.time("started");
  const auto ends = object.time("ends");
  if (object.mistake() || !previous || !next) {
    return failure(file.string(),
                   "is damaged: put it back from a backup, or remove it, which cuts off every host that has "
                   "not moved to the new key yet");
  }
  return rotation{*previous, *next, started, ends};
}

result<std::optional<rotation>> read_rotation(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  const auto text = read_file(file, max_file_bytes);
  if (!text) {
    // It may have ended at this moment.
    if (!fs::exists(file, ignored)) return std::nullopt;
    return tl::unexpected(text.error());
  }
  auto parsed = parse_rotation(*text, file);
  if (!parsed) return tl::unexpected(std::move(parsed.error()));
  return *std::move(parsed);
}

// An organisation's files as they are at one moment.
struct state {
  tenant_config config;
  std::optional<rotation> under_way;

  std::string id_of(const api_key& key) const { return derive_key_id(key, config.organization.id); }
  const api_key& configured() const { return config.server.api_key; }
  bool is_ours() const {
    return under_way && (configured() == under_way->previous || configured() == under_way->next);
  }
};

result<state> read_state(const state_root& root, std::string_view slug) {
  // In the order of the steps: the key of tenant.json is then never older than the rotation.
  auto under_way = read_rotation(rotation_file(root, slug));
  if (!under_way) return tl::unexpected(std::move(under_way.error()));
  auto config = load_tenant_config(root.tenant_file(slug));
  if (!config) return tl::unexpected(std::move(config.error().front()));
  return state{*std::move(config), *std::move(under_way)};
}

enum class step { none, rebase, begin, end };

result<step> next_step(const state& now_is, const registry& store, unix_ms now) {
  const auto current = store.current_key();
  if (!current) return tl::unexpected(current.error());
  if (!now_is.under_way) {
    // A key that was replaced by hand: whoever was on the former one is cut off, and is to be shown so.
    const bool known = !*current || **current == now_is.id_of(now_is.configured());
    return known ? step::none : step::rebase;
  }
  if (!now_is.is_ours()) return step::end;
  const auto& [previous, next, started, ends] = *now_is.under_way;
  if (now_is.configured() != next || *current != now_is.id_of(next)) return step::begin;
  const auto waiting = store.count_hosts_on(now_is.id_of(previous));
  if (!waiting) return tl::unexpected(waiting.error());
  return ends <= now || *waiting == 0 ? step::end : step::none;
}

// Steps 2 and 3; returns how many enrolment tokens have ended.
result<std::uint32_t> take_effect(const state_root& root, std::string_view slug, state& now_is,
                                  registry& store, unix_ms now) {
  const auto& under_way = *now_is.under_way;
  const auto ended =
      store.begin_rotation(now_is.id_of(under_way.previous), now_is.id_of(under_way.next), now);
  if (!ended) return ended;
  now_is.config.server.api_key = under_way.next;
  if (auto saved = save_tenant_config(now_is.config, root.tenant_file(slug)); !saved) {
    return tl::unexpected(std::move(saved.error()));
  }
  return ended;
}

// Step 4.
result<void> finish(const state_root& root, std::string_view slug) {
  std::error_code problem;
  fs::remove(rotation_file(root, slug), problem);
  if (problem) {
    return failure(rotation_file(root, slug).string(), "cannot be removed: " + problem.message());
  }
  return {};
}

// Makes one step after the other until none is due. The caller holds the lock.
result<bool> settle(const state_root& root, std::string_view slug, registry& store, unix_ms now) {
  for (bool changed = false;; changed = true) {
    auto now_is = read_state(root, slug);
    if (!now_is) return tl::unexpected(std::move(now_is.error()));
    const auto due = next_step(*now_is, store, now);
    if (!due) return tl::unexpected(due.error());
    result<void> made;
    switch (*due) {
      case step::none: return changed;
      case step::rebase: {
        const auto current = store.current_key();
        if (!current) return tl::unexpected(current.error());
        const auto rebased = store.begin_rotation(**current, now_is->id_of(now_is->configured()), now);
        if (!rebased) made = tl::unexpected(rebased.error());
        break;
      }
      case step::begin: {
        const auto begun = take_effect(root, slug, *now_is, store, now);
        if (!begun) made = tl::unexpected(begun.error());
        break;
      }
      case step::end: made = finish(root, slug); break;
    }
    if (!made) return tl::unexpected(std::move(made.error()));
  }
}

result<directory_lock> lock_tenants(const state_root& root) {
  return directory_lock::acquire(root.path() / "tenants");
}

}  // namespace

fs::path rotation_file(const state_root& root, std::string_view slug) {
  return root.tenant_dir(slug) / "rotation.json";
}

result<key_ring> read_key_ring(const state_root& root, const tenant& org) {
  auto under_way = read_rotation(rotation_file(root, org.slug));
  if (!under_way) return tl::unexpected(std::move(under_way.error()));
  return key_ring(org.config.organization.id, org.config.server.api_key, *std::move(under_way));
}

result<key_ring> read_key_ring(const state_root& root, std::string_view slug) {
  auto found = read_state(root, slug);
  if (!found) return tl::unexpected(std::move(found.error()));
  return key_ring(found->config.organization.id, found->configured(), std::move(found->under_way));
}

result<std::optional<rotation_begun>> begin_rotation(const state_root& root, std::string_view slug,
                                                     milliseconds grace, bool end_present, unix_ms now) {
  const auto lock = lock_tenants(root);
  if (!lock) return tl::unexpected(lock.error());
  auto store = registry::open(root.fleet_db(slug));
  if (!store) return tl::unexpected(store.error());
  // One that was interrupted comes to its end first.
  if (const auto settled = settle(root, slug, *store, now); !settled) return tl::unexpected(settled.error());
  auto now_is = read_state(root, slug);
  if (!now_is) return tl::unexpected(std::move(now_is.error()));
  if (now_is->under_way) {
    if (!end_present) return std::nullopt;
    if (auto ended = finish(root, slug); !ended) return tl::unexpected(std::move(ended.error()));
  }
  now_is->under_way = rotation{now_is->configured(), api_key::generate(), now, now + grace};
  if (auto written = write_private_file(rotation_file(root, slug), format_rotation(*now_is->under_way));
      !written) {
    return tl::unexpected(std::move(written.error()));
  }
  const auto previous = now_is->id_of(now_is->under_way->previous);
  const auto ended = take_effect(root, slug, *now_is, *store, now);
  if (!ended) return tl::unexpected(ended.error());
  const auto hosts = store->count_hosts_on(previous);
  if (!hosts) return tl::unexpected(hosts.error());
  if (const auto settled = settle(root, slug, *store, now); !settled) return tl::unexpected(settled.error());
  return rotation_begun{now + grace, *hosts, *ended};
}

bool is_rotation_due(const state_root& root, std::string_view slug, const registry& store, unix_ms now) {
  std::error_code ignored;
  if (!fs::exists(rotation_file(root, slug), ignored)) return false;
  const auto found = read_state(root, slug);
  return found && next_step(*found, store, now).value_or(step::none) != step::none;
}

result<bool> settle_rotation(const state_root& root, std::string_view slug, unix_ms now) {
  auto store = registry::open(root.fleet_db(slug));
  if (!store) return tl::unexpected(store.error());
  const auto found = read_state(root, slug);
  if (!found) return tl::unexpected(found.error());
  const auto due = next_step(*found, *store, now);
  if (!due) return tl::unexpected(due.error());
  if (*due == step::none) return false;
  const auto lock = lock_tenants(root);
  if (!lock) return tl::unexpected(lock.error());
  return settle(root, slug, *store, now);
}

config_errors settle_rotations(const state_root& root, unix_ms now) {
  config_errors mistakes;
  // The mistakes of the scan itself are for whoever goes on with what it finds.
  for (const auto& org : scan_tenants(root).tenants) {
    if (auto settled = settle_rotation(root, org.slug, now); !settled) {
      mistakes.push_back(std::move(settled.error()));
    }
  }
  return mistakes;
}

}  // namespace atlas::tenants
