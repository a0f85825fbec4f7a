// A ledger and the positions beside it, in a week and a day that have begun.
#pragma once

#include "desk.hpp"

namespace rm::test {

/// What each round trip made, in their order.
inline std::string closed(const ledger& books) {
  std::string out;
  for (auto& t : books.closed_trips())
    out += (out.empty() ? "" : " ") + to_string(t.net);
  return out;
}

struct books {
  ledger money_of;
  holdings held;
  int64_t next = 0;

  books() {
    money_of.begin_week(week_start);
    money_of.begin_day(day_start);
    money_of.apply(mnq_spec());
    money_of.apply(es_spec());
  }
  trade_update make(int64_t order, side s, int64_t size, const char* profit, timestamp when = noon) {
    trade_update t;
    t.account = our_account;
    t.id = trade_id{++next};
    t.order = order_id{order};
    t.contract = mnq;
    t.side = s;
    t.size = size;
    t.price = points("20000");
    if (profit)
      t.profit_and_loss = dollars(profit);
    t.fees = dollars("0.36");
    t.commissions = dollars("0.25");
    t.executed = when;
    return t;
  }
  void hold(int64_t size, const char* average, const contract_id& contract = mnq) {
    position_update p{our_account, contract, size, points(average), {}, {}};
    held.apply(p);
    money_of.anchor(contract, size, p.average_price);
  }
  void mark(const char* last, timestamp when = noon, const contract_id& contract = mnq) {
    quote q;
    q.contract = contract;
    q.last = points(last);
    q.seen.utc = when;
    money_of.apply(q);
  }
  ledger::valuation worth(timestamp when = noon) { return money_of.value(held, when); }
};

} // namespace rm::test
