#pragma once

namespace atlas::ingest {

class prometheus_text;

// The process_… families that Prometheus client libraries agree on, of this process.
void append_process_metrics(prometheus_text& out);

}  // namespace atlas::ingest
