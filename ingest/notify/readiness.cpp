#include "ingest/notify/readiness.hpp"

#include <chrono>

namespace atlas::ingest {

web::readiness_check notify_readiness(const notifier& of, unix_ms now) {
  web::readiness_check check{"notifications", true, of.store_trouble(), false};
  for (const auto& channel : of.report()) {
    if (channel.failing_since && now - *channel.failing_since >= std::chrono::minutes(5)) {
      check.detail += (check.detail.empty() ? "" : "; ") + channel.name + ": " + channel.trouble;
    }
  }
  check.ready = check.detail.empty();
  return check;
}

}  // namespace atlas::ingest
