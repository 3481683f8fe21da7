#include "tenants/cli/prompter.hpp"

#include "tenants/cli/output.hpp"

#include <ostream>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

// JSON has stdout for itself.
prompter::prompter(context& ctx) : ctx_(ctx), out_(ctx.json ? ctx.err : ctx.out) {}

std::optional<std::string> prompter::ask(std::string_view question, std::string_view offered,
                                         const check_function& check) {
  for (;;) {
    out_ << "  " << question << (offered.empty() ? std::string() : dim(ctx_, fmt::format(" [{}]", offered)))
         << ": " << std::flush;
    const auto line = read_line(ctx_);
    if (!line) {
      out_ << '\n';
      return std::nullopt;
    }
    auto answer = trimmed(*line);
    if (answer.empty()) answer = offered;
    const auto mistake = check(answer);
    if (mistake.empty()) return answer;
    out_ << "    " << bold(ctx_, "✗ ") << mistake << '\n';
  }
}

std::optional<bool> prompter::confirm(std::string_view question, bool offered) {
  const auto answer = ask(question, offered ? "yes" : "no", [](std::string& text) -> std::string {
    if (text == "y" || text == "Y" || text == "yes") text = "yes";
    if (text == "n" || text == "N" || text == "no") text = "no";
    return text == "yes" || text == "no" ? "" : "answer yes or no";
  });
  if (!answer) return std::nullopt;
  return *answer == "yes";
}

void prompter::say(std::string_view line) { out_ << "  " << line << '\n'; }

void prompter::heading(std::string_view text) { out_ << '\n' << bold(ctx_, text) << '\n'; }

}  // namespace atlas::cli
