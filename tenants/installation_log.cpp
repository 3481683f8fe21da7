#include "tenants/installation_log.hpp"

#include "core/clean_text.hpp"
#include "core/json_object.hpp"
#include "tenants/private_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace atlas::tenants {

namespace {

constexpr std::size_t max_log_line = 2'000;
constexpr std::size_t max_log_word = 400;
constexpr std::size_t max_log_bytes = 16 << 20;  // some 50,000 rows

}  // namespace

std::filesystem::path installation_log_file(const state_root& root) { return root.path() / "audit.jsonl"; }

result<void> log_installation_change(const state_root& root, const author& by, std::string_view action,
                                     std::string_view object, unix_ms now) {
  const auto line = nlohmann::ordered_json{{"at", to_int(now)},
                                           {"who", clean_text(by.name, max_log_word)},
                                           {"from", clean_text(by.from, max_log_word)},
                                           {"action", action},
                                           {"object", clean_text(object, max_log_word)}}
                        .dump() +
                    "\n";
  const auto file = installation_log_file(root);
  const int log = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  const bool written = log >= 0 &&
                       ::write(log, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(log) == 0;
  const int why = errno;
  if (log >= 0) ::close(log);
  if (written) return {};
  return failure(file.string(), fmt::format("cannot be written: {}", std::generic_category().message(why)));
}

result<std::vector<audit_entry>> read_installation_log(const state_root& root, std::size_t limit) {
  const auto file = installation_log_file(root);
  std::error_code ignored;
  std::vector<audit_entry> found;
  if (!std::filesystem::exists(file, ignored)) return found;
  const auto text = read_file(file, max_log_bytes);
  if (!text) return tl::unexpected(text.error());
  std::int64_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    json_object line(rest.substr(0, end), max_log_line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    const auto at = line.time("at");
    author by{line.text("who", max_log_word), line.text("from", max_log_word)};
    auto action = line.text("action", max_log_word);
    auto object = line.text("object", max_log_word);
    if (!line.mistake()) {
      found.push_back({number, at, std::move(by), std::move(action), std::move(object), "done"});
    }
  }
  std::reverse(found.begin(), found.end());
  found.resize(std::min(found.size(), limit));
  return found;
}

}  // namespace atlas::tenants
