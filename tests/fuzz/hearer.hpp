// An account that hears what was decoded: whatever the venue says, its logic neither throws nor loses the thread.
#pragma once

#include "actors/account/guard.hpp"
#include "actors/enforcement/plan.hpp"
#include "actors/enforcement/stop_keeper.hpp"
#include "tests/fuzz/target.hpp"

namespace rm::fuzz {

inline constexpr account_id watched_account{126244};

/// The account's books and its enforcement, with a lock and an open case, so that every message meets both.
class hearer {
public:
  hearer() : mind_{settings(), kept()}, hands_{watched_account, [this] { return request_id{++requests_}; }} {
    for (const auto kind : {reset_kind::daily, reset_kind::weekly}) {
      session_reset reset;
      reset.account = watched_account;
      reset.kind = kind;
      reset.day = std::chrono::year{2026} / 11 / 18;
      reset.boundary = now_ - std::chrono::hours{5};
      reset.next = now_ + std::chrono::hours{19};
      reset.now = now_;
      carry_out(mind_.on_reset(reset));
    }
    carry_out(mind_.on_start());
    tell(link_changed{"sim", link_status::live, 1, "", seen()});
    venue_snapshot first;
    first.account = watched_account;
    first.generation = 1;
    first.sent_steady_ns = seen().steady_ns;
    first.read_at = now_;
    first.has_positions = first.has_orders = first.has_trades = true;
    tell(first);
  }

  wire_time seen() {
    now_ += std::chrono::milliseconds{20};
    return {now_, ++steady_};
  }

  template <class Event>
  void tell(Event event) {
    const venue_event what{std::move(event)};
    hands_.on_event(what);
    carry_out(mind_.on_event(what));
  }

  /// Time passes; then everything that people may ask for is asked for.
  void finish() {
    for (int i = 0; i < 3; ++i) {
      now_ += std::chrono::seconds{4};
      carry_out(mind_.on_tick(now_));
      hands_.on_timer(now_);
    }
    uint64_t number = 0;
    mind_.on_status_wanted(number);
    mind_.status();
    hands_.state_in_words();
    hands_.what_stands();
  }

  /// True when the account may go on saying that all is well.
  bool says_all_is_well() const { return mind_.status().why.empty(); }

private:
  static account_settings settings() {
    account_settings out;
    out.id = watched_account;
    out.broker = "sim";
    return out;
  }
  static stored_account kept() {
    stored_account out;
    out.found = true;
    out.memory.account = watched_account;
    lock held;
    held.rule = "trade_frequency";
    held.mode = lock_mode::reduce_only;
    held.end = lock_end::at_time;
    held.until = timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 19}};
    out.memory.locks.push_back(held);
    return out;
  }
  void carry_out(const account_effects& effects) {
    for (const auto& effect : effects)
      if (const auto* order = std::get_if<enforce>(&effect))
        for (const auto& step : hands_.begin(*order))
          if (const auto* request = std::get_if<venue_request>(&step))
            require(request->kind != request_kind::reduce_position || request->size > 0, "a reduction of nothing");
  }

  timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 18} + std::chrono::hours{15}};
  int64_t steady_ = 1'000'000;
  int64_t requests_ = 0;
  guard mind_;
  plan hands_;
};

} // namespace rm::fuzz
