#include "agent/linux/space_probe.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include <sys/statvfs.h>

namespace atlas::agent {

std::optional<disk_space> space_of(const std::string& path) {
  struct statvfs now{};
  if (::statvfs(path.c_str(), &now) != 0 || now.f_blocks == 0) return std::nullopt;
  const std::uint64_t block = now.f_frsize != 0 ? now.f_frsize : now.f_bsize;
  const std::uint64_t free = std::min<std::uint64_t>(now.f_bfree, now.f_blocks);
  return disk_space{.total = now.f_blocks * block,
                    .used = (now.f_blocks - free) * block,
                    .available = std::min<std::uint64_t>(now.f_bavail, now.f_blocks) * block};
}

struct space_probe::shared {
  explicit shared(question how) : ask_kernel(how) {}

  struct state {
    bool asked = false;  // waiting in the queue or in the kernel
    std::optional<disk_space> answer;
  };

  const question ask_kernel;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, state> paths;
  std::deque<std::string> queue;  // at most one entry a path
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool stopping = false;

  // A thread's whole life; it counts as idle when it starts.
  void serve() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stopping || !queue.empty(); });
      --idle;
      if (stopping) break;
      const std::string path = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      const auto answer = ask_kernel(path);
      lock.lock();
      if (const auto known = paths.find(path); known != paths.end()) known->second = {false, answer};
      ++idle;
      changed.notify_all();
    }
    --threads;
    changed.notify_all();
  }
};

space_probe::space_probe(question ask_kernel) : shared_(std::make_shared<shared>(ask_kernel)) {}

space_probe::~space_probe() {
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->changed.notify_all();
  // Those that wait for work end now; those in the kernel end when it lets them.
  shared_->changed.wait(lock, [&] { return shared_->idle == 0; });
}

std::vector<std::optional<disk_space>> space_probe::ask(const std::vector<std::string>& paths,
                                                        std::chrono::milliseconds deadline) {
  std::unique_lock lock(shared_->mutex);
  auto& known = shared_->paths;
  // Forget what is no longer mounted, unless a thread still waits for it.
  std::erase_if(known, [&](const auto& entry) {
    return !entry.second.asked && std::find(paths.begin(), paths.end(), entry.first) == paths.end();
  });
  for (const auto& path : paths) {
    auto& state = known[path];
    if (state.asked) continue;
    state = {true, std::nullopt};
    shared_->queue.push_back(path);
  }
  while (shared_->threads < max_threads && shared_->threads < known.size() &&
         shared_->idle < shared_->queue.size()) {
    ++shared_->threads;
    ++shared_->idle;
    std::thread([owner = shared_] { owner->serve(); }).detach();
  }
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, deadline, [&] {
    return std::none_of(paths.begin(), paths.end(), [&](const auto& path) { return known[path].asked; });
  });
  std::vector<std::optional<disk_space>> answers;
  for (const auto& path : paths) {
    const auto& state = known[path];
    answers.push_back(state.asked ? std::nullopt : state.answer);
  }
  return answers;
}

}  // namespace atlas::agent
