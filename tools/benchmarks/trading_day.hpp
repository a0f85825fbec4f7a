// One account in the middle of a trading day: two positions with their stops, some trades behind it; and the quotes that go on.
#pragma once

#include "tools/benchmarks/all_rules.hpp"

#include <array>

namespace rm::bench {

using namespace std::chrono_literals;

/// 2026-11-23 15:00 UTC, a Monday.
inline constexpr timestamp noon = timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}} + 15h;

struct market {
  contract_spec spec;
  price mark;
};

inline std::array<market, 2> two_markets() {
  std::array<market, 2> out;
  out[0].spec = {"CON.F.US.MNQ.Z26", "MNQZ6", "F.US.MNQ", "MNQ", price::from_units(250'000'000), money::from_units(500'000), true};
  out[0].mark = price::whole(20125);
  out[1].spec = {"CON.F.US.EP.Z26", "ESZ6", "F.US.EP", "ES", price::from_units(250'000'000), money::from_units(12'500'000), true};
  out[1].mark = price::whole(6000);
  return out;
}

/// The guard and the rules of one account, without actors: what the actors do between an event and its effects.
class desk {
public:
  explicit desk(account_id id) : id_{id}, rules_{make_all_rules()}, mind_{settings(id), {}} {}

  /// From the start to the middle of a day.
  void open() {
    carry_out(mind_.on_reset({id_, reset_kind::weekly, std::chrono::year{2026} / 11 / 23, noon - 15h, noon + 153h, noon, "calendar", ""}));
    carry_out(mind_.on_reset({id_, reset_kind::daily, std::chrono::year{2026} / 11 / 23, noon - 15h, noon + 9h, noon, "calendar", ""}));
    carry_out(mind_.on_start());
    say(link_changed{"sim", link_status::live, 1, "", seen(noon)});
    venue_snapshot first;
    first.account = id_;
    first.generation = 1;
    first.sent_steady_ns = 1;
    first.read_at = noon;
    first.has_account = first.has_positions = first.has_orders = first.has_trades = true;
    first.info.account = id_;
    say(first);
    int64_t number = 0;
    for (auto& m : two_markets()) {
      say(m.spec);
      say_mark(m.spec.id, m.mark, noon);
      for (int trip = 0; trip < 3; ++trip) { // in and out, three times
        const auto at = noon + std::chrono::minutes{-120 + 10 * trip};
        trade(++number, m, side::buy, 1, at, std::nullopt);
        trade(++number, m, side::sell, 1, at + 5min, money::from_units(10'000'000));
      }
      trade(++number, m, side::buy, 2, noon - 30min, std::nullopt);
      position_update held;
      held.account = id_;
      held.contract = m.spec.id;
      held.size = 2;
      held.average_price = m.mark;
      held.seen = seen(noon);
      say(held);
      move_stop(m, noon, 0);
    }
  }

  /// The position's stop, at a price of its own each time.
  void move_stop(const market& m, timestamp at, int64_t turn) {
    order_update stop;
    stop.account = id_;
    stop.id = order_id{m.spec.symbol == "MNQ" ? 1001 : 1002};
    stop.contract = m.spec.id;
    stop.status = order_status::open;
    stop.type = order_type::stop;
    stop.side = side::sell;
    stop.size = 2;
    stop.stop_price = m.mark - price::whole(50 + turn % 2);
    stop.created = noon - 29min;
    stop.updated = at;
    stop.seen = seen(at);
    say(stop);
  }

  /// Whether every rule has spoken, and none found anything.
  bool is_calm() const {
    const auto now = mind_.status();
    for (auto& r : now.rules)
      if (r.level != level::ok)
        return false;
    return now.rules.size() == rules_.size() && now.view && now.view->positions.size() == 2;
  }

  void say_mark(const contract_id& contract, price mark, timestamp at) {
    quote q;
    q.contract = contract;
    q.last = mark;
    q.at = at;
    q.seen = seen(at);
    carry_out(mind_.on_event({q}));
  }
  /// With the event made before.
  void hear(const venue_event& event) { carry_out(mind_.on_event(event)); }

  const guard& mind() const { return mind_; }
  std::vector<std::pair<rule_name, std::unique_ptr<rule>>>& rules() { return rules_; }
  int64_t asked() const { return asked_; }

private:
  static account_settings settings(account_id id) {
    account_settings out;
    out.id = id;
    out.broker = "sim";
    out.rules = all_rule_infos();
    return out;
  }
  wire_time seen(timestamp at) { return {at, ++steady_}; }

  template <class What>
  void say(const What& what) {
    carry_out(mind_.on_event({what}));
  }

  void trade(int64_t number, const market& m, side s, int64_t size, timestamp at, std::optional<money> profit) {
    trade_update t;
    t.account = id_;
    t.id = trade_id{number};
    t.order = order_id{number};
    t.contract = m.spec.id;
    t.side = s;
    t.size = size;
    t.price = m.mark;
    t.profit_and_loss = profit;
    t.commissions = money::from_units(370'000);
    t.executed = at;
    t.seen = seen(noon);
    say(t);
  }

  /// As the actors do: rules answer, the guard hears them; saves succeed at once.
  void carry_out(account_effects effects) {
    for (auto& effect : effects) {
      if (auto* question = std::get_if<ask_rules>(&effect)) {
        for (auto& wanted : question->rules) {
          auto& asked = *std::find_if(rules_.begin(), rules_.end(), [&](auto& r) { return r.first == wanted; });
          ++asked_;
          carry_out(mind_.on_verdict(judge(*asked.second, asked.first, *question->view)));
        }
      } else if (auto* save = std::get_if<save_account>(&effect)) {
        carry_out(mind_.on_saved(save->memory.version));
      }
    }
  }

  account_id id_;
  std::vector<std::pair<rule_name, std::unique_ptr<rule>>> rules_;
  guard mind_;
  int64_t steady_ = 1;
  int64_t asked_ = 0;
};

} // namespace rm::bench
