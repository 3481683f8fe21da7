#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::agent {

// The passwords that this host may log in with. Beside the configured one there are those that the
// organisation has given it since, which are kept in a file (0600): the newest first, and the earlier ones
// until the newest has worked. One thread.
class passwords {
 public:
  static constexpr std::size_t max_kept = 3;

  // `file` may be missing; one that is damaged, or that was written under another configured password, counts
  // for nothing. With an empty name nothing can be kept.
  passwords(std::string configured, std::string file);

  // What to log in with at the next attempt.
  const std::string& present() const { return known_[present_]; }
  // The broker has refused it: the next one's turn. False when all of them were refused by now.
  bool refused();
  // It has logged in. Whether it is the newest, and others were given up for it.
  bool worked();
  // From the next connection on this one comes first. An error when it cannot be kept; then nothing changes.
  result<void> add(std::string_view newest);
  // The newest comes first again.
  void start_over() { present_ = 0; }

 private:
  void load();
  result<void> save(const std::vector<std::string>& known) const;

  const std::string configured_;
  const std::string file_;
  std::vector<std::string> known_;  // never empty; the newest first
  std::size_t present_ = 0;
};

// Where they are kept, in the state folder; empty when there is none. Named after the host, so that several
// agents can share a folder.
std::string passwords_file(std::string_view state_directory, std::string_view beside, std::string_view org,
                           std::string_view host);

}  // namespace atlas::agent
