#include "ingest/history_metrics.hpp"

namespace atlas::ingest {

void append_history_metrics(const store::sqlite_history& history, const ack_sender* acks,
                            prometheus_text& out) {
  using kind = prometheus_text::kind;
  const auto real = [](auto value) { return static_cast<double>(value); };
  const auto figures = history.figures();
  const auto show = [&](kind type, std::string_view name, std::string_view help, auto value) {
    out.family(type, name, help);
    out.line(real(value));
  };
  show(kind::gauge, "atlas_history_writable", "1 while samples can be stored.", history.trouble() ? 0 : 1);
  show(kind::counter, "atlas_history_stored_total", "Samples stored.", figures.stored);
  show(kind::counter, "atlas_history_repeated_total", "Samples that were stored before.", figures.repeated);
  show(kind::counter, "atlas_history_dropped_total",
       "Samples dropped because too many waited to be stored; their hosts send them again.",
       history.dropped());
  show(kind::gauge, "atlas_history_waiting", "Samples waiting to be stored.", history.waiting());
  show(kind::gauge, "atlas_history_tail_samples", "Stored samples that are not compacted yet.",
       figures.tail_samples);
  show(kind::gauge, "atlas_history_tail_bytes", "Memory that these take.", figures.tail_bytes);
  show(kind::gauge, "atlas_history_compaction_backlog", "Hosts still to be compacted in this round.",
       figures.backlog);
  show(kind::counter, "atlas_history_damaged_total", "Blocks that could not be read and were replaced.",
       figures.damaged);
  show(kind::gauge, "atlas_history_file_bytes", "Size of the organisation's database with its log.",
       figures.file_bytes);
  if (acks != nullptr) {
    show(kind::counter, "atlas_acks_sent_total", "Acknowledgements sent to hosts.", acks->sent());
    show(kind::gauge, "atlas_acks_waiting", "Hosts whose next acknowledgement is still to be sent.",
         acks->waiting());
  }
}

}  // namespace atlas::ingest
