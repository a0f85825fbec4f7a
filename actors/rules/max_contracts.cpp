#include "actors/rules/max_contracts.hpp"

#include "messages/joined.hpp"

#include <algorithm>
#include <cstdlib>

namespace rm {
namespace {

/// Beyond any real position; keeps sums of nonsense from the venue within range.
constexpr int64_t absurd = 1'000'000'000'000;

} // namespace

max_contracts::max_contracts(int64_t limit, size_count how, const common_parameters& common)
  : limit_{limit}, how_{how}, measure_{limit, limit + 1, common.warn_at}, responder_{common.on_breach}, limit_text_{std::to_string(limit)} {}

void max_contracts::reduce(std::vector<valued_position>& sizes, verdict& out) const {
  int64_t net = 0;
  for (const auto& held : sizes)
    net += held.size;
  const auto may_go = [&](const exposure_memory::lot& lot) {
    return how_ == size_count::gross || (lot.size < 0) == (net < 0); // reducing the other side would make the net larger
  };
  reduce_newest(memory_.lots(), contracts_held(sizes, how_) - limit_, may_go, sizes, out.targets);
}

verdict max_contracts::evaluate(const account_view& view) {
  memory_.follow(view);
  verdict out;
  out.memory = memory_.news();
  const int64_t held = contracts_held(view.positions, how_);
  out.level = measure_.read(held);
  out.rung = measure_.rung();
  out.used = std::to_string(held);
  out.limit = limit_text_;
  out.fraction = share_used(held, limit_);
  set_endless_band(out);

  int64_t reached = 0;
  if (out.level == level::breach) {
    responder_.answer(out, view);
    out.reason = out.used + " contracts are more than the limit of " + limit_text_;
    auto left = view.positions;
    for (auto& p : left)
      p.size = std::clamp(p.size, -absurd, absurd);
    reduce(left, out);
    out.cancel = orders_beyond(limit_, how_, left, view.orders, reached);
    out.band.until = end_of_lock(out);
    return out;
  }
  responder_.rest();
  out.cancel = orders_beyond(limit_, how_, view.positions, view.orders, reached);
  if (!out.cancel.empty()) {
    out.level = level::breach;
    out.action = action::cancel_order;
    out.reason = joined({"working orders would make it ", std::to_string(reached), " contracts, more than the limit of ", limit_text_});
    return out;
  }
  if (!view.evaluable) {
    make_blind(out, view.why);
    return out;
  }
  if (out.level == level::warn)
    out.reason = out.used + " contracts are near the limit of " + limit_text_;
  return out;
}

rule_entry max_contracts::entry() {
  return {"max_contracts", "RULE-001", {wake::fill, wake::position, wake::order},
          {action::reduce_to_limit, {lock_mode::none, lock_end::daily_reset}},
          {action::reduce_to_limit, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const auto limit = reader.count("limit", 1, 100'000, 5);
            const auto how = reader.choice("count", {"net", "gross"}, 0);
            return limit && how ? std::make_unique<max_contracts>(*limit, *how == 0 ? size_count::net : size_count::gross, common) : nullptr;
          }};
}

} // namespace rm
