#include "actors/rules/order_headroom.hpp"

#include <algorithm>
#include <limits>

namespace rm {
namespace {

__extension__ using wide = __int128;

wide size_of(wide x) { return x < 0 ? -x : x; }

int64_t narrowed(wide x) { return static_cast<int64_t>(std::min<wide>(x, std::numeric_limits<int64_t>::max())); }

/// One contract's position and what its working orders could do to it.
struct outlook {
  contract_id contract;
  wide held = 0;
  wide buys = 0, sells = 0;           // of orders that increase
  wide exit_buys = 0, exit_sells = 0; // of orders that only reduce

  /// Where the position ends when the side's orders are filled; exits make room down to flat, never further.
  wide after(side s) const {
    if (s == side::buy)
      return buys == 0 ? held : (held < 0 ? std::min<wide>(0, held + exit_buys) : held) + buys;
    return sells == 0 ? held : (held > 0 ? std::max<wide>(0, held - exit_sells) : held) - sells;
  }
  wide largest() const { return std::max({size_of(held), size_of(after(side::buy)), size_of(after(side::sell))}); }
};

using outlooks = std::vector<outlook>;

outlook& outlook_of(outlooks& all, const contract_id& contract) {
  auto found = std::find_if(all.begin(), all.end(), [&](const outlook& o) { return o.contract == contract; });
  return found != all.end() ? *found : all.emplace_back(outlook{contract});
}

outlooks outlooks_of(const std::vector<valued_position>& sizes, const std::vector<working_order>& orders) {
  outlooks all;
  for (const auto& held : sizes)
    outlook_of(all, held.contract).held += held.size;
  for (const auto& order : orders) {
    auto& o = outlook_of(all, order.contract);
    if (order.increases)
      (order.side == side::buy ? o.buys : o.sells) += order.remaining;
    else
      (order.side == side::buy ? o.exit_buys : o.exit_sells) += order.remaining;
  }
  return all;
}

wide net_after(const outlooks& all, side s) {
  wide sum = 0;
  for (const auto& o : all)
    sum += o.after(s);
  return sum;
}

wide gross_after(const outlooks& all) {
  wide sum = 0;
  for (const auto& o : all)
    sum += o.largest();
  return sum;
}

/// The worst that the orders on side `s` of contract `o` have a part in.
wide worst_with(const outlooks& all, const outlook& o, side s, size_count how) {
  if (how == size_count::gross)
    return gross_after(all) - o.largest() + size_of(o.after(s));
  const wide net = net_after(all, s);
  return s == side::buy ? net : -net;
}

} // namespace

int64_t contracts_held(const std::vector<valued_position>& positions, size_count how) {
  wide sum = 0;
  for (const auto& held : positions)
    sum += how == size_count::gross ? size_of(held.size) : wide{held.size};
  return narrowed(size_of(sum));
}

std::vector<order_id> orders_beyond(int64_t limit, size_count how, const std::vector<valued_position>& sizes,
                                    const std::vector<working_order>& orders, int64_t& peak) {
  // Nearly always everything together fits; that is seen without taking memory.
  wide all_of_it = 0;
  bool any = false;
  for (const auto& held : sizes)
    all_of_it += size_of(held.size);
  for (const auto& order : orders)
    if (order.increases) {
      any = true;
      all_of_it += order.remaining;
    }
  if (!any || all_of_it <= limit)
    return {};

  outlooks all = outlooks_of(sizes, orders);
  wide worst = 0;
  std::vector<order_id> out;
  for (auto order = orders.rbegin(); order != orders.rend(); ++order) {
    if (!order->increases)
      continue;
    auto& o = outlook_of(all, order->contract);
    const wide reached = worst_with(all, o, order->side, how);
    if (reached <= limit)
      continue;
    worst = std::max(worst, reached);
    (order->side == side::buy ? o.buys : o.sells) -= order->remaining;
    out.push_back(order->id);
  }
  peak = narrowed(worst);
  return out;
}

} // namespace rm
