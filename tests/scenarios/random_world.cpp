#include "tests/scenarios/random_world.hpp"

#include "actors/rules/catalogue.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>

namespace rm::test {

using namespace std::chrono_literals;

namespace {

/// One process's hold on the disk.
class held_disk : public rm::disk {
public:
  explicit held_disk(surviving_disk& real) : real_{real}, process_{real.process} {}
  void write(const write_batch& batch) override {
    works();
    real_.database.write(batch);
    for (auto& [account, reset] : batch.resets)
      if (reset->by != "calendar" && reset->kind == reset_kind::daily)
        real_.begun_by_hand = std::max(real_.begun_by_hand, reset->boundary);
      else if (reset->by == "calendar" && real_.lines_of_resets.insert(std::string{name_of(reset->kind)} + format_time(reset->boundary) + format_date(reset->day)).second)
        ++real_.resets[{reset->kind, reset->day}];
  }
  stored_account load(account_id account) override {
    works();
    return real_.database.load(account);
  }
  std::vector<journal_entry> read_journal(const get_journal& query) override {
    works();
    return real_.database.read_journal(query);
  }
  std::optional<journal_proof> prove(chain_walk& walk, int64_t most) override {
    works();
    return real_.database.prove(walk, most);
  }
  chain_tail tail() override {
    works();
    return real_.database.tail();
  }
  void put_config(const config_in_force& config) override {
    works();
    real_.database.put_config(config);
  }
  std::optional<service_run> begin_run(const service_run& run) override {
    works();
    return real_.database.begin_run(run);
  }
  void sign_of_life(timestamp at, bool ordered) override {
    works();
    real_.database.sign_of_life(at, ordered);
  }
  int64_t prune(timestamp before, int64_t most) override {
    works();
    return real_.database.prune(before, most);
  }

private:
  void works() const {
    if (real_.full || !*process_)
      throw disk_failure{"the disk is full", false};
  }
  surviving_disk& real_;
  std::shared_ptr<bool> process_;
};

int64_t magnitude(int64_t size) { return size < 0 ? -size : size; }

} // namespace

disk_opener surviving_disk::opener() {
  return [this] { return std::make_unique<held_disk>(*this); };
}

random_world::random_world(uint64_t seed, std::vector<rule_setup> rules, timestamp begin, bool accounts_rest) : venue{seed ^ 0x9e3779b97f4a7c15} {
  venue.now = begin;
  parts.storage.detached = false;
  parts.storage.opener = disk.opener();
  parts.accounts_rest = accounts_rest;
  parts.wall_clock = [this] { return venue.told_time(); };
  parts.pc_clock = [this] { return venue.wall(); };
  parts.brokers.emplace_back(broker_id{"sim"}, [this](const broker_id&) { return venue.connect_port(); });
  account_setup account;
  account.account.id = venue.account;
  account.account.name = "WILD";
  account.account.broker = "sim";
  for (auto& rule : rules) {
    const auto* entry = find_rule(rule.name);
    account.account.rules.push_back({rule_name{rule.name}, entry->number, entry->wakes});
  }
  account.rules = std::move(rules);
  parts.accounts.push_back(std::move(account));
  // Stands where the admin actor stands, and keeps what it is told of the house.
  parts.start_admin = [house = house_](caf::actor_system& s) {
    return caf::actor_cast<admin_actor>(s.spawn([house](caf::event_based_actor* self) -> caf::behavior {
      self->set_default_handler(caf::drop);
      return {[house](const wiring& w) { house->take(w); }, [](describe) { return description{}; }};
    }));
  };
  start();
}

// -- the process --------------------------------------------------------------------

void random_world::start() {
  disk.process = std::make_shared<bool>(true);
  parts.venue_time = venue.clock = std::make_shared<venue_clock>(); // it has heard of no time yet
  venue.clock->expect();
  parts.storage.mirror = make_store_mirror(); // a new process knows nothing but the disk
  root_ = start_service(system, parts);
  settle();
}

void random_world::crash(int after_messages) {
  for (; after_messages > 0 && scheduler.try_run_once(); --after_messages) {
  }
  venue.say("the service crashes");
  *disk.process = false;
  venue.silence();
  stop();
  disk.full = false; // no service starts without its disk
  begun_by_hand_ = disk.begun_by_hand; // one that the disk had no room for is forgotten
  crashed_ = true;
}

void random_world::stop() {
  if (!root_)
    return;
  *house_ = wiring{};
  caf::anon_send(root_, stop_all{});
  root_ = supervisor_actor{};
  settle();
  scheduler.clock().cancel_all();
  settle();
}

template <class F>
void random_world::each_handle(F f) {
  const auto& house = *house_;
  const auto tell_of = [&](const char* what, auto& handle) {
    if (handle)
      f(what, caf::actor_cast<caf::actor>(handle));
  };
  tell_of("persistence", house.persistence);
  tell_of("timers", house.timers);
  tell_of("resets", house.resets);
  for (auto& [id, broker] : house.brokers)
    tell_of("broker", broker);
  for (auto& [id, room] : house.accounts) {
    tell_of("desk", room.desk);
    tell_of("enforcement", room.enforcement);
    for (auto& [name, rule] : room.rules)
      tell_of("rule", rule);
  }
}

/// Not more often than a supervisor puts up with: what happens then is another test's matter.
bool random_world::kill_actor(dice& d) {
  std::erase_if(kills_, [&](timestamp t) { return t + 40s < venue.now; });
  std::vector<std::pair<const char*, caf::actor>> all;
  each_handle([&](const char* what, caf::actor who) { all.emplace_back(what, std::move(who)); });
  if (all.empty() || kills_.size() >= 4)
    return false;
  auto& [what, victim] = d.of(all);
  venue.say(std::string{"an actor crashes: "} + what);
  caf::anon_send_exit(victim, caf::exit_reason::unhandled_exception);
  kills_.push_back(venue.now);
  settle();
  return true;
}

void random_world::go(duration d, duration pace) {
  const timestamp end = venue.now + d;
  while (venue.now < end) {
    const auto next = std::clamp(venue.next_due(), venue.now, std::min(end, venue.now + pace));
    const auto passed = next - venue.now;
    venue.now = next;
    note_time();
    venue.run_due();
    settle();
    if (passed > duration{})
      advance(passed);
    could_trade_ |= venue.can_trade;
  }
}

/// A time that is not known yet ends nothing.
void random_world::note_time() {
  if (venue.clock->known())
    latest_wall_ = std::max(latest_wall_, venue.told_time());
}

void random_world::step_clock(duration by) {
  venue.clock_error += by;
  venue.say("the PC's clock is set by " + std::to_string(by / 1s) + " s");
  note_time();
}

void random_world::sleep(duration d) {
  venue.drop_link(2s);
  settle();
  venue.say("the machine sleeps for " + std::to_string(d / 1s) + " s");
  venue.now += d;
  venue.slept += d;
  note_time();
  settle();
}

void random_world::let_day_begin() {
  const auto begun = trading_calendar{parts.calendar}.last_daily(venue.now) + 200ms;
  if (venue.now < begun)
    go(begun - venue.now);
}

bool random_world::reset_by_hand(reset_kind kind) {
  const auto room = house_->accounts.find(venue.account);
  if (room == house_->accounts.end() || !room->second.desk)
    return false;
  const bool sure = venue.clock->sure(venue.wall(), venue.pc_steady());
  const auto done = ask_now<order_done>(room->second.desk, reset_order{venue.account, kind, "tim", "because", venue.told_time(), sure});
  if (done && !sure)
    fail("I7 a reset by hand was taken while nobody knew the time");
  reset_by_hand_ |= static_cast<bool>(done);
  if (done && kind == reset_kind::daily)
    begun_by_hand_ = venue.told_time();
  venue.say(std::string{"a reset by hand, "} + std::string{name_of(kind)} + (done ? "" : ", refused"));
  return static_cast<bool>(done);
}

// -- what must hold -------------------------------------------------------------------

void random_world::fail(std::string what) {
  broken.push_back(format_time(venue.now) + " " + what);
  venue.say("BROKEN: " + what);
}

std::optional<account_status> random_world::look() {
  const auto room = house_->accounts.find(venue.account);
  if (room == house_->accounts.end() || !room->second.desk)
    return std::nullopt;
  auto answer = ask_now<account_status>(room->second.desk, get_account_status{});
  if (!answer)
    return std::nullopt; // it is just being started again
  if (seen_)
    check_locks(*seen_, *answer);
  check_active(*answer);
  seen_ = std::move(*answer);
  latest_wall_ = {};
  note_time();
  crashed_ = reset_by_hand_ = false;
  could_trade_ = venue.can_trade;
  return seen_;
}

/// I3: no lock ends before its end, none becomes shorter or weaker.
void random_world::check_locks(const account_status& before, const account_status& now) {
  const bool day_changed = !before.view || !now.view || before.view->day_started != now.view->day_started || reset_by_hand_;
  const bool week_changed = !before.view || !now.view || before.view->next_weekly_reset != now.view->next_weekly_reset || reset_by_hand_;
  for (auto& old : before.locks) {
    const auto same = std::find_if(now.locks.begin(), now.locks.end(), [&](auto& l) { return l.rule == old.rule && (l.end == lock_end::can_trade) == (old.end == lock_end::can_trade); });
    const bool may_end = (old.end == lock_end::at_time && latest_wall_ >= old.until) || (old.end == lock_end::daily_reset && day_changed) ||
                         (old.end == lock_end::weekly_reset && week_changed) || (old.end == lock_end::can_trade && could_trade_) || (crashed_ && !old.durable);
    if (may_end)
      continue;
    if (same == now.locks.end())
      fail("I3 the lock of " + old.rule.str() + " (until " + format_time(old.until) + ") is gone");
    else if (same->until < old.until || same->mode < old.mode)
      fail("I3 the lock of " + old.rule.str() + " has become shorter or weaker");
    else if (same->attempts < old.attempts && !crashed_)
      fail("I3 the lock of " + old.rule.str() + " has forgotten attempts");
  }
}

/// I8: active only where everything is understood.
void random_world::check_active(const account_status& now) {
  if (now.state != account_state_name::active)
    return;
  if (!venue.told_live)
    fail("I8 active, and the link is not live");
  if (venue.nonsense_told_ns > venue.all_read_sent_ns)
    fail("I8 active, and something was not understood");
  if (!now.view || !now.view->evaluable || !now.view->priced)
    fail("I8 active, and cannot be judged");
  for (auto& rule : now.rules)
    if (rule.level == level::not_evaluable)
      fail("I8 active, and " + rule.rule.str() + " is not evaluable");
  if (!now.view)
    return;
  for (auto& position : now.view->positions) {
    if (venue.books.at(position.contract).changed + 8s > venue.now)
      continue; // until its trade is here, too, it is not valued
    const auto heard = venue.quoted_at.find(position.contract);
    if (heard == venue.quoted_at.end() || venue.now - heard->second > 21s)
      fail("I8 active, and the price of " + position.contract.str() + " is stale, heard " +
           (heard == venue.quoted_at.end() ? std::string{"never"} : format_time(heard->second)));
  }
}

void random_world::glance() {
  const auto room = house_->accounts.find(venue.account);
  if (room == house_->accounts.end() || !room->second.desk)
    return;
  const auto said = ask_now<description>(room->second.desk, describe{});
  if (!said || !said->state.starts_with("active"))
    return;
  if (!venue.told_live)
    fail("I8 active, and the link is not live");
  if (venue.nonsense_told_ns > venue.all_read_sent_ns)
    fail("I8 active, and something was not understood");
}

std::size_t random_world::locks_without_asking() {
  const auto room = house_->accounts.find(venue.account);
  if (room == house_->accounts.end() || !room->second.desk)
    return 0;
  const auto said = ask_now<description>(room->second.desk, describe{});
  return said ? static_cast<std::size_t>(std::count_if(said->detail.begin(), said->detail.end(), [](auto& line) { return line.starts_with("lock "); })) : 0;
}

// -- at rest ---------------------------------------------------------------------------

void random_world::check_rest() {
  const auto unasked = locks_without_asking();
  const auto now = look();
  if (!now || !now->view)
    return fail("the account does not answer");
  if (now->locks.size() > unasked)
    fail("I1 a breach was only found because somebody looked");
  for (auto& fault : venue.faults)
    fail(fault);
  // I8 and that it comes back by itself
  const auto& view = *now->view;
  if (now->state != account_state_name::active && now->state != account_state_name::locked)
    fail("still " + std::string{name_of(now->state)} + ": " + now->why);
  if (!view.evaluable || !view.priced || !view.link_live)
    fail("still not judged: " + view.why);
  for (auto& alarm : now->alarms)
    if (alarm.key != "adjustment" && alarm.key != "balance")
      fail("an alarm stands: " + alarm.key + ", " + alarm.what);
  // what it holds is what the venue holds
  for (auto& [contract, b] : venue.books) {
    const auto known = std::find_if(view.positions.begin(), view.positions.end(), [&, id = contract](auto& p) { return p.contract == id; });
    const int64_t size = known == view.positions.end() ? 0 : known->size;
    if (size != b.size)
      fail("I5 " + contract.str() + " is held to be " + std::to_string(size) + " and is " + std::to_string(b.size));
  }
  if (view.orders.size() != venue.orders.size())
    fail("I2 " + std::to_string(venue.orders.size()) + " live orders, and " + std::to_string(view.orders.size()) + " known");
  // I5 to the cent, since the day began by the venue's clock
  const auto apart = [](timestamp a, timestamp b) { return a < b ? b - a : a - b; };
  if (apart(venue.told_time(), venue.now) > 62s)
    fail("I7 it goes by " + format_time(venue.told_time()));
  const auto begun = trading_calendar{parts.calendar}.last_daily(venue.told_time());
  const bool by_hand = begun_by_hand_ > begun && apart(view.day_started, begun_by_hand_) <= 62s;
  if (!by_hand && view.day_started != begun)
    fail("I7 its day began at " + format_time(view.day_started) + ", by the venue's clock at " + format_time(begun));
  const money truth = venue.net_since(by_hand ? view.day_started : begun);
  if (view.realized_day != truth)
    fail("I5 realized " + to_string(view.realized_day) + ", and the venue's trades make " + to_string(truth));
  // I1, I2 locks are enforced
  auto mode = lock_mode::none;
  for (auto& l : now->locks) {
    mode = std::max(mode, l.mode);
    if (!l.durable)
      fail("I6 the lock of " + l.rule.str() + " is not durable");
  }
  if (mode == lock_mode::flat && (!venue.flat() || !venue.orders.empty()))
    fail("I1 a flat lock, and positions or orders stand");
  if (mode == lock_mode::reduce_only)
    for (auto& order : view.orders)
      if (order.increases && order.type != order_type::market)
        fail("I2 a reduce_only lock, and order " + to_string(order.id) + " increases");
  for (auto& rule : now->rules)
    if (rule.level == level::breach)
      check_rule_at_rest(*now, rule);
  if (!now->enforcement.empty() && now->enforcement.back().phase == enforcement_phase::working)
    fail("I1 a case is still open: " + now->enforcement.back().detail);
  // I10 the chain is whole, whoever crashed
  if (const auto proof = disk.database.prove_journal(); !proof.intact)
    fail("I10 " + proof.what);
  // I7 one reset per day
  for (auto& [day, times] : disk.resets)
    if (times > 1)
      fail("I7 " + std::to_string(times) + " resets of " + format_date(day.second));
}

/// I1: a rule that still says breach has its goal all the same.
void random_world::check_rule_at_rest(const account_status& now, const rule_status& rule) {
  static const std::set<std::string_view> limits_that_stay{"max_trades_per_day", "trade_frequency", "auth_guard"};
  if (limits_that_stay.contains(rule.rule.view()))
    return; // their locks are checked
  if (rule.rule == rule_name{"symbol_block"} || rule.rule == rule_name{"max_contracts"} || rule.rule == rule_name{"max_contracts_per_instrument"} ||
      rule.rule == rule_name{"max_exposure"} || rule.rule == rule_name{"require_stop_loss"} || rule.rule.view().starts_with("position_"))
    return fail("I1 " + rule.rule.str() + " is still broken: " + rule.reason);
  int64_t held = 0;
  for (auto& position : now.view->positions)
    held += magnitude(position.size);
  if (held != 0 || !now.view->orders.empty())
    fail("I1 " + rule.rule.str() + " is still broken, and something is held: " + rule.reason);
}

int64_t random_world::quotes_kept() {
  int64_t out = 0;
  for (auto& [id, broker] : house_->brokers)
    if (const auto said = ask_now<description>(broker, describe{}))
      for (auto& line : said->detail)
        if (const auto at = line.find("kept from accounts that rest "); at != std::string::npos)
          out += std::atoll(line.c_str() + at + std::string_view{"kept from accounts that rest "}.size());
  return out;
}

} // namespace rm::test
