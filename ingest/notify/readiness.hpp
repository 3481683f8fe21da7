#pragma once

#include "ingest/notify/notifier.hpp"
#include "web/ports.hpp"

namespace atlas::ingest {

// "notifications": a note, no more, when a channel has been failing for five minutes or the outbox cannot be
// written; the service is ready without it.
web::readiness_check notify_readiness(const notifier& of, unix_ms now);

}  // namespace atlas::ingest
