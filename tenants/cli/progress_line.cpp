#include "tenants/cli/progress_line.hpp"

#include <ostream>

#include <fmt/format.h>

namespace atlas::cli {

progress_line::progress_line(context& ctx) : ctx_(ctx), visible_(ctx.interactive && !ctx.json) {}

progress_line::~progress_line() {
  if (shown_ >= 0) ctx_.err << "\r\x1b[K" << std::flush;
}

tenants::progress_function progress_line::show(std::string_view what, const signals_held& held) {
  return [this, what, &held](std::uint64_t done, std::uint64_t total) -> result<void> {
    if (visible_) {
      const int percent =
          total == 0 ? 100 : static_cast<int>(100.0 * static_cast<double>(done) / static_cast<double>(total));
      if (percent != shown_) ctx_.err << fmt::format("\r\x1b[K{} {:>3} %", what, percent) << std::flush;
      shown_ = percent;
    }
    return held.check();
  };
}

}  // namespace atlas::cli
