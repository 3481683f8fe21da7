#include "agent/options.hpp"

#include "agent/text.hpp"
#include "core/clean_text.hpp"

namespace atlas::agent {

const std::string_view help_text =
    R"(atlas-agent: reports this machine's metrics to its organisation's fleet.

Usage:
  atlas-agent [--config FILE] [FLAG…]     report until stopped
  atlas-agent --enroll URL --token-file FILE [--config FILE]
                                          make this machine a host: write FILE, and exit
  atlas-agent --once                      print one sample as JSON and exit; needs no broker

Normally everything is in ~/.fleet-agent/config.json, which --enroll writes, or `atlas-fleet agent-config ORG --host ID`:

  {
    "server_url": "mqtts://fleet.example.com:8883",
    "organization_id": "6f1e2d3c-4b5a-4678-9abc-def012345678",
    "host_id": "web-1",
    "password": "…",
    "ca_file": "ca.crt",
    "report_interval": 10,
    "tags": ["production", "web"]
  }

Each key has a flag that is stronger than the file:
  --server-url URL          mqtts://host[:port] of the broker; the port is 8883 when not given
  --organization-id UUID    the organisation that this machine reports to
  --host-id ID              name of this machine in the fleet (its short host name)
  --password-file FILE      file with the host's password; or ATLAS_AGENT_PASSWORD in the environment
  --ca-file FILE            PEM file of the CA of the broker's certificate (the CAs that this system trusts)
  --report-interval S       seconds between samples, 1 to 86400 (10)
  --retry-interval S        longest wait between two attempts to connect, 1 to 3600 (5)
  --connection-timeout S    seconds until an attempt to connect is given up, 1 to 300 (10)
  --tag T                   a tag of this machine; may be repeated

To enrol, with a token of `atlas-fleet token enroll ORG`:
  --enroll URL              https://host[:port] of the organisation's service; --ca-file is of its certificate
  --token-file FILE         file with the token; - reads it from standard input
A host that has enrolled before proves itself by the password in its present configuration file.

And:
  --config FILE             another configuration file
  --once                    measure for a second, print one sample, exit
  --root DIR                read proc/ and sys/ below DIR, as in a container with the host's at /host
  --verbose                 say more on stderr
  --version, --help

Examples:
  atlas-agent --once
  echo "$TOKEN" | atlas-agent --enroll https://fleet.example.com:8768 --ca-file ca.crt --token-file -
  atlas-agent --config /etc/fleet-agent/config.json
  atlas-agent --server-url mqtts://localhost:8883 --ca-file ca.crt --password-file web-1.secret \
    --organization-id 6f1e2d3c-4b5a-4678-9abc-def012345678 --host-id web-1 --tag web

A new password that the organisation gives this host (`atlas-fleet key rotate`), and the samples that are not stored yet,
are kept in $STATE_DIRECTORY, or beside the configuration file when that is not set: the agent must be able to write there.
Up to 8 MiB of samples, which is most of a day at 10 s; of a longer time a coarser history remains. They are sent when the
service is back, also after a restart of the agent. Without a place to write, a few minutes' worth stays in memory.

It stops cleanly on SIGTERM and Ctrl-C and then shows as "stopped", not as "lost".
Exit codes: 0 stopped, 1 failed, 2 wrong usage or configuration.
)";

namespace {

// The arguments one after the other, and the mistakes in them.
class argument_reader {
 public:
  explicit argument_reader(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  // Steps to the next flag; "--flag=value" is taken as "--flag value".
  bool next() {
    if (position_ == arguments_.size()) return false;
    flag_ = arguments_[position_++];
    attached_.reset();
    if (const auto equals = flag_.find('='); flag_.starts_with("--") && equals != std::string::npos) {
      attached_ = flag_.substr(equals + 1);
      flag_.resize(equals);
    }
    return true;
  }

  const std::string& flag() const { return flag_; }

  bool is_switch(const char* name, bool& out) {
    if (flag_ != name) return false;
    if (attached_) add("takes no value");
    out = true;
    return true;
  }

  bool is_text(const char* name, std::string& out) {
    if (flag_ != name) return false;
    if (auto given = value()) out = *std::move(given);
    return true;
  }

  bool is_text(const char* name, std::optional<setting<std::string>>& out) {
    if (flag_ != name) return false;
    if (auto given = value()) out = {*std::move(given), flag_};
    return true;
  }

  bool is_whole(const char* name, std::optional<setting<std::uint64_t>>& out) {
    if (flag_ != name) return false;
    const auto given = value();
    if (!given) return true;
    if (const auto number = to_number<std::uint64_t>(*given)) {
      out = {*number, flag_};
    } else {
      add("must be a whole number, not \"" + clean_text(*given, 40) + "\"");
    }
    return true;
  }

  bool is_texts(const char* name, std::optional<setting<std::vector<std::string>>>& out) {
    if (flag_ != name) return false;
    auto given = value();
    if (!given) return true;
    if (!out) out = {{}, flag_};
    out->value.push_back(*std::move(given));
    return true;
  }

  void add(std::string what) { errors_.push_back({flag_, std::move(what)}); }
  config_errors& errors() { return errors_; }

 private:
  std::optional<std::string> value() {
    if (attached_) return attached_;
    if (position_ < arguments_.size()) return arguments_[position_++];
    add("needs a value");
    return std::nullopt;
  }

  const std::vector<std::string>& arguments_;
  std::size_t position_ = 0;
  std::string flag_;
  std::optional<std::string> attached_;
  config_errors errors_;
};

}  // namespace

tl::expected<options, config_errors> parse_options(const std::vector<std::string>& arguments) {
  options out;
  auto& said = out.said;
  argument_reader read(arguments);
  while (read.next()) {
    const bool known =
        read.is_switch("--help", out.help) || read.is_switch("-h", out.help) ||
        read.is_switch("--version", out.version) || read.is_switch("--once", out.once) ||
        read.is_switch("--verbose", out.verbose) || read.is_text("--config", out.config_file) ||
        read.is_text("--root", out.root) || read.is_text("--enroll", out.enroll_url) ||
        read.is_text("--token-file", out.token_file) || read.is_text("--server-url", said.server_url) ||
        read.is_text("--organization-id", said.organization_id) || read.is_text("--host-id", said.host_id) ||
        read.is_text("--password-file", said.password_file) || read.is_text("--ca-file", said.ca_file) ||
        read.is_whole("--report-interval", said.report_interval) ||
        read.is_whole("--retry-interval", said.retry_interval) ||
        read.is_whole("--connection-timeout", said.connection_timeout) || read.is_texts("--tag", said.tags);
    if (known) continue;
    read.add(read.flag() == "--password" ? "is not offered, since everyone on this machine can read argument "
                                           "lists: use --password-file FILE"
                                         : "is unknown: see --help");
  }
  if (!read.errors().empty()) return tl::unexpected(std::move(read.errors()));
  return out;
}

}  // namespace atlas::agent
