#include "actors/enforcement/attempt.hpp"

#include <algorithm>

namespace rm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr duration usual_cap = seconds{5};
constexpr duration closed_market_cap = seconds{15};
constexpr duration unsent_cap = seconds{1};
constexpr duration look_after_acceptance = seconds{1};   // without news, ask the venue
constexpr duration patience_with_acceptance = seconds{2}; // lists lag fills: no repetition earlier
constexpr duration between_readings = milliseconds{500};
constexpr int failed_reads_enough = 2;

} // namespace

duration retry_delay(int tries, duration cap) {
  duration out = milliseconds{250};
  for (int i = 1; i < tries && out < cap; ++i)
    out *= 2;
  return std::min(out, cap);
}

void attempt::ask(const venue_request& made, timestamp now) {
  stage = attempt_stage::asked;
  kind = made.kind;
  request = made.id;
  size = made.size;
  since = now;
  proofs = 0;
  proofs_from = {};
  ++tries;
}

void attempt::take(const venue_answer& answer, timestamp now, uint64_t reads_sent) {
  outcome = answer.outcome;
  refusal = answer.outcome == request_outcome::refused ? answer.refusal : rm::refusal::none;
  detail = answer.detail;
  since = now;
  answered_after = reads_sent;
  proofs = 0;
  failed_reads = 0;
  switch (answer.outcome) {
    case request_outcome::accepted:
    case request_outcome::unclear:
      stage = attempt_stage::sent;
      not_before = now + retry_delay(tries, usual_cap);
      break;
    case request_outcome::refused:
      stage = attempt_stage::refused;
      not_before = now + retry_delay(tries, refusal == rm::refusal::outside_hours ? closed_market_cap : usual_cap);
      break;
    case request_outcome::not_sent:
      stage = attempt_stage::idle;
      not_before = now + retry_delay(tries, unsent_cap);
      break;
  }
}

void attempt::fail(rm::refusal why, timestamp now, uint64_t reads_sent) {
  stage = attempt_stage::refused;
  outcome = request_outcome::refused;
  refusal = why;
  since = now;
  answered_after = reads_sent;
  proofs = 0;
  failed_reads = 0;
  not_before = now + retry_delay(tries, usual_cap);
}

void attempt::prove(bool stands, uint64_t read, timestamp sent_at, timestamp now) {
  if ((stage != attempt_stage::sent && stage != attempt_stage::refused) || read <= answered_after || sent_at < proofs_from)
    return;
  if (stage == attempt_stage::refused && refusal != rm::refusal::not_found && sent_at < not_before)
    return; // would be stale by the time of the next try
  if (!stands) {
    proofs = 0;
    return;
  }
  if (proofs > 0 && sent_at < proved + between_readings)
    return; // too close to the one before to prove more
  ++proofs;
  proved = now;
}

timestamp attempt::read_due(int proofs_needed) const {
  if (proofs > 0)
    return proofs >= proofs_needed ? std::max(not_before, proved + look_after_acceptance) : proved + between_readings;
  if (stage == attempt_stage::sent)
    return std::max(proofs_from, outcome == request_outcome::accepted ? since + look_after_acceptance : since);
  return refusal == rm::refusal::not_found ? since : not_before;
}

timestamp attempt::next_try(int proofs_needed) const {
  bool proved_enough = false;
  auto out = not_before;
  switch (stage) {
    case attempt_stage::asked: break;
    case attempt_stage::idle: proved_enough = true; break;
    case attempt_stage::sent:
      proved_enough = proofs >= proofs_needed;
      if (outcome == request_outcome::accepted)
        out = std::max(out, since + patience_with_acceptance);
      break;
    case attempt_stage::refused:
      // A clear no left nothing behind at the venue: where it cannot be read, going on is better than standing still.
      proved_enough = refusal == rm::refusal::not_found ? proofs >= proofs_needed : proofs >= 1 || failed_reads >= failed_reads_enough;
      break;
  }
  return proved_enough ? out : timestamp::max();
}

bool attempt::may_ask(timestamp now, int proofs_needed) const { return now >= next_try(proofs_needed); }

void attempt::shift(duration by) {
  for (auto* t : {&since, &not_before, &proved, &proofs_from})
    if (*t != timestamp{})
      *t -= by;
}

} // namespace rm
