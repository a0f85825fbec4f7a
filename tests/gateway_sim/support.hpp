// Fakes for the simulator's tests: a clock that only moves when told to, and an engine with two contracts.
#pragma once
#include "tools/gateway-sim/engine.hpp"
#include "tools/gateway-sim/scheduler.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace gateway_sim::test {

/// A scheduler on a clock that stands still between calls of `advance`.
class fake_scheduler : public scheduler {
public:
  time_point now() const override { return now_; }
  void after(std::chrono::nanoseconds delay, std::function<void()> job) override {
    jobs_.emplace(now_ + delay, std::move(job));
  }
  void advance(std::chrono::nanoseconds by) {
    auto end = now_ + by;
    while (!jobs_.empty() && jobs_.begin()->first <= end) {
      auto first = jobs_.begin();
      now_ = std::max(now_, first->first);
      auto job = std::move(first->second);
      jobs_.erase(first);
      job();
    }
    now_ = end;
  }

private:
  time_point now_{};
  std::multimap<time_point, std::function<void()>> jobs_;
};

inline const std::string mnq = "CON.F.US.MNQ.Z26"; // tick 0.25, 0.50 a tick, 0.36 + 0.25 a side
inline const std::string zf = "CON.F.US.FVA.Z26";  // tick 1/128, 7.8125 a tick

inline decimal money(const char* text) {
  return *decimal::parse(text);
}

/// Account 1 with 50 000 and MNQ at 20 000, ZF at 108.5.
struct desk {
  engine book;
  wall_time now = *parse_time("2026-08-19T20:49:25.3938333Z");

  desk() {
    account a;
    a.id = 1;
    a.name = "PRAC-1";
    a.balance = decimal::from_int(50'000);
    book.add_account(a);
    book.add_contract(*make_contract("MNQ", "Z6"));
    auto five_years = *make_contract("ZF", "Z6");
    five_years.fee = five_years.commission = {};
    book.add_contract(five_years);
    price("20000");
    book.set_price(zf, five_years.nearest_ticks(money("108.5")), now);
  }

  void price(const char* text, const std::string& contract = mnq) {
    book.set_price(contract, *book.find_contract(contract)->ticks(money(text)), now);
  }

  place_request request(order_type type, order_side side, int64_t size, const char* limit = nullptr,
                        const char* stop = nullptr, const std::string& contract = mnq) const {
    place_request p;
    p.account = 1;
    p.contract = contract;
    p.type = type;
    p.side = side;
    p.size = size;
    if (limit)
      p.limit = money(limit);
    if (stop)
      p.stop = money(stop);
    return p;
  }

  outcome buy(int64_t size) { return book.place(request(order_type::market, order_side::buy, size), now); }
  outcome sell(int64_t size) { return book.place(request(order_type::market, order_side::sell, size), now); }
  int64_t held(const std::string& contract = mnq) const {
    const auto* p = book.find_position(1, contract);
    return p ? p->size : 0;
  }
  const order& at(int64_t id) const { return *book.find_order(id); }
  const account& money_of() const { return *book.find_account(1); }
};

/// Events in short: "o6" an order with status 6, "t" a trade, "p-2" a position of size -2, "a" an account.
inline std::string story(const std::vector<engine_event>& events) {
  std::string out;
  for (const auto& e : events) {
    out += out.empty() ? "" : " ";
    if (auto* o = std::get_if<order_changed>(&e))
      out += "o" + std::to_string(static_cast<int>(o->now.status));
    else if (std::holds_alternative<trade_made>(e))
      out += "t";
    else if (auto* p = std::get_if<position_changed>(&e))
      out += "p" + std::to_string(p->now.size);
    else if (std::holds_alternative<account_changed>(e))
      out += "a";
    else
      out += "due";
  }
  return out;
}

} // namespace gateway_sim::test
