#include "notify/sender.hpp"

#include "notify/transfer.hpp"

#include <algorithm>

namespace atlas::notify {

namespace {

// Once per process, before the first handle.
void start_curl() {
  static const auto started = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(started);
}

}  // namespace

struct sender::multi {
  multi() {
    start_curl();
    handle = curl_multi_init();
  }
  ~multi() { curl_multi_cleanup(handle); }
  multi(const multi&) = delete;
  multi& operator=(const multi&) = delete;

  CURLM* handle;
};

sender::sender() : multi_(std::make_unique<multi>()) {}

sender::~sender() {
  for (auto& [ticket, running] : transfers_) {
    curl_multi_remove_handle(multi_->handle, running->handle());
  }
}

void sender::start(std::int64_t ticket, delivery what) {
  auto started = std::make_unique<transfer>(std::move(what));
  curl_multi_add_handle(multi_->handle, started->handle());
  transfers_[ticket] = std::move(started);
}

std::vector<std::pair<std::int64_t, attempt>> sender::wait(milliseconds longest) {
  std::vector<std::pair<std::int64_t, attempt>> over;
  int running = 0;
  curl_multi_perform(multi_->handle, &running);
  const auto collect = [&] {
    int left = 0;
    while (const auto* news = curl_multi_info_read(multi_->handle, &left)) {
      if (news->msg != CURLMSG_DONE) {
        continue;
      }
      const auto found = std::find_if(transfers_.begin(), transfers_.end(), [&](const auto& one) {
        return one.second->handle() == news->easy_handle;
      });
      over.emplace_back(found->first, found->second->judge(news->data.result));
      curl_multi_remove_handle(multi_->handle, found->second->handle());
      transfers_.erase(found);
    }
  };
  collect();
  if (over.empty()) {
    curl_multi_poll(multi_->handle, nullptr, 0, static_cast<int>(longest.count()), nullptr);
    curl_multi_perform(multi_->handle, &running);
    collect();
  }
  return over;
}

void sender::wake() { curl_multi_wakeup(multi_->handle); }

}  // namespace atlas::notify
