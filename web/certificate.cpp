#include "web/certificate.hpp"

#include "web/tls.hpp"

#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

namespace atlas::web {

namespace {

constexpr std::chrono::days warn_before{10};

}  // namespace

certificate::certificate(std::filesystem::path chain, std::filesystem::path private_key)
    : chain_(std::move(chain)), private_key_(std::move(private_key)), used_(present()) {}

result<certificate> certificate::load(std::filesystem::path chain, std::filesystem::path private_key) {
  certificate made(std::move(chain), std::move(private_key));
  auto loaded = load_tls(made.chain_, made.private_key_);
  if (!loaded) {
    return tl::unexpected(std::move(loaded.error()));
  }
  made.context_ = *std::move(loaded);
  return made;
}

certificate::file_version certificate::version_of(const std::filesystem::path& file) {
  struct stat info{};
  if (::stat(file.c_str(), &info) != 0) {
    return {};
  }
  return {static_cast<std::int64_t>(info.st_ino), info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size};
}

certificate::version certificate::present() const { return {version_of(chain_), version_of(private_key_)}; }

void certificate::refresh() {
  const auto now = present();
  if (now == used_) {
    broken_.clear();
    doubtful_.reset();
    return;
  }
  auto loaded = load_tls(chain_, private_key_);
  if (loaded) {
    context_ = *std::move(loaded);
    used_ = now;
    broken_.clear();
    doubtful_.reset();
    spdlog::info("{}: new connections are shown the new certificate", chain_.string());
    return;
  }
  // The first time it may be in the middle of being written.
  if (std::exchange(doubtful_, now) != now) {
    return;
  }
  auto problem = fmt::format("{}: {}", loaded.error().where, loaded.error().what);
  if (broken_ != problem) {
    spdlog::error("{}; the certificate from before stays in use", problem);
    broken_ = std::move(problem);
  }
}

std::string certificate::trouble() const {
  if (!broken_.empty()) {
    return broken_ + "; the certificate from before stays in use";
  }
  const auto left = time_left(*context_);
  if (left > warn_before) {
    return {};
  }
  return fmt::format("{}: the certificate {} {}: put a renewed one there, it is taken without a restart",
                     chain_.string(), left.count() <= 0 ? "ran out on" : "runs out on", last_day(*context_));
}

}  // namespace atlas::web
