#include "broker/spawn.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace atlas::broker {

namespace {

// Everything that the child needs, made before fork(): between fork() and exec() only functions that are safe
// in a signal handler may be called, as another thread may have held any lock.
struct prepared_child {
  std::vector<char*> argv;
  std::vector<gid_t> groups;
  const account* run_as = nullptr;  // null: stays who it is
  int signal_when_orphaned;
  int output_fd;
  int null_fd;
  pid_t parent;
  rlimit open_files;
};

[[noreturn]] void fail(const char* what) {
  const char* reason = std::strerror(errno);
  for (const char* text : {"cannot start: ", what, ": ", reason, "\n"}) {
    if (write(STDERR_FILENO, text, std::strlen(text)) < 0) break;
  }
  _exit(127);
}

[[noreturn]] void become(const prepared_child& child) {
  setpgid(0, 0);
  if (dup2(child.null_fd, STDIN_FILENO) < 0 || dup2(child.output_fd, STDOUT_FILENO) < 0 ||
      dup2(child.output_fd, STDERR_FILENO) < 0) {
    _exit(127);
  }
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setrlimit(RLIMIT_NOFILE, &child.open_files);
  if (child.run_as != nullptr) {
    if (setgroups(child.groups.size(), child.groups.data()) != 0 || setgid(child.run_as->gid) != 0 ||
        setuid(child.run_as->uid) != 0) {
      fail("cannot change the user");
    }
  }
  // After the change of user, which would clear it.
  prctl(PR_SET_PDEATHSIG, child.signal_when_orphaned);
  if (getppid() != child.parent) _exit(127);  // the parent was gone before that
  execv(child.argv.front(), child.argv.data());
  fail(child.argv.front());
}

rlimit highest_open_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  return limit;
}

}  // namespace

result<pid_t> spawn(const child_program& child, int output_fd) {
  prepared_child prepared{};
  std::string program = child.program.string();
  std::vector<std::string> args = child.args;
  prepared.argv.push_back(program.data());
  for (auto& arg : args) prepared.argv.push_back(arg.data());
  prepared.argv.push_back(nullptr);
  if (child.run_as && geteuid() == 0 && child.run_as->uid != 0) {
    prepared.run_as = &*child.run_as;
    std::array<gid_t, 64> groups{};
    int count = static_cast<int>(groups.size());
    if (getgrouplist(child.run_as->name.c_str(), child.run_as->gid, groups.data(), &count) >= 0) {
      prepared.groups.assign(groups.begin(), groups.begin() + count);
    }
  }
  prepared.signal_when_orphaned = child.signal_when_orphaned;
  prepared.output_fd = output_fd;
  prepared.null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  prepared.parent = getpid();
  prepared.open_files = highest_open_files();
  if (prepared.null_fd < 0) return failure("/dev/null", std::strerror(errno));
  const pid_t pid = fork();
  if (pid == 0) become(prepared);
  const int code = errno;
  close(prepared.null_fd);
  if (pid < 0) return failure(program, std::string("cannot be started: ") + std::strerror(code));
  setpgid(pid, pid);  // here too: whoever comes first
  return pid;
}

std::optional<std::filesystem::path> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "/usr/bin:/bin") +
                             ":/usr/local/sbin:/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto file = std::filesystem::path(folder.empty() ? "." : folder) / name;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0) {
      return std::filesystem::absolute(file, ignored);
    }
  }
  return std::nullopt;
}

}  // namespace atlas::broker
