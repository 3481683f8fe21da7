#pragma once

#include "tenants/archive/stream.hpp"
#include "tenants/cli/command.hpp"
#include "tenants/cli/new_folder.hpp"

#include <string_view>

namespace atlas::cli {

// "copying  42 %" on one line of a terminal; nothing where there is none, and with --json.
class progress_line {
 public:
  explicit progress_line(context& ctx);
  ~progress_line();  // the line goes
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  // Shows how far it is, and stops the work when a signal waits. Valid as long as both objects; `what` too.
  tenants::progress_function show(std::string_view what, const signals_held& held);

 private:
  context& ctx_;
  bool visible_;
  int shown_ = -1;  // percent
};

}  // namespace atlas::cli
