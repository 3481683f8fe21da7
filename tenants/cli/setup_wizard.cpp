// The questions of `atlas-fleet setup`.
#include "tenants/cli/palette.hpp"
#include "tenants/cli/prompter.hpp"
#include "tenants/cli/setup.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

class wizard {
 public:
  wizard(context& ctx, setup_draft& draft, const std::vector<std::string_view>& given)
      : ctx_(ctx), draft_(draft), given_(given), prompter_(ctx) {}

  bool run() {
    prompter_.heading("A new organisation");
    prompter_.say(dim(ctx_, "Enter takes what stands in brackets; Ctrl-C leaves without a trace."));
    for (;;) {
      if (!ask_everything()) return false;
      show_summary();
      const auto answer =
          prompter_.ask("Make it? (yes, no, edit)", "yes", [](std::string& text) -> std::string {
            for (const std::string word : {"yes", "no", "edit"}) {
              if (text == word || text == word.substr(0, 1)) {
                text = word;
                return {};
              }
            }
            return "answer yes, no or edit";
          });
      if (!answer || *answer == "no") return false;
      if (*answer == "yes") return true;
      given_.clear();
    }
  }

 private:
  bool ask_everything() {
    for (const auto about :
         {topic::organization, topic::dashboard, topic::look, topic::broker, topic::details, topic::admin}) {
      if (!ask_about(about)) return false;
    }
    return true;
  }

  bool ask_about(topic about) {
    std::vector<setup_question> open;
    for (const auto& question : setup_questions()) {
      const bool answered = std::find(given_.begin(), given_.end(), question.flag) != given_.end();
      if (question.about == about && !answered) open.push_back(question);
    }
    if (open.empty()) return true;
    prompter_.heading(heading_of(about));
    if (about == topic::broker && !draft_.others().empty()) {
      prompter_.say(fmt::format("{}, as for {}", draft_.plan().config.broker.url,
                                draft_.others().front().config.organization.name));
      return true;
    }
    if (about == topic::details) {
      const auto& config = draft_.plan().config;
      prompter_.say(fmt::format(
          "Alerts at {} % CPU, {} % memory, {} % disk; a sample every {} s, the last {} kept.",
          config.alerts.cpu_threshold, config.alerts.memory_threshold, config.alerts.disk_threshold,
          config.agent.report_interval, config.server.history_size));
      const auto wanted = prompter_.confirm("Change any of these?", false);
      if (!wanted) return false;
      if (!*wanted) return true;
    }
    for (const auto& question : open) {
      if (question.key == "branding.primary_color") prompter_.say(palette_line(ctx_));
      if (!ask(question)) return false;
    }
    return true;
  }

  bool ask(const setup_question& question) {
    return prompter_
        .ask(question.question, draft_.offered(question),
             [&](std::string& answer) -> std::string {
               const auto taken = draft_.take(question, answer);
               return taken ? std::string() : taken.error().what;
             })
        .has_value();
  }

  void show_summary() {
    const auto& plan = draft_.plan();
    const auto& config = plan.config;
    const auto& look = config.branding;
    const auto line = [this](std::string_view label, const std::string& value) {
      prompter_.say(dim(ctx_, fmt::format("{:<11}", label)) + value);
    };
    auto colors = swatch(ctx_, look.primary_color) + look.primary_color;
    if (look.secondary_color) colors += "   " + swatch(ctx_, *look.secondary_color) + *look.secondary_color;
    prompter_.heading("So it will be");
    line("name", bold(ctx_, config.organization.name) + fmt::format("  ({})", plan.slug));
    if (!config.organization.contact.empty()) line("contact", config.organization.contact);
    line("dashboard", dashboard_url(config));
    line("title", look.dashboard_title);
    line("colours", colors);
    if (look.logo_url) line("logo", look.logo_url->substr(0, 60));
    line("broker", config.broker.url);
    line("alerts", fmt::format("CPU {} %, memory {} %, disk {} %", config.alerts.cpu_threshold,
                               config.alerts.memory_threshold, config.alerts.disk_threshold));
    line("login", plan.admin_user);
    line("files", ctx_.root.tenant_dir(plan.slug).string());
    prompter_.say("");
  }

  context& ctx_;
  setup_draft& draft_;
  std::vector<std::string_view> given_;
  prompter prompter_;
};

}  // namespace

bool ask_for_plan(context& ctx, setup_draft& draft, const std::vector<std::string_view>& given) {
  return wizard(ctx, draft, given).run();
}

}  // namespace atlas::cli
