#include "tenants/cli/broker_watch.hpp"

#include "tenants/cli/broker_sync.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/registry.hpp"
#include "tenants/rotation.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

namespace atlas::cli {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds between_looks{200};
// Further changes of a burst are taken together.
constexpr milliseconds settling{100};
constexpr milliseconds after_failure{3'000};
// For what time alone changes: certificates are renewed a month before they run out.
constexpr std::chrono::hours between_rounds{6};

// Of a file that is written beside its place and renamed.
using file_version = std::pair<ino_t, std::int64_t>;

std::optional<file_version> version_of(const fs::path& file) {
  struct stat info{};
  if (::stat(file.c_str(), &info) != 0) return std::nullopt;
  return file_version{info.st_ino, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

// What the organisations have written, without reading much of it.
class changes {
 public:
  explicit changes(const tenants::state_root& root) : root_(root) {}

  // Whether anything is another than at the last call, or a rotation is to go on or to end.
  bool seen() {
    std::set<std::string> present;
    bool changed = false;
    std::error_code problem;
    for (fs::directory_iterator entry(root_.path() / "tenants", problem), end; !problem && entry != end;
         entry.increment(problem)) {
      auto slug = entry->path().filename().string();
      const auto config = version_of(root_.tenant_file(slug));
      if (slug.starts_with('.') || !config) continue;
      changed = look_at(slug, *config) || changed;
      present.insert(std::move(slug));
    }
    return std::erase_if(known_, [&](const auto& one) { return !present.contains(one.first); }) > 0 ||
           changed;
  }

 private:
  struct tenant_state {
    file_version config;
    std::optional<ino_t> store;
    std::optional<tenants::registry> registry;
    std::int64_t revision = -1;  // -1: cannot be read
  };

  bool look_at(const std::string& slug, const file_version& config) {
    auto& state = known_[slug];
    const auto file = root_.fleet_db(slug);
    const auto store = version_of(file);
    if (!state.registry || !store || state.store != store->first) {
      state.registry.reset();
      state.store.reset();
      // A tenant without a store is not given one here.
      if (store) {
        state.store = store->first;
        if (auto opened = tenants::registry::open(file)) state.registry.emplace(*std::move(opened));
      }
    }
    std::int64_t revision = -1;
    if (state.registry) revision = state.registry->host_revision().value_or(-1);
    const bool changed = revision != state.revision || config != state.config;
    state.revision = revision;
    state.config = config;
    return changed || (state.registry && tenants::is_rotation_due(root_, slug, *state.registry, now()));
  }

  const tenants::state_root& root_;
  std::map<std::string, tenant_state> known_;
};

class stop_signals {
 public:
  stop_signals() {
    sigemptyset(&signals_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, number);
    sigprocmask(SIG_BLOCK, &signals_, nullptr);
  }

  // Whether one came within the time.
  bool came_within(milliseconds time) const {
    const timespec limit{time.count() / 1000, time.count() % 1000 * 1'000'000};
    int number = 0;
    do {
      number = sigtimedwait(&signals_, nullptr, &limit);
    } while (number < 0 && errno == EINTR);
    return number > 0;
  }

 private:
  sigset_t signals_{};
};

void tell(context& ctx, const broker_synced& synced) {
  warn_of_mistakes(ctx, synced.mistakes);
  const auto& applied = synced.applied;
  ctx.err << fmt::format("{} users{}\n", applied.files.users,
                         applied.running ? ": the broker has read them" : "; no broker runs");
  ctx.err.flush();
}

}  // namespace

int watch_broker(context& ctx) {
  const stop_signals stop;
  changes watched(ctx.root);
  broker::password_memo memo;
  std::string last_problem;
  bool pending = true;  // what has changed while nobody watched
  auto last_round = std::chrono::steady_clock::now();
  for (;;) {
    const bool due = std::chrono::steady_clock::now() - last_round >= between_rounds;
    pending = watched.seen() || pending || due;
    if (!pending) {
      if (stop.came_within(between_looks)) return done;
      continue;
    }
    if (stop.came_within(settling)) return done;
    watched.seen();
    last_round = std::chrono::steady_clock::now();
    const auto synced = sync_broker_if_changed(ctx.root, &memo);
    pending = !synced;
    if (synced) {
      last_problem.clear();
      if (*synced) tell(ctx, **synced);
      continue;
    }
    const auto problem = synced.error().where + ": " + synced.error().what;
    if (std::exchange(last_problem, problem) != problem) report(ctx, synced.error());
    if (stop.came_within(after_failure)) return done;
  }
}

}  // namespace atlas::cli
