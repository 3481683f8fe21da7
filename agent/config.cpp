#include "agent/config.hpp"

#include "agent/small_file.hpp"
#include "agent/text.hpp"
#include "core/clean_text.hpp"

namespace atlas::agent {

namespace {

constexpr std::size_t max_tags = 32;
constexpr std::size_t max_tag = 64;
constexpr std::string_view pem_mark = "-----BEGIN CERTIFICATE-----";

// Turns settings into values and collects the mistakes on the way.
class checker {
 public:
  explicit checker(const settings& said) : said_(said) {}

  config_errors& errors() { return errors_; }

  template <class Value>
  std::optional<Value> parsed(const setting<std::string>& said, result<Value> (*parse)(std::string_view)) {
    auto value = parse(said.value);
    if (value) return *std::move(value);
    add(said.where, value.error().what);
    return std::nullopt;
  }

  template <class Value>
  std::optional<Value> required(const std::optional<setting<std::string>>& said,
                                result<Value> (*parse)(std::string_view), const char* name,
                                const char* flag) {
    if (said) return parsed(*said, parse);
    add(name, std::string("is missing: give it in the configuration file or as ") + flag);
    return std::nullopt;
  }

  std::uint32_t seconds(const std::optional<setting<std::uint64_t>>& said, number_limits limits,
                        std::uint32_t by_default) {
    if (!said) return by_default;
    if (said->value >= limits.least && said->value <= limits.most)
      return static_cast<std::uint32_t>(said->value);
    add(said->where, "must be a whole number of seconds from " + std::to_string(limits.least) + " to " +
                         std::to_string(limits.most));
    return by_default;
  }

  std::string password() {
    if (said_.password && said_.password_file) {
      add(said_.password_file->where, "password and password_file are both given: keep one");
    } else if (said_.password) {
      if (said_.password->value.empty()) add(said_.password->where, "is empty");
      return said_.password->value;
    } else if (said_.password_file) {
      const auto text = named_file(*said_.password_file);
      if (text && trimmed(*text).empty())
        add(said_.password_file->where, said_.password_file->value + " is empty");
      return std::string(trimmed(text.value_or(std::string_view())));
    } else {
      add("password",
          "is missing: give password or password_file in the configuration file, --password-file FILE, or "
          "ATLAS_AGENT_PASSWORD in the environment");
    }
    return {};
  }

  trusted_ca ca() {
    trusted_ca chosen;
    if (said_.ca_file && said_.ca_pem) {
      add(said_.ca_pem->where, "ca_file and ca_pem are both given: keep one");
    } else if (said_.ca_pem) {
      chosen.pem = said_.ca_pem->value;
      check_pem(chosen.pem, said_.ca_pem->where, "it");
    } else if (said_.ca_file) {
      chosen.file = said_.ca_file->value;
      if (const auto text = named_file(*said_.ca_file)) check_pem(*text, said_.ca_file->where, chosen.file);
    }
    return chosen;
  }

  std::vector<std::string> tags() {
    if (!said_.tags) return {};
    if (said_.tags->value.size() > max_tags) add(said_.tags->where, "more than 32 tags");
    for (const auto& tag : said_.tags->value) {
      if (!tag.empty() && clean_text(tag, max_tag) == tag) continue;
      add(said_.tags->where, "a tag must be 1 to 64 bytes of text without control characters");
    }
    return said_.tags->value;
  }

 private:
  void add(std::string where, std::string what) { errors_.push_back({std::move(where), std::move(what)}); }

  // The view ends with the next file.
  std::optional<std::string_view> named_file(const setting<std::string>& said) {
    const auto text = file_.read(said.value);
    if (!text) add(said.where, said.value + " cannot be read: check that it exists and who may read it");
    return text;
  }

  void check_pem(std::string_view text, const std::string& where, const std::string& name) {
    if (text.find(pem_mark) != std::string_view::npos) return;
    add(where, name + " holds no certificate: it must be PEM text with a line " + std::string(pem_mark));
  }

  const settings& said_;
  config_errors errors_;
  small_file file_;
};

}  // namespace

std::string config::user() const { return std::string(org.text()) + "/host/" + std::string(host.text()); }

void settings::override_with(settings stronger) {
  if (stronger.password || stronger.password_file) {
    password = std::move(stronger.password);
    password_file = std::move(stronger.password_file);
  }
  if (stronger.ca_file || stronger.ca_pem) {
    ca_file = std::move(stronger.ca_file);
    ca_pem = std::move(stronger.ca_pem);
  }
  const auto take = [](auto& mine, auto& theirs) {
    if (theirs) mine = std::move(theirs);
  };
  take(server_url, stronger.server_url);
  take(organization_id, stronger.organization_id);
  take(host_id, stronger.host_id);
  take(report_interval, stronger.report_interval);
  take(retry_interval, stronger.retry_interval);
  take(connection_timeout, stronger.connection_timeout);
  take(tags, stronger.tags);
}

tl::expected<config, config_errors> complete(const settings& said, std::string_view hostname) {
  checker check(said);
  const auto broker = check.required<broker_address>(said.server_url, parse_server_url, "server_url",
                                                     "--server-url mqtts://host:port");
  const auto org = check.required<org_id>(said.organization_id, org_id::parse, "organization_id",
                                          "--organization-id UUID");
  const setting<std::string> own_name{std::string(hostname.substr(0, hostname.find('.'))),
                                      "this machine's name as host id (give another with --host-id)"};
  const auto host = check.parsed<host_id>(said.host_id.value_or(own_name), host_id::parse);
  auto password = check.password();
  auto ca = check.ca();
  const auto report = check.seconds(said.report_interval, report_interval_limits, 10);
  const auto retry = check.seconds(said.retry_interval, retry_interval_limits, 5);
  const auto timeout = check.seconds(said.connection_timeout, connection_timeout_limits, 10);
  auto tags = check.tags();
  if (!check.errors().empty()) return tl::unexpected(std::move(check.errors()));
  return config{.broker = *broker,
                .org = *org,
                .host = *host,
                .password = std::move(password),
                .ca = std::move(ca),
                .report_interval = report,
                .retry_interval = retry,
                .connection_timeout = timeout,
                .tags = std::move(tags)};
}

}  // namespace atlas::agent
