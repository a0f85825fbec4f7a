// A random trader, random prices and random faults against the whole service, one seed after the other. What must hold (I1 to I8) is in
// random_world.cpp and in the venue's own books.
//
// A failing seed prints itself and its last steps. In the environment:
//   RM_SEED=1234   only this seed, every step of it printed
//   RM_SEEDS=5000  so many seeds instead of 500 (the sanitizer run takes fewer)
//   RM_FIRST=501   the first one
//   RM_TWIN=1234   only this seed of the days that are played twice, with crashes and without
//   RM_REST=1234   only this seed of the days that are played twice, with quotes kept at the broker and without
//   RM_JOURNAL=1   the whole journal of those, not only attempts; with RM_SEED, too
#include "tests/scenarios/random_world.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

using namespace rm;
using namespace rm::test;
using namespace std::chrono_literals;

namespace {

int64_t from_environment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoll(text) : otherwise;
}

timestamp at(const char* text) {
  timestamp out;
  REQUIRE(parse_time(text, out));
  return out;
}

/// Ordinary days, minutes before a reset, weekly ones too, and nights in which New York sets its clocks.
timestamp random_begin(dice& d) {
  const char* begins[] = {"2026-11-18T15:00:00Z", "2026-11-18T15:00:00Z", "2026-11-18T21:57:30Z", "2026-11-23T21:57:30Z", "2026-11-20T20:59:00Z",
                          "2026-10-31T20:57:30Z", "2026-11-01T05:57:30Z", "2026-11-01T21:57:30Z", "2026-03-08T06:57:30Z", "2026-03-08T20:57:30Z"};
  return at(d.of(begins));
}

venue_mood random_mood(dice& d) {
  venue_mood m;
  const auto perhaps = [&](int64_t& chance, int64_t most) { chance = d.one_in(3) ? d.from_to(1, most) : 0; };
  perhaps(m.lose, 15);
  perhaps(m.repeat, 30);
  perhaps(m.swap, 30);
  perhaps(m.linger, 30);
  m.linger_ms = d.from_to(50, 4000);
  perhaps(m.request_lost, 30);
  perhaps(m.answer_lost, 30);
  perhaps(m.request_refused, 40);
  perhaps(m.request_turned_away, 30);
  perhaps(m.request_idle, 15);
  perhaps(m.read_fails, 40);
  perhaps(m.position_lag_ms, 3000);
  perhaps(m.order_lag_ms, 1500);
  perhaps(m.piece, 80);
  m.fill_ms = d.one_in(4) ? 1500 : 40;
  m.quotes_frozen = d.one_in(8);
  m.bars_fail = d.one_in(6);
  m.orphans = d.one_in(4);
  m.refuses_exits_when_locked = d.one_in(5);
  m.unreadable = d.one_in(10);
  return m;
}

std::string words(const venue_mood& m) {
  std::string out = "the mood:";
  const auto say = [&](const char* what, int64_t n) { out += n ? " " + std::string{what} + " " + std::to_string(n) : ""; };
  say("lose", m.lose), say("repeat", m.repeat), say("swap", m.swap), say("linger", m.linger), say("up to ms", m.linger ? m.linger_ms : 0);
  say("request lost", m.request_lost), say("answer lost", m.answer_lost), say("refused", m.request_refused), say("429", m.request_turned_away);
  say("idle", m.request_idle), say("reads fail", m.read_fails), say("positions lag ms", m.position_lag_ms), say("orders lag ms", m.order_lag_ms);
  say("pieces", m.piece), say("fill ms", m.fill_ms), say("frozen", m.quotes_frozen), say("no bars", m.bars_fail), say("orphans", m.orphans);
  say("exits refused", m.refuses_exits_when_locked), say("positions unreadable", m.unreadable);
  return out;
}

/// Without the rules for which it matters by a few milliseconds when something happened.
std::vector<rule_setup> timeless(std::vector<rule_setup> rules) {
  std::erase_if(rules, [](auto& rule) {
    return rule.name == "trade_frequency" || rule.name == "cooldown_after_loss" || rule.name == "trading_hours" || rule.name == "session_block" ||
           rule.name == "require_stop_loss";
  });
  return rules;
}

/// What a crash may not change.
struct essence {
  std::vector<std::string> locks;
  money realized_day, realized_week, peak;
  std::size_t trades = 0;
  std::map<contract_id, int64_t> held;

  std::string words() const {
    std::string out = "realized " + to_string(realized_day) + " and " + to_string(realized_week) + ", peak " + to_string(peak) + ", " + std::to_string(trades) + " trades";
    for (auto& [contract, size] : held)
      out += ", " + std::to_string(size) + " " + contract.str();
    for (auto& l : locks)
      out += ", " + l;
    return out;
  }
};

class random_run {
public:
  /// `calm`: nothing goes wrong; what happens lies so far apart that each thing is over before the next one.
  explicit random_run(uint64_t seed, bool calm = false, bool accounts_rest = true)
    : d_{seed}, world_{seed, calm ? timeless(random_rules(d_)) : random_rules(d_), random_begin(d_), accounts_rest} {
    faults_ = !calm && !d_.one_in(4);
    curious_ = d_.of(curiosities);
    if (faults_)
      change_mood(random_mood(d_));
    for (auto& rule : world_.parts.accounts.front().rules)
      world_.venue.say("rule " + rule.name);
  }

  /// Empty when all held.
  std::vector<std::string> play() {
    world_.go(2s);
    const int64_t steps = d_.from_to(40, 90);
    for (int64_t i = 0; i < steps && world_.broken.empty(); ++i) {
      if (faults_ && d_.one_in(6))
        fault();
      else
        act();
      world_.go(pause());
      if (d_.percent(curious_))
        world_.look();
      else
        world_.glance();
    }
    rest();
    return world_.broken;
  }
  /// A calm day; where `crash_at` is one of its steps, the process dies in the middle of it and is started again at once.
  essence play_calm(int64_t crash_at) {
    world_.venue.mood.fill_ms = 1;
    world_.venue.mood.punctual = true;
    world_.go(3s);
    dice when{static_cast<uint64_t>(crash_at)};
    const int64_t steps = d_.from_to(25, 60);
    for (int64_t i = 0; i < steps; ++i) {
      world_.let_day_begin();
      act();
      const auto first = when.ms(0, 120);
      world_.go(first);
      if (i % 20 == crash_at) {
        world_.crash(static_cast<int>(when.from_to(0, 80)));
        world_.start();
      }
      world_.go(4s - first);
      for (auto& [id, b] : world_.venue.books)
        world_.venue.tell_quote(id);
      world_.go(d_.ms(100, 3000));
    }
    essence out;
    const auto now = world_.look();
    if (!now || !now->view)
      return out;
    for (auto& l : now->locks)
      out.locks.push_back(l.rule.str() + " " + std::string{name_of(l.mode)} + " " + std::to_string(l.attempts) + " attempts");
    std::sort(out.locks.begin(), out.locks.end());
    out.realized_day = now->view->realized_day;
    out.realized_week = now->view->realized_week;
    out.peak = now->view->peak_day;
    out.trades = now->view->trades_today.size();
    for (auto& p : now->view->positions)
      out.held[p.contract] = p.size;
    return out;
  }
  int64_t quotes_kept() { return world_.quotes_kept(); }
  const std::vector<std::string>& log() const { return world_.venue.log; }
  std::vector<journal_entry> journal(const std::string& kind) {
    auto out = world_.disk.database.read_journal({world_.venue.account, {}, 100'000});
    if (!std::getenv("RM_JOURNAL") && !kind.empty())
      std::erase_if(out, [&](auto& entry) { return entry.kind != kind; });
    return out;
  }

private:
  static constexpr int64_t curiosities[] = {5, 30, 100}; // looking wakes the rules: some runs do it seldom

  duration pause() {
    if (d_.one_in(30))
      return d_.ms(20'000, 90'000);
    return d_.one_in(3) ? d_.ms(500, 6000) : d_.ms(5, 400);
  }
  auto& some_book() { return d_.of(world_.venue.books).second; }
  price ticks(const wild_venue::book& b, int64_t n) { return b.spec.tick_size * n; }

  // -- the trader -------------------------------------------------------------------
  void act() {
    auto& v = world_.venue;
    auto& b = some_book();
    const side s = d_.one_in(2) ? side::buy : side::sell;
    const int64_t up = s == side::buy ? 1 : -1;
    switch (d_.from_to(1, 12)) {
      case 1: case 2: case 3: case 4: v.set_price(b.spec.id, b.last + ticks(b, d_.from_to(-8, 8))); break;
      case 5: v.set_price(b.spec.id, b.last + ticks(b, d_.from_to(-80, 80))); break;
      case 6: case 7: v.place(b.spec.id, s, order_type::market, d_.from_to(1, 4), {}, !d_.one_in(5)); break;
      case 8: v.place(b.spec.id, s, order_type::limit, d_.from_to(1, 3), b.last - ticks(b, up * d_.from_to(1, 20)), !d_.one_in(5)); break;
      case 9: v.place(b.spec.id, s, order_type::stop, d_.from_to(1, 3), b.last + ticks(b, up * d_.from_to(1, 20)), !d_.one_in(5)); break;
      case 10: {
        const auto entry = d_.one_in(2) ? b.last : b.last - ticks(b, up * d_.from_to(1, 10));
        v.place_bracket(b.spec.id, s, entry == b.last ? order_type::market : order_type::limit, d_.from_to(1, 3), entry, entry - ticks(b, up * d_.from_to(4, 30)),
                        entry + ticks(b, up * d_.from_to(4, 30)));
        break;
      }
      case 11: turn_or_leave(b); break;
      default: touch_order(); break;
    }
  }
  void turn_or_leave(wild_venue::book& b) {
    if (b.size == 0)
      return;
    const int64_t held = std::abs(b.size);
    world_.venue.place(b.spec.id, b.size > 0 ? side::sell : side::buy, order_type::market, d_.one_in(2) ? held : held + d_.from_to(1, 3));
  }
  void touch_order() {
    auto& v = world_.venue;
    if (v.orders.empty())
      return;
    const auto [id, order] = d_.of(v.orders);
    if (order.status != order_status::open || order.type == order_type::market)
      return;
    if (d_.one_in(2))
      return v.cancel(id);
    auto& b = v.books.at(order.contract);
    v.move(id, b.last + ticks(b, d_.from_to(-20, 20)));
  }

  // -- faults -----------------------------------------------------------------------
  void change_mood(venue_mood next) {
    world_.venue.mood = next;
    world_.venue.say(words(next));
  }
  void fault() {
    auto& v = world_.venue;
    switch (d_.from_to(1, 16)) {
      case 1: case 2: change_mood(random_mood(d_)); break;
      case 3: change_mood({}); break;
      case 4: v.drop_link(d_.one_in(4) ? d_.ms(5000, 80'000) : d_.ms(200, 4000)); break;
      case 5: v.nonsense(d_.one_in(2) ? contract_id{} : some_book().spec.id); break;
      case 6: v.halted_until = v.now + d_.ms(500, 30'000); break;
      case 7: v.liquidate(); break;
      case 8: v.allow_trading(); break;
      case 9: v.void_trade(); break;
      case 10: case 11: world_.kill_actor(d_); break;
      case 12: world_.crash(static_cast<int>(d_.from_to(0, 60))); world_.go(d_.one_in(3) ? d_.ms(1000, 60'000) : d_.ms(0, 300)); world_.start(); break;
      case 13: world_.disk.full = !world_.disk.full; v.say(world_.disk.full ? "the disk is full" : "the disk writes again"); break;
      case 14: world_.step_clock(std::chrono::seconds{d_.one_in(2) ? d_.from_to(-5, 5) : d_.one_in(3) ? d_.from_to(-700'000, 700'000) : d_.from_to(-4000, 4000)}); break;
      case 15: world_.sleep(std::chrono::minutes{d_.from_to(1, 600)}); break;
      default: world_.reset_by_hand(d_.one_in(3) ? reset_kind::weekly : reset_kind::daily); break;
    }
  }

  /// Everybody behaves, the trader has gone for coffee: what is to be done is done.
  void rest() {
    auto& v = world_.venue;
    if (!world_.broken.empty())
      return;
    v.say("all is well from here on");
    v.mood = {};
    v.halted_until = {};
    world_.disk.full = false;
    quiet(40, 100ms);
    quiet(220, 1s);
    if (d_.one_in(2)) { // what is left of it in the venue's hands
      v.allow_trading();
      quiet(5, 100ms);
    }
    world_.check_rest();
  }
  void quiet(int64_t seconds, duration pace) {
    for (; seconds > 0; --seconds) {
      if (seconds % 2 == 0)
        for (auto& [id, b] : world_.venue.books)
          world_.venue.tell_quote(id);
      world_.go(1s, pace);
    }
  }

public:
  /// Prices move many times a second; the trader acts now and then. All that was done, and what was said of it, in words.
  std::string play_prices() {
    auto& v = world_.venue;
    v.mood.fill_ms = 1;
    v.mood.punctual = true;
    world_.go(3s);
    const int64_t steps = d_.from_to(10, 25);
    for (int64_t i = 0; i < steps; ++i) {
      act();
      world_.go(d_.ms(500, 3000), 20ms);
      const int64_t span = d_.one_in(3) ? 8 : 2;
      for (int64_t moves = d_.from_to(20, 150); moves > 0; --moves) {
        auto& b = some_book();
        v.set_price(b.spec.id, b.last + ticks(b, d_.from_to(-span, span)));
        world_.go(d_.ms(1, 40), 20ms);
      }
    }
    for (auto& [id, b] : v.books)
      v.tell_quote(id);
    world_.go(2s);
    std::string out;
    for (auto& line : v.log)
      out += line + "\n";
    for (auto& line : journal({}))
      out += line.kind + " " + line.rule.str() + ": " + line.text + "\n";
    if (const auto now = world_.look(); now && now->view) {
      out += "peak " + to_string(now->view->peak_day) + ", day P&L " + to_string(now->view->day_pnl()) + "\n";
      for (auto& l : now->locks)
        out += l.rule.str() + " " + std::string{name_of(l.mode)} + " " + std::to_string(l.attempts) + " attempts\n";
      for (auto& r : now->rules)
        out += r.rule.str() + " " + std::string{name_of(r.level)} + " " + r.used + "\n";
    }
    return out;
  }

private:
  dice d_;
  random_world world_;
  bool faults_ = true;
  int64_t curious_ = 30;
};

void run_seed(uint64_t seed, bool aloud) {
  random_run run{seed};
  std::vector<std::string> broken;
  try {
    broken = run.play();
  } catch (const std::exception& e) {
    broken = {std::string{"an exception: "} + e.what()};
  }
  if (broken.empty() && !aloud)
    return;
  const auto& log = run.log();
  constexpr std::size_t shown = 30;
  for (std::size_t i = aloud || log.size() < shown ? 0 : log.size() - shown; i < log.size(); ++i)
    std::cout << "  " << log[i] << "\n";
  if (aloud && std::getenv("RM_JOURNAL"))
    for (auto& entry : run.journal({}))
      std::cout << "  " << format_time(entry.at) << " " << entry.kind << " " << entry.rule.str() << ": " << entry.text << "\n";
  for (auto& what : broken)
    FAIL_CHECK("seed " << seed << " (alone: RM_SEED=" << seed << "): " << what);
}

/// The same day with crashes and without.
void play_twice(uint64_t seed, bool aloud) {
  random_run one{seed, true}, other{seed, true};
  const auto undisturbed = one.play_calm(-1).words(), crashed = other.play_calm(static_cast<int64_t>(seed % 20)).words();
  if (undisturbed != crashed || aloud)
    for (auto* run : {&one, &other}) {
      std::cout << (run == &one ? "undisturbed:\n" : "crashed:\n");
      for (auto& line : run->log())
        std::cout << "  " << line << "\n";
      for (auto& entry : run->journal("attempt"))
        std::cout << "  " << entry.kind << ": " << format_time(entry.at) << " " << entry.text << "\n";
    }
  CHECK_MESSAGE(undisturbed == crashed, "seed " << seed << " (alone: RM_TWIN=" << seed << ")");
}

} // namespace

TEST_SUITE_BEGIN("random");

TEST_CASE("I1 to I8 hold for every seed") {
  if (const auto alone = from_environment("RM_SEED", -1); alone >= 0)
    return run_seed(static_cast<uint64_t>(alone), true);
  spdlog::set_level(spdlog::level::off);
  const auto first = from_environment("RM_FIRST", 1), count = from_environment("RM_SEEDS", 500);
  for (auto seed = first; seed < first + count; ++seed)
    run_seed(static_cast<uint64_t>(seed), false);
}

/// Each of these was a hole once.
//   315, 328, 553  the order in which exposure was taken on was forgotten with the first look after a restart
//   460, 473, 701  a contract that was only looked at was unknown after a restart
//   815  a stop of ours whose position had turned stood until the next news
//   893  a contract that was met on the day before was unknown after a reset and a restart
//   30122  a stop that would always have turned the position was cut after a restart, and is cancelled without one
//   30126  of several stops the one too many was taken for one that protects, and cut, after a restart
TEST_CASE("I6 the days with crashes that once ended otherwise") {
  spdlog::set_level(spdlog::level::off);
  for (uint64_t seed : {315, 328, 460, 473, 553, 701, 815, 893, 30122, 30126})
    play_twice(seed, false);
}

//   889         I7 a reset by hand began the day at a time that the account had been told before it was sure
//   1244, 2333  I8 a position whose trade was voided had no price for two seconds
//   1511, 5290  I8 a position that only a list told had no price, and the account was active
//   3755        I4 a position that others turned was closed twice
//   3841, 4238  I1 lists that lag took a position away, and nobody looked again for two minutes
//   61051, 61230  I7 a reset by hand right after a sleep began a day that was over
//   61702       I4 a close that was asked for just before a kill was asked for once more after it
//   70468       I4 what others had sold was taken for the work of our close, and it was closed twice
//   70937       I4 the venue's time went ahead after a sleep, and a close that was a moment old was taken for an old one
//   72231       I3 a lock was said to be durable while the disk was full
//   60106, 80656, 81822  I3 a late event that the account may trade ended the lock until canTrade
//   449751741   I4 a part that was to be closed was forgotten when others turned the position to less than may stay; then nothing might
TEST_CASE("I1 to I8 the seeds that once broke them") {
  spdlog::set_level(spdlog::level::off);
  for (uint64_t seed : {889, 1244, 1511, 2333, 3755, 3841, 4238, 5290, 60106, 61051, 61230, 61702, 70468, 70937, 72231, 80656, 81822, 449751741})
    run_seed(seed, false);
}

TEST_CASE("I6 a day with crashes ends like the same day without") {
  const auto alone = from_environment("RM_TWIN", -1);
  spdlog::set_level(spdlog::level::off);
  const auto first = alone >= 0 ? alone : from_environment("RM_FIRST", 1), count = alone >= 0 ? 1 : from_environment("RM_SEEDS", 500) / 5;
  for (auto seed = first; seed < first + count; ++seed)
    play_twice(static_cast<uint64_t>(seed), alone >= 0);
}

TEST_CASE("a day on which quotes are kept at the broker is the same as one on which every quote is told") {
  const auto alone = from_environment("RM_REST", -1);
  spdlog::set_level(spdlog::level::off);
  const auto first = alone >= 0 ? alone : from_environment("RM_FIRST", 1), count = alone >= 0 ? 1 : from_environment("RM_SEEDS", 500) / 10;
  int64_t kept = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    random_run resting{static_cast<uint64_t>(seed), true}, awake{static_cast<uint64_t>(seed), true, false};
    const auto one = resting.play_prices(), other = awake.play_prices();
    kept += resting.quotes_kept();
    CHECK(awake.quotes_kept() == 0);
    if (alone >= 0)
      std::cout << "resting:\n" << one << "awake:\n" << other;
    const auto differs = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin();
    CHECK_MESSAGE(one == other, "seed " << seed << " (alone: RM_REST=" << seed << "), from here on: " << one.substr(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, differs - 200)), 400)
                                         << "\n-- and awake: " << other.substr(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, differs - 200)), 400));
  }
  CHECK((alone >= 0 || kept > 100 * count)); // or nothing was tried
}

TEST_SUITE_END();
