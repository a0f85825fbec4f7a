// A venue in memory with its own books, its own pace and its own moods: everything that a venue, its streams and its lists may do wrong
// happens at random while `mood` says so. Tests judge by its books. One account, several contracts, virtual time.
#pragma once

#include "actors/broker/port.hpp"
#include "actors/timers/venue_clock.hpp"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace rm::test {

/// All that happens by chance comes out of one of these, so that a seed repeats itself.
struct dice {
  std::mt19937_64 bits;
  explicit dice(uint64_t seed) : bits{seed} {}
  int64_t from_to(int64_t a, int64_t b) { return a + static_cast<int64_t>(bits() % static_cast<uint64_t>(b - a + 1)); }
  bool one_in(int64_t n) { return from_to(1, n) == 1; }
  bool percent(int64_t p) { return from_to(1, 100) <= p; }
  duration ms(int64_t a, int64_t b) { return std::chrono::milliseconds{from_to(a, b)}; }
  template <class List>
  auto& of(List& list) {
    return *std::next(std::begin(list), from_to(0, static_cast<int64_t>(std::size(list)) - 1));
  }
};

/// What may go wrong; all zero: nothing. Chances are per cent.
struct venue_mood {
  int64_t lose = 0, repeat = 0, swap = 0; // events of the user's streams
  int64_t linger = 0, linger_ms = 0;      // … that come late, by up to so much, their stream with them
  int64_t request_lost = 0;               // never carried out, no answer
  int64_t answer_lost = 0;                // carried out, no answer
  int64_t request_refused = 0;
  int64_t request_turned_away = 0;        // 429
  int64_t request_idle = 0;               // "accepted", and nothing comes of it
  int64_t read_fails = 0;
  int64_t position_lag_ms = 0, order_lag_ms = 0; // lists tell of then
  int64_t piece = 0;                      // market orders fill in pieces
  int64_t fill_ms = 20;                   // a market order takes up to so long
  bool list_lacks_commissions = false;
  bool punctual = false;                  // everything takes its shortest time: a day that is played twice is the same day
  bool quotes_frozen = false, bars_fail = false;
  bool orphans = false;                   // bracket children outlive their entry and their position
  bool refuses_exits_when_locked = false; // canTrade = false refuses closes, too
};

class wild_venue {
public:
  struct book {
    contract_spec spec;
    int64_t size = 0; // signed contracts
    price average, last;
    timestamp changed{};      // newest fill
    timestamp foreign_fill{}; // newest fill of an order that is not ours
    bool quoted = false;      // somebody watches it
  };

  explicit wild_venue(uint64_t seed);

  // -- what is true there -------------------------------------------------------------
  static constexpr account_id account{126244};
  std::map<contract_id, book> books;
  std::map<order_id, order_update> orders; // live ones
  std::vector<trade_update> trades;        // as of now, voided ones marked
  bool can_trade = true;
  timestamp now{};         // the venue's own clock, which is right
  duration clock_error{};  // the PC's clock is wrong by this
  duration slept{};        // the steady clock does not count it
  std::shared_ptr<venue_clock> clock = std::make_shared<venue_clock>(); // of the process that runs
  timestamp halted_until{}; // nothing is filled, closes are refused

  venue_mood mood;
  std::vector<std::string> faults; // what we may never do to it
  std::vector<std::string> log;    // newest lines for the one who has to find out why

  // -- for the test -------------------------------------------------------------------
  bool flat() const;
  /// Sum of all trades that count, from that time on.
  money net_since(timestamp start) const;
  timestamp wall() const { return now + clock_error; } // the PC's clock …
  timestamp told_time() const { return clock->put_right(wall(), pc_steady()); } // … and what the service takes for the time
  duration pc_steady() const { return now - began_ - slept; }
  void say(std::string line);

  // -- what the trader and the world do (wild_venue.cpp) ---------------------------------
  order_id place(const contract_id& contract, side s, order_type type, int64_t size, price at = {}, bool tagged = true);
  /// An entry with a stop and a target that sleep until it is filled.
  order_id place_bracket(const contract_id& contract, side s, order_type type, int64_t size, price at, price stop, price target);
  void cancel(order_id id, order_status how = order_status::cancelled);
  void move(order_id id, price at);
  void set_price(const contract_id& contract, price p);
  void void_trade();
  /// canTrade goes false and the venue closes all by itself, after a while.
  void liquidate();
  void allow_trading();

  // -- the link (wild_venue_wire.cpp) ------------------------------------------------------
  std::unique_ptr<port> connect_port(); // a broker's new login; the one before hears nothing more
  void drop_link(duration gap);
  void nonsense(const contract_id& contract);
  /// The process that spoke through the port is dead: nothing that it still says arrives.
  void silence();
  /// Does what is due by `now`.
  void run_due();
  timestamp next_due() const { return due_.empty() ? timestamp::max() : due_.begin()->first; }
  bool link_up() const { return session_ && session_->up; }
  void tell_quote(const contract_id& contract);

  // -- what was told (for I8) ------------------------------------------------------------------
  bool told_live = false;            // the newest word about the link
  int64_t nonsense_told_ns = 0;      // newest; 0: none
  int64_t all_read_sent_ns = 0;      // of the newest complete reading that was delivered
  std::map<contract_id, timestamp> quoted_at; // newest delivery
  uint64_t changes = 0;              // of positions and orders

private:
  friend class wild_port;
  struct session { // one login's connections
    port_sink sink;
    uint64_t generation = 0;
    bool up = false, read = false;
    std::optional<watch_account> wish;
    std::set<contract_id> contracts;
  };
  enum class stream : uint8_t { orders, positions, trades, account, count };
  struct moment {
    timestamp at{};
    std::map<contract_id, std::pair<int64_t, price>> positions;
    std::vector<order_update> orders;
  };

  // books
  order_update make_order(const contract_id& contract, side s, order_type type, int64_t size, price at, bool tagged);
  void accept(order_update o);
  void match(order_id id);
  void fill(order_id id, int64_t size);
  void after_fill(const order_update& filled);
  void market_fill_soon(order_id id);
  void remember();
  void tell_account();
  void tell_position(const contract_id& contract);

  // wire
  template <class Event>
  void emit(Event event, stream s);
  void hand_over(port_event e);
  void tell_link(link_status status, const std::string& why);
  void connect();
  void read_for_session();
  venue_snapshot list(const read_account& what);
  void on_send(const venue_request& request);
  void on_read(request_id id, const read_account& what);
  void on_watch(const watch_account& what);
  void on_watch(const watch_contract& what);
  void on_read_mark(const contract_id& contract);
  void on_check(duration gone);
  void tell_time(timestamp sent, duration sent_steady);
  refusal execute(const venue_request& request);
  void answer(const venue_request& request, request_outcome outcome, refusal why, duration takes, int64_t sent_ns);
  void later(duration d, std::function<void()> what) { due_.emplace(now + d, std::move(what)); }
  /// The same, unless the session has gone by then.
  void later_here(duration d, std::function<void()> what);
  duration pause(int64_t least_ms, int64_t most_ms) {
    const auto by_chance = dice_.ms(least_ms, most_ms);
    return mood.punctual ? std::chrono::milliseconds{least_ms} : by_chance;
  }
  int64_t steady() { return (now - began_).count() + 1'000'000'000 + ++ticks_; }
  wire_time seen() { return {told_time(), steady()}; }

  dice dice_;
  std::multimap<timestamp, std::function<void()>> due_;
  std::array<timestamp, static_cast<std::size_t>(stream::count)> stream_free_{};
  std::shared_ptr<session> session_;
  std::deque<moment> past_;
  std::map<order_id, timestamp> ours_; // closes that our requests made, and since when one or the other of them is under way
  timestamp began_{};
  int64_t ticks_ = 0;
  int64_t last_order_ = 3'425'270'858, last_trade_ = 3'004'518'356;
};

} // namespace rm::test
