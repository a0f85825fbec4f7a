// One thing that must be done at the venue, how far it got, and when it may be tried again.
#pragma once

#include "messages/enforcement.hpp"

namespace rm {

/// idle: nothing under way. asked: no answer yet. sent: taken by the venue, or nobody knows. refused: the venue said no.
enum class attempt_stage : uint8_t { idle, asked, sent, refused };

/// The pause after the `tries`-th vain try: 250 ms, doubled each time up to `cap`.
duration retry_delay(int tries, duration cap);

/// A request and its repetitions. A repetition never follows an answer directly: except where the request never left this process
/// it takes readings of the account, sent after the answer, that show that the thing is still to be done ("proofs").
struct attempt {
  attempt_stage stage = attempt_stage::idle;
  request_kind kind = request_kind::cancel_order;
  request_id request;
  int64_t size = 0; // as asked
  request_outcome outcome = request_outcome::accepted; // of the newest answer
  rm::refusal refusal = rm::refusal::none;
  std::string detail;          // the venue's words
  timestamp since{};           // when the stage began
  timestamp not_before{};      // no repetition earlier
  uint64_t answered_after = 0; // readings sent before the answer; only later ones are proofs
  int proofs = 0;              // such readings in a row
  timestamp proved{};          // when the newest of them was read
  timestamp proofs_from{};     // readings sent earlier prove nothing
  int failed_reads = 0;        // since the answer
  int tries = 0;               // in vain, so far

  void ask(const venue_request& made, timestamp now);
  void take(const venue_answer& answer, timestamp now, uint64_t reads_sent);
  /// The venue took it and then did not do it.
  void fail(rm::refusal why, timestamp now, uint64_t reads_sent);
  /// A reading sent as number `read` at `sent_at` shows that it is still to be done (`stands`), or is not clear about it.
  void prove(bool stands, uint64_t read, timestamp sent_at, timestamp now);
  /// When the next reading is wanted; only for `sent` and `refused`.
  timestamp read_due(int proofs_needed) const;
  /// When another request may go out if no reading says otherwise; the end of time where a proof is missing.
  timestamp next_try(int proofs_needed) const;
  /// True when another request may go out.
  bool may_ask(timestamp now, int proofs_needed) const;
  void shift(duration by);
};

} // namespace rm
