// Journal lines between their sender and the persistence actor.
#pragma once

#include "messages/storage.hpp"

#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace rm {

/// A mailbox dies with its actor; what was journalled must not. Every line lies here, too, from the moment it is sent until it is in the
/// mirror: what a crash left, and what was sent to the actor that had crashed, is taken up by the next one, once and in order.
/// Thread-safe. Bounded: what comes while it is full is counted.
class line_tray {
public:
  static constexpr std::size_t most_lines = 100'000;

  /// Lays a line down and calls `send` before another one can. `mark` is the line's place in memory, so that it is known again when it
  /// arrives. False: the tray is full, nothing was sent.
  template <class Send>
  bool put(const journal_entry& line, const void* mark, Send send) {
    std::pair<const void*, journal_entry> copy{mark, line};
    const std::lock_guard one_at_a_time{mutex_};
    if (lines_.size() >= most_lines) {
      ++lost_;
      return false;
    }
    lines_.push_back(std::move(copy));
    send();
    return true;
  }

  /// The line with that mark has arrived: it is appended to `out`, and before it those that were laid down before. Nothing when it was
  /// taken before.
  void take(const void* mark, std::vector<journal_entry>& out) {
    const std::lock_guard one_at_a_time{mutex_};
    std::size_t count = 0;
    while (count < lines_.size() && lines_[count].first != mark)
      ++count;
    if (count < lines_.size())
      hand_over(count + 1, out);
  }

  void take_all(std::vector<journal_entry>& out) {
    const std::lock_guard one_at_a_time{mutex_};
    hand_over(lines_.size(), out);
  }

  /// How many found no room since the last call.
  int64_t take_lost() {
    const std::lock_guard one_at_a_time{mutex_};
    return std::exchange(lost_, 0);
  }

private:
  void hand_over(std::size_t count, std::vector<journal_entry>& out) {
    for (; count > 0; --count) {
      out.push_back(std::move(lines_.front().second));
      lines_.pop_front();
    }
  }

  std::mutex mutex_;
  std::deque<std::pair<const void*, journal_entry>> lines_; // oldest first
  int64_t lost_ = 0;
};

} // namespace rm
