// Positions on their way out, as the plan keeps them.
#pragma once

#include "actors/enforcement/attempt.hpp"

#include <map>

namespace rm {

/// A position on its way out.
struct closing : attempt {
  int64_t from = 0;   // signed size held when asked
  int64_t amount = 0; // contracts asked to be closed
  int64_t clip = 0;   // most that the venue takes at once, once found out; 0 = unknown
  order_id order;     // the market order that the venue made of it, once seen
  bool order_failed = false; // it ended without doing all
  bool insisted = false; // a list still shows the position, long after events took it away
  bool piece = false; // less was asked than wanted, to find out what the venue takes
  int64_t seen_held = 0; // the position as last looked at …
  timestamp moved{};     // … and since when it is so
  timestamp asked{};     // when the venue was asked

  /// Nobody will hear the answer: it may have been carried out, and the lists need not show that yet.
  void lose_answer(const std::string& why);
  void shift(duration by);
};

/// Lives longer than the actor that closes: one that is started again must not close once more what the venue has taken already, while
/// its lists do not show that yet. One owner at a time.
struct closing_book {
  std::map<contract_id, closing> all;
  bool begun = false; // a case was opened in this process

  /// A new owner: nobody hears the answers that were still to come, and readings are counted anew.
  void take_over();
  /// What a process before this one asked for and did not live to see the end of. That is over where lists cannot be as old any more.
  void take_up(const std::vector<asked_close>& asked, timestamp now);
};

} // namespace rm
