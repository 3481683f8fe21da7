// The broker's password file, written from names and passwords that are separated by line breaks and read
// back; its access rules.
#include "broker/acl.hpp"
#include "broker/passwd.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <string>

using namespace atlas;

namespace {

constexpr std::size_t most_users = 16;

std::vector<broker::credential> credentials_in(std::string_view text) {
  std::vector<broker::credential> all;
  while (!text.empty() && all.size() < most_users) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    const auto middle = std::min(line.find('\t'), line.size());
    // "\r" stands for a line break within a name.
    std::string user(line.substr(0, middle));
    std::replace(user.begin(), user.end(), '\r', '\n');
    all.push_back({std::move(user), std::string(line.substr(std::min(middle + 1, line.size())))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

bool has_line_of(std::string_view file, const std::string& user) {
  const auto line = user + ":$7$";
  return file.starts_with(line) || file.find("\n" + line) != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::require(broker::check_acl(text, "acl").has_value() == (text == broker::render_acl()));
  (void)broker::check_passwd(text, "passwd");

  const auto credentials = credentials_in(text);
  const auto no_salt = [] { return broker::password_salt{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}; };
  // With itself as what was there before, too.
  for (const auto previous : {std::string_view(), text}) {
    const auto file = broker::render_passwd(credentials, previous, no_salt);
    if (!file) continue;
    // As many lines as users, each of whom the broker finds: no name writes a line of its own.
    const auto users = broker::check_passwd(*file, "passwd");
    fuzz::require(users.has_value() && *users == credentials.size());
    fuzz::require(static_cast<std::size_t>(std::count(file->begin(), file->end(), '\n')) ==
                  credentials.size());
    for (const auto& one : credentials) fuzz::require(has_line_of(*file, one.user));
    // Nothing new is nothing written.
    fuzz::require(broker::render_passwd(credentials, *file, no_salt).value() == *file);
  }
  return 0;
}
