// How old the venue's words are when they come, by the times that it writes into them. The PC's own clock may be wrong and is not asked:
// the newest of the venue's times and the steady clock tell what its time is now. Pure.
#pragma once

#include "messages/timing.hpp"

#include <algorithm>
#include <optional>

namespace rm::projectx {

class payload_clock {
public:
  /// Late by less than this is on time: streams differ, and so do the ways that messages take.
  static constexpr duration tolerance = std::chrono::seconds{2};

  /// The age of a word of `at`, heard at `steady_ns`; 0 for one that is on time or has no time. Every word counts for those after it.
  duration age_of(timestamp at, int64_t steady_ns) {
    if (at == timestamp{})
      return {};
    const int64_t lead = at.time_since_epoch().count() - steady_ns;
    note(lead, steady_ns);
    const auto age = duration{newest() - lead};
    return age < tolerance ? duration{} : age;
  }
  /// The venue's time; nothing before it has told one.
  std::optional<timestamp> now(int64_t steady_ns) const {
    if (!known_)
      return std::nullopt;
    return timestamp{duration{newest() + steady_ns}};
  }

private:
  static constexpr int64_t era_ns = 1'800'000'000'000; // a wrong time is forgotten within two of these
  static constexpr int64_t leap_ns = 5'000'000'000;    // so far ahead of all others a time must be told twice

  int64_t newest() const { return std::max(lead_, lead_before_); }
  void note(int64_t lead, int64_t steady_ns) {
    if (!known_ || steady_ns - era_began_ >= era_ns) {
      lead_before_ = known_ ? lead_ : lead;
      lead_ = lead;
      era_began_ = steady_ns;
      known_ = true;
      return;
    }
    const bool leaps = lead > newest() + leap_ns;
    if (!leaps || (leapt_ && lead + leap_ns > *leapt_))
      lead_ = std::max(lead_, lead);
    leapt_ = leaps ? std::optional{lead} : std::nullopt;
  }

  bool known_ = false;
  int64_t lead_ = 0, lead_before_ = 0; // the venue's time ahead of the steady clock, in this era and the one before
  int64_t era_began_ = 0;
  std::optional<int64_t> leapt_;
};

} // namespace rm::projectx
