#pragma once

#include "ingest/ack_sender.hpp"
#include "ingest/prometheus_text.hpp"
#include "ingest/store/sqlite_history.hpp"

namespace atlas::ingest {

// What /metrics says of the stored history; `acks` may be null.
void append_history_metrics(const store::sqlite_history& history, const ack_sender* acks,
                            prometheus_text& out);

}  // namespace atlas::ingest
