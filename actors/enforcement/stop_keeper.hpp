// Moves protective stops as a rule wishes, and takes care of those that it placed. Pure: no case, nothing here ever blocks enforcement.
#pragma once

#include "actors/account/holdings.hpp"
#include "messages/enforcement.hpp"
#include "messages/storage.hpp"

#include <functional>

namespace rm {

/// Say the time at `due` (the stop keeper's own timer).
struct look_at {
  timestamp due{};
};
using stop_step = std::variant<venue_request, journal_entry, look_at>;
using stop_steps = std::vector<stop_step>;

/// Stops only ever get closer to the market. One request per stop at a time; a refused one is tried again a few times, with pauses, and
/// an answer that is lost is followed by a pause in which the order's own news may come. A stop that was placed here carries our tag, so
/// it is known after a restart, too: it is cancelled when its position is gone or turned, and cut when it has become larger (F2, I4).
class stop_keeper {
public:
  using request_numbers = std::function<request_id()>;
  static constexpr int most_refusals = 5; // then it waits for another wish

  stop_keeper(account_id account, request_numbers next) : account_{account}, next_{std::move(next)} {}

  /// What a rule wants now; replaces what it wanted before. `busy`: enforcement has a case open, and nothing is moved meanwhile.
  stop_steps on_wish(const adjust_stops& wish, const holdings& held, bool busy);
  /// Something has happened, or the time has come. `now` 0: not known.
  stop_steps on_news(const holdings& held, bool busy, timestamp now = {});
  /// True when it is the answer to a request of ours; `out` is then what follows.
  bool on_answer(const venue_answer& answer, const holdings& held, bool busy, stop_steps& out);

private:
  struct attempt {
    request_id under_way; // 0: none
    timestamp not_before{};
    int refusals = 0;
  };
  struct key { // an order, or (order 0) a contract that needs a stop
    order_id order;
    contract_id contract;
    friend auto operator<=>(const key&, const key&) = default;
  };
  void observe(timestamp t);
  void decide(const holdings& held, stop_steps& out);
  void move(const stop_change& change, const holdings& held, stop_steps& out);
  void place(const stop_change& change, const holdings& held, stop_steps& out);
  void tidy(const holdings& held, stop_steps& out);
  void send(const key& what, venue_request request, const std::string& words, stop_steps& out);
  bool may_send(const key& what, stop_steps& out);

  account_id account_;
  request_numbers next_;
  std::map<rule_name, adjust_stops> wishes_;
  std::map<key, attempt> attempts_;
  rule_name rule_;   // of what is being decided
  wire_time event_{};
  timestamp now_{};
};

} // namespace rm
