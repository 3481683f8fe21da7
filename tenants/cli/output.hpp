#pragma once

#include "core/unix_time.hpp"
#include "tenants/cli/command.hpp"
#include "tenants/registry.hpp"
#include "tenants/state_root.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

namespace atlas::cli {

using json = nlohmann::ordered_json;

// What the commands share: printing, and finding what their words name.

void print_json(context& ctx, const json& value);

// Columns as wide as their widest cell, below a line of headings; the last column is not padded.
class text_table {
 public:
  explicit text_table(std::vector<std::string> headings) : rows_{std::move(headings)} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(context& ctx) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string bold(const context& ctx, std::string_view text);
std::string dim(const context& ctx, std::string_view text);
// Two cells of that colour and a blank, or nothing when there are no colours. `color` is #rrggbb.
std::string swatch(const context& ctx, std::string_view color);

unix_ms now();
std::string format_time(unix_ms value);  // "2025-11-24 16:20 UTC"
// "30d", "12h", "90m", "45s", "2w".
result<milliseconds> parse_duration(std::string_view text);

// "http://127.0.0.1:8768/dashboard"
std::string dashboard_url(const tenants::tenant_config& config);
// "atlas-fleet", with --root when the commands that we name would else look elsewhere.
std::string program_words(const context& ctx);
// As one word of a POSIX shell.
std::string shell_word(std::string_view text);

// By slug, name or UUID. Reports what is wrong; the error is the exit code.
tl::expected<tenants::tenant, int> find_org(context& ctx, std::string_view org);
// The operating system's user, for the audit log.
tenants::author command_author();
// Changes are recorded as command_author()'s.
tl::expected<tenants::registry, int> open_registry(context& ctx, const tenants::tenant& org);

// Of organisations that the broker's files could not be brought up to date for.
void warn_of_mistakes(context& ctx, const tenants::config_errors& mistakes);

// Brings the broker's files up to date and reports what is wrong; false when something is.
bool sync(context& ctx);

// 100 random bits that a person can type.
std::string random_password();
// From stdin with --password-stdin; asked for at a terminal, where an empty answer makes a random one; else a
// random one.
struct chosen_password {
  std::string text;
  bool is_random = false;
};
tl::expected<chosen_password, int> choose_password(context& ctx, bool from_stdin);
// Without the line's end; nothing when there is none.
std::optional<std::string> read_line(context& ctx);

}  // namespace atlas::cli
