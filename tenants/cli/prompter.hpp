#pragma once

#include "tenants/cli/command.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace atlas::cli {

// Asks a person, one line a question. Every call gives nothing when the input has ended (Ctrl-D).
class prompter {
 public:
  explicit prompter(context& ctx);

  // Takes an answer, or returns why not: "must be …". May bring the answer into its one form.
  using check_function = std::function<std::string(std::string& answer)>;

  // Asks until `check` takes the answer. Enter takes `offered`, which is shown in brackets when there is one.
  std::optional<std::string> ask(std::string_view question, std::string_view offered,
                                 const check_function& check);
  // Enter means `offered`.
  std::optional<bool> confirm(std::string_view question, bool offered);

  void say(std::string_view line);
  void heading(std::string_view text);

 private:
  context& ctx_;
  std::ostream& out_;
};

}  // namespace atlas::cli
