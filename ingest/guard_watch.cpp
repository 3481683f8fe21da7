#include "ingest/guard_watch.hpp"

namespace atlas::ingest {

void guard_watch::heard(const guard_report& report, time now) {
  const std::scoped_lock lock(mutex_);
  report_ = report;
  since_ = now;
}

std::optional<guard_report> guard_watch::newest(time now) const {
  const std::scoped_lock lock(mutex_);
  return now - since_ <= patience ? report_ : std::nullopt;
}

web::readiness_check guard_watch::readiness(time now) const {
  web::readiness_check check{"guard", false, {}, false};
  const std::scoped_lock lock(mutex_);
  if (now - since_ > patience) {
    check.detail =
        "the broker's guard is not heard of: subscriptions outside an organisation's own topics are not "
        "refused, and nobody's rate is limited; stop the broker and start it again with `atlas-fleet up`";
  } else if (!report_) {
    check.detail = "the broker's guard has not been heard of yet";
  } else {
    check.ready = true;
  }
  return check;
}

}  // namespace atlas::ingest
