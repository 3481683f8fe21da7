#include "ingest/registry_enroller.hpp"

#include "core/user_name.hpp"
#include "tenants/private_file.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <sodium.h>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

bool is_same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void log_outcome(const host_id& host, const web::enroller::outcome& decided) {
  if (!decided) {
    spdlog::error("{} could not enrol: {}: {}", host.text(), decided.error().where, decided.error().what);
  } else if (*decided) {
    spdlog::info("{} has enrolled, generation {}", host.text(), (*decided)->generation);
  } else {
    switch (decided->error()) {
      case web::enrollment_refusal::token_not_valid:
        spdlog::warn("{} may not enrol: its token is not valid, or no longer", host.text());
        break;
      case web::enrollment_refusal::host_known:
        spdlog::warn("{} may not enrol: a host of this id has enrolled before", host.text());
        break;
    }
  }
}

}  // namespace

registry_enroller::registry_enroller(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                                     tenants::registry& of_worker, const wall_clock& clock,
                                     const tenants::tenant_config& config, key_source& keys,
                                     std::filesystem::path ca_file)
    : io_(io),
      worker_(worker),
      of_worker_(of_worker),
      clock_(clock),
      org_(config.organization.id),
      keys_(keys),
      broker_url_(config.broker.url),
      report_interval_(config.agent.report_interval),
      ca_file_(std::move(ca_file)) {}

void registry_enroller::enroll(web::enrollment_request asked, std::function<void(outcome)> done) {
  if (waiting_ >= max_waiting) {
    boost::asio::post(io_, [done = std::move(done)] {
      done(failure("enrolment", "too many machines enrol at once: try again in a second"));
    });
    return;
  }
  ++waiting_;
  boost::asio::post(worker_, [this, asked = std::move(asked), now = clock_.now(),
                              done = std::move(done)]() mutable {
    auto decided = decide(asked, now);
    boost::asio::post(io_, [this, host = asked.host, decided = std::move(decided), done = std::move(done)] {
      --waiting_;
      log_outcome(host, decided);
      done(decided);
    });
  });
}

web::enroller::outcome registry_enroller::decide(const web::enrollment_request& asked, unix_ms now) const {
  // First, since a host that has used up the token without it could not come back.
  constexpr std::size_t max_ca_bytes = 1 << 16;
  auto ca = tenants::read_file(ca_file_, max_ca_bytes);
  if (!ca) {
    return failure("enrolment", "the broker's CA certificate cannot be read: run `atlas-fleet broker apply`");
  }
  const auto as = of_worker_.acting_as({"a machine", asked.address});
  const auto found = of_worker_.enroll_host(asked.token, asked.host, now);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->what == tenants::enrollment::outcome::token_not_valid) {
    return tl::make_unexpected(web::enrollment_refusal::token_not_valid);
  }
  // Nothing for a host that is revoked, or that a rotation of the key has cut off.
  const auto password = found->host ? keys_.read()->host_password(*found->host) : std::nullopt;
  const bool is_new = found->what == tenants::enrollment::outcome::enrolled;
  if (is_new && !password) {
    return failure("enrolment", "the organisation's key has changed at this moment: try again");
  }
  if (!is_new && !(password && is_same_secret(asked.password, *password))) {
    return tl::make_unexpected(web::enrollment_refusal::host_known);
  }
  return web::enrollment{std::string(org_.text()),
                         asked.host,
                         host_user_name(org_, asked.host),
                         *password,
                         found->host->generation,
                         broker_url_,
                         *std::move(ca),
                         report_interval_};
}

}  // namespace atlas::ingest
