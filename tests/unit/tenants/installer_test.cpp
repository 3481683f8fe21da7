#include "core/sha256.hpp"
#include "tests/unit/tenants/cli_support.hpp"

#include <array>
#include <cstdio>

#include <gmock/gmock.h>
#include <sys/wait.h>

namespace atlas::cli {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

// What a shell command prints on both its outputs, and its exit code.
test::outcome shell(const std::string& command) {
  test::outcome result;
  FILE* pipe = ::popen(("exec 2>&1; " + command).c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no shell");
  std::array<char, 4096> block;
  while (const auto size = std::fread(block.data(), 1, block.size(), pipe))
    result.out.append(block.data(), size);
  result.code = WEXITSTATUS(::pclose(pipe));
  return result;
}

// The script in the hands of a user, on a machine whose commands only note how they were called.
class Installer : public test::CommandLine {
 protected:
  Installer() {
    add_org("acme", "Ac'me & <Sons> 100%", 'a');
    stub("systemctl", "case $* in --version) echo 'systemd 252 (252.1)';; esac; exit 0");
    stub("loginctl", "exit 0");
    stub("launchctl", "case $1 in bootout) exit 3;; esac; exit 0");
    stub("id", "case $1 in -u) echo 501;; *) echo someone;; esac");
    stub("sleep", "exit 0");
    // It enrols with anybody.
    test::write_text(folder_.path() / "agent", R"(#!/bin/sh
[ "$1" = --enroll ] || { echo atlas-agent 0.1.0; exit 0; }
read -r token
echo "agent $* with $token" >>"$CALLS"
while [ $# -gt 0 ]; do
  case $1 in --host-id) host=$2;; --config) config=$2;; esac
  shift
done
umask 077
printf '{"host_id":"%s"}' "$host" >"$config"
)");
    executable(folder_.path() / "agent");
    const auto result = run({"installer", "acme", "-o", folder_.path().string(), "--uses", "5"});
    if (result.code != 0) throw std::runtime_error(result.err);
    said_ = result.out;
  }

  void stub(const std::string& name, const std::string& body) const {
    const auto file = folder_.path() / "bin" / name;
    test::write_text(file, "#!/bin/sh\necho \"" + name + " $*\" >>\"$CALLS\"\n" + body + "\n");
    executable(file);
  }
  static void executable(const std::filesystem::path& file) {
    std::filesystem::permissions(file, std::filesystem::perms(0755));
  }
  test::outcome install(const std::string& flags, const std::string& interpreter = "sh") const {
    return shell("cd /; export HOME='" + home().string() + "' CALLS='" + calls().string() + "' PATH=\"" +
                 (folder_.path() / "bin").string() + ":$PATH\"; unset XDG_CONFIG_HOME; mkdir -p \"$HOME\"; " +
                 interpreter + " '" + script().string() + "' " + flags);
  }
  std::string agent_flag() const { return "--agent '" + (folder_.path() / "agent").string() + "'"; }
  std::filesystem::path home() const { return folder_.path() / "home of & one"; }
  std::filesystem::path calls() const { return folder_.path() / "calls"; }
  std::filesystem::path script() const { return folder_.path() / "install-agent-aaaaaaaa.sh"; }
  std::filesystem::path agent_folder() const {
    return home() / ".fleet-agent" / "aaaaaaaa-0000-4000-8000-000000000000";
  }

  std::string said_;
};

TEST_F(Installer, HoldsATokenAndNoOtherSecret) {
  EXPECT_EQ(test::mode_of(script()), 0700U);
  const auto text = test::read_text(script());
  const auto config = config_of("acme");
  const auto token = derive_enrollment_token(config.server.api_key, config.organization.id, 1);
  EXPECT_THAT(text, AllOf(StartsWith("#!/bin/sh\n"), HasSubstr("token='" + token + "'")));
  EXPECT_THAT(text, Not(HasSubstr(std::string(api_key).substr(4))));
  EXPECT_THAT(text, Not(HasSubstr("@ORG_ID@")));
  EXPECT_THAT(said_, AllOf(HasSubstr("install-agent-aaaaaaaa.sh"), HasSubstr("up to 5 hosts"),
                           Not(HasSubstr(token))));
  const auto listed = run({"--json", "token", "list", "acme"}).json().at("tokens").at(0);
  EXPECT_EQ(listed.at("kind"), "enroll");
  EXPECT_EQ(listed.at("max_uses"), 5);
}

TEST_F(Installer, HandsTheTokenToTheAgentByAPipe) {
  const auto config = config_of("acme");
  const auto token = derive_enrollment_token(config.server.api_key, config.organization.id, 1);
  ASSERT_EQ(install(agent_flag() + " --host-id web-7").code, 0);
  EXPECT_THAT(test::read_text(calls()),
              AllOf(HasSubstr("agent --enroll http://127.0.0.1:"),
                    HasSubstr(" --host-id web-7 --token-file - "), HasSubstr(" with " + token)));
  ASSERT_EQ(install(agent_flag() + " --host-id web-7 --token-stdin <<END\naft_other\nEND\n").code, 0);
  EXPECT_THAT(test::read_text(calls()), HasSubstr(" with aft_other\n"));
}

TEST_F(Installer, IsCleanUnderShellcheck) {
  if (shell("command -v shellcheck").code != 0) GTEST_SKIP() << "shellcheck is not installed";
  const auto checked = shell("shellcheck -s sh '" + script().string() + "'");
  EXPECT_EQ(checked.code, 0) << checked.out;
}

TEST_F(Installer, ADryRunSaysEachStepAndTakesNone) {
  for (const char* interpreter : {"sh", "dash", "bash --posix"}) {
    const auto result = install("--dry-run " + agent_flag(), interpreter);
    EXPECT_EQ(result.code, 0) << result.out;
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("Ac'me & <Sons> 100%"), HasSubstr("aaaaaaaa-0000-4000-8000-000000000000"),
                      HasSubstr("would write: " + (agent_folder() / "config.json").string() + " (mode 600)"),
                      HasSubstr("atlas-agent-aaaaaaaa.service"), HasSubstr("would run: systemctl --user"),
                      HasSubstr("nothing has changed"), HasSubstr("would enrol at http://127.0.0.1:"),
                      Not(HasSubstr("aft_"))));
    EXPECT_FALSE(std::filesystem::exists(home() / ".fleet-agent"));
    EXPECT_THAT(test::read_text(calls()), Not(HasSubstr("enable")));
  }
}

TEST_F(Installer, ADryRunAsRootNamesTheMachinesFolders) {
  stub("id", "case $1 in -u) echo 0;; *) echo root;; esac");
  const auto result = install("--dry-run " + agent_flag());
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("/etc/atlas-fleet/agent-aaaaaaaa-0000-4000-8000-000000000000/config.json (mode 600)"),
            HasSubstr("/etc/systemd/system/atlas-agent-aaaaaaaa.service"),
            HasSubstr("would run: systemctl restart atlas-agent-aaaaaaaa.service")));
}

TEST_F(Installer, InstallsAndRemovesAUsersUnit) {
  const auto result = install(agent_flag());
  ASSERT_EQ(result.code, 0) << result.out;
  EXPECT_EQ(test::mode_of(agent_folder() / "config.json"), 0600U);
  EXPECT_EQ(test::mode_of(agent_folder()), 0700U);
  const auto unit = home() / ".config/systemd/user/atlas-agent-aaaaaaaa.service";
  EXPECT_THAT(test::read_text(unit),
              AllOf(HasSubstr("100%%"), HasSubstr((agent_folder() / "config.json").string())));
  EXPECT_THAT(test::read_text(calls()),
              AllOf(HasSubstr("systemctl --user enable atlas-agent-aaaaaaaa.service"),
                    HasSubstr("systemctl --user restart atlas-agent-aaaaaaaa.service"),
                    HasSubstr("loginctl enable-linger")));
  EXPECT_EQ(install("--uninstall").code, 0);
  EXPECT_THAT(test::read_text(calls()),
              HasSubstr("systemctl --user disable --now atlas-agent-aaaaaaaa.service"));
  EXPECT_FALSE(std::filesystem::exists(unit));
  EXPECT_FALSE(std::filesystem::exists(agent_folder()));
}

TEST_F(Installer, SaysWhenTheUnitDoesNotStayUp) {
  stub("systemctl", "case $* in *is-active*) exit 3;; esac; exit 0");
  const auto result = install(agent_flag());
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("does not keep running; 'journalctl --user"));
}

TEST_F(Installer, WritesUnitsThatSystemdUnderstands) {
  if (shell("command -v systemd-analyze").code != 0) GTEST_SKIP() << "systemd-analyze is not installed";
  // The machine's unit is only shown, by the functions of the script up to where it begins to act.
  const auto text = test::read_text(script());
  const auto begin = text.find("system_unit() {");
  const auto unit = folder_.path() / "atlas-agent-aaaaaaaa.service";
  test::write_text(folder_.path() / "show.sh",
                   "org_name=\"Ac'me & <Sons> 100%\"; program=/bin/true; config=/etc/config.json\n"
                   "unit_text() { printf '%s' \"$1\" | sed 's/%/%%/g'; }\n" +
                       text.substr(begin, text.find("\n}\n", begin) - begin) + "\n}\nsystem_unit\n");
  ASSERT_EQ(shell("sh '" + (folder_.path() / "show.sh").string() + "' >'" + unit.string() + "'").code, 0);
  const auto checked = shell("systemd-analyze verify '" + unit.string() + "'");
  EXPECT_THAT(checked.out, Not(HasSubstr("atlas-agent-aaaaaaaa.service:")));
  EXPECT_THAT(test::read_text(unit), HasSubstr("--config ${CREDENTIALS_DIRECTORY}/config.json"));
}

TEST_F(Installer, InstallsAndRemovesALaunchAgent) {
  stub("uname", "echo Darwin");
  const auto result = install(agent_flag() + " --host-id web-1");
  ASSERT_EQ(result.code, 0) << result.out;
  const auto plist =
      home() / "Library/LaunchAgents/com.atlas.fleet.agent.aaaaaaaa-0000-4000-8000-000000000000.plist";
  const auto config = agent_folder() / "config.json";
  EXPECT_EQ(test::mode_of(config), 0600U);
  EXPECT_EQ(nlohmann::json::parse(test::read_text(config)).at("host_id"), "web-1");
  EXPECT_THAT(test::read_text(calls()), HasSubstr("launchctl bootstrap gui/501 " + plist.string()));
  const auto read = shell(
      "python3 -c 'import plistlib,sys;d=plistlib.load(open(sys.argv[1],\"rb\"));"
      "print(d[\"Label\"]);print(d[\"ProgramArguments\"][0]);print(d[\"KeepAlive\"])' '" +
      plist.string() + "'");
  EXPECT_EQ(read.out, "com.atlas.fleet.agent.aaaaaaaa-0000-4000-8000-000000000000\n" +
                          (agent_folder() / "atlas-agent").string() + "\nTrue\n");

  EXPECT_EQ(install(agent_flag()).code, 0) << "a second time is an upgrade";
  const auto removed = install("--uninstall");
  EXPECT_EQ(removed.code, 0) << removed.out;
  EXPECT_FALSE(std::filesystem::exists(plist));
  EXPECT_FALSE(std::filesystem::exists(home() / ".fleet-agent"));
  EXPECT_THAT(test::read_text(calls()),
              HasSubstr("launchctl bootout gui/501/com.atlas.fleet.agent.aaaaaaaa"));
  EXPECT_THAT(install("--uninstall").out, HasSubstr("no agent of"));
}

TEST_F(Installer, TellsWhatItLacks) {
  const auto none = install("--agent /nonexistent/agent");
  EXPECT_EQ(none.code, 1);
  stub("uname", "echo Darwin");
  EXPECT_THAT(install("--agent /nonexistent/agent").out,
              HasSubstr("install-agent: there is no file /nonexistent/agent"));
  stub("curl", "exit 22");
  EXPECT_THAT(install("").out, HasSubstr("cannot be reached"));
  stub("broken-agent", "echo 'libpaho-mqtt3as.so.1: cannot open shared object file'; exit 127");
  EXPECT_THAT(install("--agent '" + (folder_.path() / "bin/broken-agent").string() + "'").out,
              HasSubstr("does not run on this machine: libpaho"));
  EXPECT_FALSE(std::filesystem::exists(home() / ".fleet-agent"));
  stub("uname", "echo SunOS");
  EXPECT_THAT(install("").out, HasSubstr("and this is SunOS"));
}

TEST_F(Installer, FindsTheAgentBesideItself) {
  stub("uname", "echo Darwin");
  std::filesystem::copy_file(folder_.path() / "agent", folder_.path() / "atlas-agent");
  EXPECT_EQ(install("").code, 0);
  EXPECT_EQ(test::read_text(agent_folder() / "atlas-agent"), test::read_text(folder_.path() / "agent"));
}

TEST_F(Installer, FetchesTheAgentAndChecksIt) {
  stub("uname", "case $1 in -s) echo Linux;; -m) echo x86_64;; esac");
  const auto agent = (folder_.path() / "agent").string();
  const auto serve = [&](const std::string& sum) {
    stub("curl", "while [ $# -gt 1 ]; do case $1 in -o) out=$2;; esac; shift; done\ncase $1 in\n" +
                     ("*/SHA256SUMS) echo '" + sum + "  atlas-agent-Linux-x86_64' >\"$out\";;\n") +
                     "*) cp '" + agent + "' \"$out\";;\nesac");
  };
  serve(sha256_hex(test::read_text(agent)));
  const auto done = install("");
  ASSERT_EQ(done.code, 0) << done.out;
  EXPECT_THAT(test::read_text(calls()), HasSubstr("/api/v1/agent/atlas-agent-Linux-x86_64"));
  EXPECT_EQ(test::read_text(agent_folder() / "atlas-agent"), test::read_text(folder_.path() / "agent"));
  serve(sha256_hex("something else"));
  EXPECT_THAT(install("").out, HasSubstr("damaged on its way"));
  stub("uname", "case $1 in -s) echo Linux;; -m) echo mips;; esac");
  EXPECT_THAT(install("").out, HasSubstr("has no agent for Linux on mips"));
}

TEST_F(Installer, HelpsAndRefusesUnknownFlags) {
  const auto help = install("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("usage: sh "), HasSubstr("--uninstall"), HasSubstr("--token-stdin")));
  EXPECT_EQ(install("--frobnicate").code, 2);
  EXPECT_THAT(install("--frobnicate").out, HasSubstr("--frobnicate"));
  EXPECT_EQ(install("--agent").code, 2);
}

}  // namespace

}  // namespace atlas::cli
