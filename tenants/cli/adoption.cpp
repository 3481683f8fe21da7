#include "tenants/cli/adoption.hpp"

#include "broker/listener.hpp"
#include "tenants/archive/unpack.hpp"
#include "tenants/cli/archive_source.hpp"
#include "tenants/cli/ca_adoption.hpp"
#include "tenants/cli/conflicts.hpp"
#include "tenants/cli/database_holder.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/cli/progress_line.hpp"
#include "tenants/installation_log.hpp"
#include "tenants/private_file.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

// An organisation on its way into this root.
struct newcomer {
  tenants::unpacked_organization unpacked;
  std::string former_broker;  // the URL that its agents know
  std::string slug = {};
  bool takes_place = false;  // of a folder that is there

  const tenants::tenant_config& config() const { return unpacked.config; }
};

// What the terms ask for instead of what the archive says. The first mistake, if there is one, names its
// flag.
result<void> change_config(tenants::tenant_config& config, const adoption_terms& terms) {
  for (const auto& one : terms.changes) {
    if (const auto set = tenants::set_value(config, one.key, one.value); !set) {
      return failure("--" + one.flag, set.error().what);
    }
  }
  const auto whole = tenants::parse_tenant_config(tenants::format_tenant_config(config), "tenant.json");
  return whole ? result<void>() : tl::unexpected(whole.error().front());
}

result<tenants::unpacked_organization> unpack(context& ctx, const tenants::byte_source& source,
                                              const std::string& file, const fs::path& folder,
                                              const signals_held& held) {
  progress_line line(ctx);
  return tenants::unpack_organization(source, shown_name(file), folder, line.show("checking", held));
}

std::string with_hint(std::string_view what, std::string_view hint) {
  return fmt::format("{}; {}", what, hint);
}

// Where the newcomer goes, or why it cannot. Under the lock of the tenants' folder.
result<void> find_place(const tenants::state_root& root, const adoption_terms& terms, newcomer& org) {
  const auto scanned = tenants::scan_tenants(root);
  const auto& config = org.config();
  std::vector<tenants::tenant> others;
  std::optional<std::string> present;  // the slug under which it is here already
  for (const auto& other : scanned.tenants) {
    if (other.config.organization.id == config.organization.id) {
      present = other.slug;
    } else {
      others.push_back(other);
    }
  }
  if (present && !terms.replace) {
    return failure(*present, terms.is_move
                                 ? "is here already; `restore --replace` puts the archive's in its place"
                                 : "is here already; --replace puts the archive's in its place");
  }
  org.slug = present.value_or(terms.slug.value_or(org.unpacked.manifest.slug));
  std::error_code ignored;
  if (!present && fs::exists(root.tenant_dir(org.slug), ignored)) {
    const bool is_whole = std::any_of(others.begin(), others.end(),
                                      [&org](const auto& other) { return other.slug == org.slug; });
    if (is_whole) {
      return failure(org.slug,
                     with_hint("is another organisation's slug here", "`org import --slug` gives another"));
    }
    // Its configuration cannot be read, which may be why there is a restore.
    if (!terms.replace)
      return failure(org.slug, "there is a damaged folder of that slug; --replace replaces it");
    present = org.slug;
  }
  org.takes_place = present.has_value();
  if (auto taken = name_conflict(others, org.slug, config.organization.name); !taken.empty()) {
    return failure(config.organization.name, std::move(taken));
  }
  if (auto taken = port_conflict(others, org.slug, config.server.port); !taken.empty()) {
    return failure(fmt::format("port {}", config.server.port),
                   with_hint(taken, "`org import --port` gives another"));
  }
  if (auto other = broker_conflict(others, org.slug, config.broker.url); !other.empty()) {
    return failure(config.broker.url, with_hint(other, "`org import --broker-url` names the one here"));
  }
  return {};
}

// The last touches before it has its name: sessions of that time end, and the log says who brought it back.
result<void> settle_in(const fs::path& folder, const newcomer& org, const adoption_terms& terms) {
  auto store = tenants::registry::open(folder / "fleet.db", command_author());
  if (!store) return tl::unexpected(store.error());
  const auto sessions = store->sessions(std::nullopt, now());
  if (!sessions) return tl::unexpected(sessions.error());
  std::set<std::string> people;
  for (const auto& one : *sessions) people.insert(one.user);
  for (const auto& person : people) {
    if (const auto ended = store->end_sessions(person); !ended) return tl::unexpected(ended.error());
  }
  const auto object = fmt::format("{} as of {}", org.slug, format_time(org.unpacked.manifest.created));
  return store->recorded(terms.is_move ? "org.import" : "org.restore", object, [] { return result<void>{}; });
}

result<void> check_not_in_use(const tenants::state_root& root, const newcomer& org) {
  const auto holder = find_lasting_holder(root.fleet_db(org.slug));
  if (!holder) return {};
  return failure(org.slug,
                 fmt::format("its service is running (process {}): stop it, then try again", *holder));
}

// Agents connect to nobody whose certificate another CA has signed.
result<ca_fit> find_ca(const tenants::state_root& root, const newcomer& org, const adoption_terms& terms) {
  const auto fit = compare_ca(root, org.unpacked, now());
  if (!fit || terms.new_ca) return fit;
  const auto where = root.ca_file().parent_path().string();
  switch (*fit) {
    case ca_fit::unknown:
    case ca_fit::same:
    case ca_fit::take_over: return fit;
    case ca_fit::missing:
      return failure(where,
                     "the organisation's agents trust the CA of the server that it comes from: make the "
                     "archive with --with-ca, or copy that server's broker/certs/ca.crt and ca.key to "
                     "here first; with --new-ca every agent needs a new configuration");
    case ca_fit::other:
      return failure(where,
                     "this installation has another CA than the one that the organisation's agents trust: "
                     "take another folder (--root) with another broker port, or say --new-ca and give "
                     "every agent a new configuration");
  }
  return fit;
}

// Agents go on under the name that they know, whatever the broker's own is here.
bool keep_broker_name(context& ctx, const newcomer& org) {
  const auto former = broker::parse_broker_url(org.former_broker);
  const auto present = broker::parse_broker_url(org.config().broker.url);
  if (!former || (present && former->host == present->host)) return true;
  const auto added = add_broker_name(ctx.root, former->host, now());
  if (!added) report(ctx, error{"broker", added.error().where + ": " + added.error().what});
  return added.has_value();
}

// Files that its configuration names are not in the archive.
void warn_of_files(context& ctx, const tenants::tenant_config& config) {
  const auto& tls = config.server.tls;
  for (const auto& [key, file] : {std::pair{"broker.ca_file", config.broker.ca_file},
                                  std::pair{"server.tls.certificate", tls.certificate},
                                  std::pair{"server.tls.private_key", tls.private_key}}) {
    std::error_code ignored;
    if (file && !fs::exists(*file, ignored)) {
      ctx.err << fmt::format(
          "warning: {} names {}, which is not here: bring it, or change it with 'org set'\n", key,
          file->string());
    }
  }
}

void print_next_steps(context& ctx, const newcomer& org, const adoption_terms& terms) {
  ctx.out << fmt::format("Start it with: {} up\n", program_words(ctx));
  if (!terms.is_move) return;
  if (terms.new_ca) {
    ctx.out << fmt::format("Then give every host a configuration of this server: {} installer {}\n",
                           program_words(ctx), org.slug);
    return;
  }
  ctx.out << fmt::format(
      "Then let the name that its agents know, of {}, lead to this server: they come by themselves.\n"
      "When all are here, on the former server: atlas-fleet org remove {}\n",
      org.former_broker, org.unpacked.manifest.slug);
}

int finish(context& ctx, const newcomer& org, const adoption_terms& terms) {
  const auto& manifest = org.unpacked.manifest;
  const bool named = terms.new_ca || keep_broker_name(ctx, org);
  const bool synced = sync(ctx) && named;
  warn_of_files(ctx, org.config());
  if (is_port_bound(org.config().server.host, org.config().server.port)) {
    ctx.err << fmt::format(
        "warning: another program listens on port {} at this moment; the service cannot start beside it\n",
        org.config().server.port);
  }
  if (ctx.json) {
    print_json(ctx, {{"slug", org.slug},
                     {"organization", manifest.organization.text()},
                     {"name", org.config().organization.name},
                     {"created", to_int(manifest.created)},
                     {"replaced", org.takes_place}});
  } else {
    ctx.out << fmt::format("{} ({}) is here as of {}. Hosts, people and tokens are as they were then.\n",
                           org.config().organization.name, org.slug, format_time(manifest.created));
    print_next_steps(ctx, org, terms);
  }
  return synced ? done : failed;
}

}  // namespace

int adopt_archive(context& ctx, const std::string& file, const adoption_terms& terms) {
  const auto source = open_archive(ctx, file, terms.passphrase);
  if (!source) return source.error();
  const signals_held held;
  new_folders folders;
  const auto all = ctx.root.path() / "tenants";
  if (auto made = folders.make(all); !made) return report(ctx, made.error());
  auto hidden = hidden_folder::make(all, "restored");
  if (!hidden) return report(ctx, hidden.error());

  auto unpacked = unpack(ctx, *source, file, hidden->path(), held);
  if (!unpacked) return report(ctx, unpacked.error());
  const auto former_broker = unpacked->config.broker.url;
  newcomer org{*std::move(unpacked), former_broker};
  if (!terms.changes.empty()) {
    if (auto changed = change_config(org.unpacked.config, terms); !changed) {
      return report(ctx, changed.error(), usage);
    }
    const auto saved = tenants::save_tenant_config(org.config(), hidden->path() / "tenant.json");
    if (!saved) return report(ctx, saved.error());
  }
  {
    const auto lock = tenants::directory_lock::acquire(all);
    if (!lock) return report(ctx, lock.error());
    if (auto found = find_place(ctx.root, terms, org); !found) return report(ctx, found.error(), refused);
    if (org.takes_place) {
      if (auto free = check_not_in_use(ctx.root, org); !free) return report(ctx, free.error(), refused);
    }
    if (auto settled = settle_in(hidden->path(), org, terms); !settled) return report(ctx, settled.error());
    const auto ca = find_ca(ctx.root, org, terms);
    if (!ca) return report(ctx, ca.error(), refused);
    if (*ca == ca_fit::take_over) {
      if (auto taken = take_over_ca(ctx.root, org.unpacked); !taken) return report(ctx, taken.error());
    }
    if (org.takes_place) {
      const auto logged = tenants::log_installation_change(
          ctx.root, command_author(), "org.replace",
          fmt::format("{} by an archive as of {}", org.slug, format_time(org.unpacked.manifest.created)),
          now());
      if (!logged) return report(ctx, logged.error());
    }
    const auto place = ctx.root.tenant_dir(org.slug);
    const auto placed = org.takes_place ? hidden->exchange_with(place) : hidden->rename_to(place);
    if (!placed) return report(ctx, placed.error());
    folders.keep();
  }
  return finish(ctx, org, terms);
}

}  // namespace atlas::cli
