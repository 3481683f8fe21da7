// What the guard reads and says: a user and a topic, separated by a line break; its limits; its report.
#include "broker/guard/gatekeeper.hpp"
#include "broker/guard/limits.hpp"
#include "core/guard_report.hpp"
#include "core/user_name.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto end = text.find('\n');
  const auto user = text.substr(0, end);
  const auto topic = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);

  guard::gatekeeper keeper;
  keeper.open(true);
  for (const auto wanted : {guard::operation::read, guard::operation::write, guard::operation::subscribe}) {
    const bool passes = keeper.passes(user, topic, wanted, size, {});
    const auto own = "org/" + std::string(user) + "/";
    fuzz::require(!passes || topic.starts_with(own));
  }
  if (const auto who = parse_user_name(user)) {
    fuzz::require((who->host ? host_user_name(who->org, *who->host) : ingest_user_name(who->org)) == user);
  }
  if (const auto report = parse_guard_report(text)) {
    fuzz::require(parse_guard_report(format_guard_report(*report)).value() == *report);
  }
  (void)guard::parse_limits(text);
  return 0;
}
