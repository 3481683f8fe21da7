#include "tenants/cli/output.hpp"

#include "tenants/cli/broker_sync.hpp"
#include "tenants/server_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

// Characters, not bytes, of UTF-8.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

std::string styled(const context& ctx, std::string_view code, std::string_view text) {
  return ctx.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

// While it lives, what is typed at the terminal does not show.
class hidden_typing {
 public:
  explicit hidden_typing(bool wanted) : active_(wanted && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!active_) return;
    auto hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~hidden_typing() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  hidden_typing(const hidden_typing&) = delete;
  hidden_typing& operator=(const hidden_typing&) = delete;

 private:
  termios before_{};
  bool active_;
};

std::optional<std::string> ask_hidden(context& ctx, std::string_view question) {
  ctx.err << question << std::flush;
  const hidden_typing hidden(ctx.interactive);
  auto answer = read_line(ctx);
  ctx.err << '\n';
  return answer;
}

}  // namespace

int report(context& ctx, const error& problem, int code) {
  ctx.err << one_line(problem.where.empty() ? fmt::format("atlas-fleet: {}", problem.what)
                                            : fmt::format("atlas-fleet: {}: {}", problem.where, problem.what))
          << '\n';
  return code;
}

int report(context& ctx, const tenants::config_errors& problems, int code) {
  for (const auto& problem : problems) report(ctx, problem, code);
  return code;
}

void print_json(context& ctx, const json& value) {
  ctx.out << value.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

void text_table::print(context& ctx) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    ctx.out << (&row == &rows_.front() ? dim(ctx, line) : line) << '\n';
  }
}

std::string bold(const context& ctx, std::string_view text) { return styled(ctx, "1", text); }
std::string dim(const context& ctx, std::string_view text) { return styled(ctx, "2", text); }

std::string swatch(const context& ctx, std::string_view color) {
  unsigned value = 0;
  if (!ctx.color || color.size() != 7 ||
      std::from_chars(color.data() + 1, color.data() + color.size(), value, 16).ec != std::errc{}) {
    return {};
  }
  return styled(ctx, fmt::format("48;2;{};{};{}", value >> 16, value >> 8 & 0xff, value & 0xff), "  ") + " ";
}

unix_ms now() { return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now()); }

std::string format_time(unix_ms value) {
  return fmt::format(
      "{:%Y-%m-%d %H:%M} UTC",
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::time_point(value))));
}

result<milliseconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<char, std::int64_t>, 5> units{
      {{'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}, {'w', 604'800}}};
  constexpr std::int64_t most = 100LL * 365 * 86'400;  // seconds
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem == std::errc{} && end + 1 == text.data() + text.size() && count > 0) {
    for (const auto& [unit, seconds] : units) {
      if (*end == unit && count <= most / seconds) return std::chrono::seconds(count * seconds);
    }
  }
  return failure("duration", fmt::format("must be a number and s, m, h, d or w, as 30d, not '{}'", text));
}

std::string dashboard_url(const tenants::tenant_config& config) {
  return tenants::server_url(config) + "/dashboard";
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string program_words(const context& ctx) {
  if (tenants::state_root::find(std::nullopt).path() == ctx.root.path()) return "atlas-fleet";
  return "atlas-fleet --root " + shell_word(ctx.root.path().string());
}

tl::expected<tenants::tenant, int> find_org(context& ctx, std::string_view org) {
  auto found = tenants::find_tenant(ctx.root, org);
  if (found) return std::move(*found);
  const bool is_unknown = found.error().front().where == "not found";
  return tl::unexpected(report(ctx, found.error(), is_unknown ? not_found : failed));
}

tl::expected<tenants::registry, int> open_registry(context& ctx, const tenants::tenant& org) {
  auto opened = tenants::registry::open(ctx.root.fleet_db(org.slug), command_author());
  if (opened) return std::move(*opened);
  return tl::unexpected(report(ctx, opened.error()));
}

void warn_of_mistakes(context& ctx, const tenants::config_errors& mistakes) {
  for (const auto& mistake : mistakes) {
    ctx.err << fmt::format("warning: {}: {}; the broker keeps what it knows of that organisation\n",
                           mistake.where, mistake.what);
  }
}

bool sync(context& ctx) {
  const auto synced = sync_broker(ctx.root);
  if (!synced) {
    report(ctx,
           error{"broker", fmt::format("its files are not up to date: {}: {}; then run '{} broker apply'",
                                       synced.error().where, synced.error().what, program_words(ctx))});
    return false;
  }
  warn_of_mistakes(ctx, synced->mistakes);
  if (synced->applied.running && !synced->applied.canary_refused) {
    report(ctx,
           error{"broker",
                 fmt::format(
                     "it took a publish to a foreign topic and is open to everyone: stop it, run '{} broker "
                     "check', and start it again",
                     program_words(ctx))});
    return false;
  }
  return true;
}

std::optional<std::string> read_line(context& ctx) {
  std::string line;
  if (!std::getline(ctx.in, line)) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string random_password() {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";  // none that look alike
  constexpr int groups = 4;
  constexpr int group_size = 5;
  std::string password;
  for (int group = 0; group < groups; ++group) {
    if (group > 0) password += '-';
    for (int i = 0; i < group_size; ++i) {
      password += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
    }
  }
  return password;
}

tl::expected<chosen_password, int> choose_password(context& ctx, bool from_stdin) {
  if (from_stdin) {
    auto line = read_line(ctx);
    if (!line)
      return tl::unexpected(report(ctx, error{"password", "there is none on standard input"}, usage));
    if (const auto good = tenants::registry::check_password(*line); !good) {
      return tl::unexpected(report(ctx, good.error(), usage));
    }
    return chosen_password{std::move(*line), false};
  }
  while (ctx.interactive) {
    const auto typed = ask_hidden(ctx, "New password (Enter: a random one): ");
    if (!typed) return tl::unexpected(report(ctx, error{"password", "nothing was changed"}));
    if (typed->empty()) break;
    if (const auto good = tenants::registry::check_password(*typed); !good) {
      ctx.err << "  It " << good.error().what << ".\n";
      continue;
    }
    const auto again = ask_hidden(ctx, "Once more: ");
    if (!again) return tl::unexpected(report(ctx, error{"password", "nothing was changed"}));
    if (*again == *typed) return chosen_password{*typed, false};
    ctx.err << "  These were two different passwords.\n";
  }
  return chosen_password{random_password(), true};
}

}  // namespace atlas::cli
