#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>

namespace atlas {

// Which sequence numbers of one boot have come, exactly for the newest `span` of them: tells a repeat from a
// sample that comes late for the first time. A number further back counts as late: history keeps one sample
// a time stamp, so a repeat that old is harmless.
class seq_window {
 public:
  enum class verdict { newest, late, repeated };
  struct step {
    verdict what;
    std::uint64_t skipped = 0;  // newest: how many numbers it leaps over
    bool fills_a_gap = false;   // late: it was counted as skipped before
  };

  // Begins a boot.
  void restart(std::uint64_t seq) {
    seen_.reset();
    newest_ = first_ = seq;
    seen_.set(slot(seq));
  }

  step add(std::uint64_t seq) {
    if (seq > newest_) {
      const auto skipped = seq - newest_ - 1;
      if (skipped >= span) {
        seen_.reset();
      } else {
        for (auto passed = newest_ + 1; passed != seq; ++passed) {
          seen_.reset(slot(passed));
        }
      }
      newest_ = seq;
      seen_.set(slot(seq));
      return {verdict::newest, skipped, false};
    }
    if (newest_ - seq < span) {
      if (seen_.test(slot(seq))) {
        return {verdict::repeated};
      }
      seen_.set(slot(seq));
    }
    return {verdict::late, 0, seq > first_};
  }

 private:
  static constexpr std::size_t span = 1024;
  static constexpr std::size_t slot(std::uint64_t seq) { return seq % span; }

  std::bitset<span> seen_;
  std::uint64_t newest_ = 0;
  std::uint64_t first_ = 0;
};

}  // namespace atlas
