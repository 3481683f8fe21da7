#include "agent/passwords.hpp"

#include "agent/secret_file.hpp"
#include "agent/small_file.hpp"
#include "agent/state_folder.hpp"
#include "core/json_object.hpp"
#include "core/sha256.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace atlas::agent {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t max_password = 1024;
constexpr std::size_t max_file_bytes = 16 * 1024;

}  // namespace

passwords::passwords(std::string configured, std::string file)
    : configured_(std::move(configured)), file_(std::move(file)) {
  load();
}

void passwords::load() {
  known_ = {configured_};
  small_file reader;
  const auto text = file_.empty() ? std::nullopt : reader.read(file_);
  if (!text) return;
  json_object object(*text, max_file_bytes);
  auto kept = object.texts("passwords", max_kept, max_password);
  const bool ours = object.text("configured_sha256", max_password) == sha256_hex(configured_);
  if (object.mistake() || !ours || kept.empty()) return;
  if (std::any_of(kept.begin(), kept.end(), [](const std::string& one) { return one.empty(); })) return;
  known_ = std::move(kept);
}

bool passwords::refused() {
  present_ = (present_ + 1) % known_.size();
  return present_ != 0;
}

bool passwords::worked() {
  if (present_ != 0 || known_.size() == 1) return false;
  known_.resize(1);
  // What cannot be written now is only kept longer than need be.
  static_cast<void>(save(known_));
  return true;
}

result<void> passwords::add(std::string_view newest) {
  if (known_.front() == newest) return {};
  if (file_.empty()) return failure("state directory", "there is none to keep a password in");
  std::vector<std::string> known;
  const auto keep = [&known](std::string_view one) {
    const bool there = std::find(known.begin(), known.end(), one) != known.end();
    if (!there && known.size() < max_kept) known.emplace_back(one);
  };
  keep(newest);
  keep(present());  // it has just worked: it stays whatever else is given up
  for (const auto& one : known_) keep(one);
  if (auto saved = save(known); !saved) return saved;
  const auto in_use = std::find(known.begin(), known.end(), present());
  present_ = static_cast<std::size_t>(in_use - known.begin());
  known_ = std::move(known);
  return {};
}

result<void> passwords::save(const std::vector<std::string>& known) const {
  const json document{{"configured_sha256", sha256_hex(configured_)}, {"passwords", known}};
  return write_secret_file(file_, document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

std::string passwords_file(std::string_view state_directory, std::string_view beside, std::string_view org,
                           std::string_view host) {
  const auto folder = state_folder(state_directory, beside);
  return folder.empty() ? "" : folder + "/passwords-" + std::string(org) + "-" + std::string(host) + ".json";
}

}  // namespace atlas::agent
