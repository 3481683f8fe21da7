#pragma once

#include "tenants/cli/output.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::cli {

// A new organisation on its way to be made.
struct setup_plan {
  std::string slug;
  tenants::tenant_config config;
  std::string admin_user = "admin";
  std::optional<std::string> admin_password;  // none: a random one
};

// What is asked about an organisation, each as a flag and as a question.
enum class topic { organization, dashboard, look, broker, details, admin };
struct setup_question {
  std::string_view flag;      // "cpu-threshold"
  std::string_view key;       // of tenant.json, or "slug" or "admin"
  std::string_view question;  // of the wizard
  topic about;
};
const std::vector<setup_question>& setup_questions();
std::string_view heading_of(topic about);

// A plan and what is known of the installation that it joins.
class setup_draft {
 public:
  setup_draft(const context& ctx, std::vector<tenants::tenant> others);

  setup_plan& plan() { return plan_; }
  const std::vector<tenants::tenant>& others() const { return others_; }

  // What the question would have for an answer as things stand.
  std::string offered(const setup_question& question) const;
  // Takes the answer; or why it cannot be: `where` is "taken" when another has it, else "wrong".
  result<void> take(const setup_question& question, const std::string& answer);

 private:
  result<void> take_name(const std::string& answer);
  result<void> take_color(std::string_view key, const std::string& answer);
  result<void> take_slug(const std::string& answer);
  result<void> take_port(const std::string& answer);
  result<void> take_broker(const std::string& answer);
  std::string free_slug() const;
  bool is_slug_taken(const std::string& slug) const;

  const tenants::state_root& root_;
  std::vector<tenants::tenant> others_;
  setup_plan plan_;
  bool port_given_ = false;
};

// Asks for everything that `given` (flags) does not answer. Nothing when the person gave up.
bool ask_for_plan(context& ctx, setup_draft& draft, const std::vector<std::string_view>& given);

// Writes the organisation in one step: on failure nothing is left. Returns the administrator's password.
result<std::string> create_organization(const tenants::state_root& root, const setup_plan& plan);

}  // namespace atlas::cli
