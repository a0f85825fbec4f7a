#include "actors/rules/cooldown_after_loss.hpp"

#include "actors/rules/limit_measure.hpp"

namespace rm {
namespace {

using tiers = std::vector<cooldown_after_loss::tier>;

tiers read_tiers(parameter_reader& reader) {
  using namespace std::chrono_literals;
  const parameter* list = reader.get("tiers");
  if (!list)
    return {{money::whole(100), 5min}, {money::whole(200), 15min}, {money::whole(300), 30min}};
  tiers out;
  if (list->type != parameter::kind::list || list->items.empty()) {
    reader.complain(*list, "tiers", "must be a list such as [{ loss: 100, cooldown: 5m }]; " + found_text(*list));
    return out;
  }
  for (const auto& item : list->items) {
    parameter_reader one{item, reader.where() + ".tiers", reader.found()};
    const auto loss = one.amount("loss");
    const auto cooldown = one.length("cooldown");
    one.finish();
    if (!loss || !cooldown)
      continue;
    if (*cooldown <= 0s)
      one.complain(item, "", "the cooldown must be longer than 0s");
    else if (!out.empty() && (*loss <= out.back().loss || *cooldown < out.back().cooldown))
      one.complain(item, "", "must be a greater loss than in the tier before, with a cooldown that is not shorter");
    else
      out.push_back({*loss, *cooldown});
  }
  return out;
}

} // namespace

cooldown_after_loss::cooldown_after_loss(std::vector<tier> tiers, const common_parameters& common)
  : tiers_{std::move(tiers)}, responder_{common.on_breach} {}

const cooldown_after_loss::tier* cooldown_after_loss::tier_of(const round_trip& trip) const {
  const tier* out = nullptr;
  for (const auto& t : tiers_)
    if (-trip.net >= t.loss)
      out = &t;
  return out;
}

verdict cooldown_after_loss::evaluate(const account_view& view) {
  verdict out;
  timestamp until{};
  const round_trip* why = nullptr;
  for (const auto& trip : view.round_trips)
    if (const auto* reached = trip.net.is_negative() ? tier_of(trip) : nullptr; reached && trip.closed + reached->cooldown > std::max(until, view.now)) {
      until = trip.closed + reached->cooldown;
      why = &trip;
    }
  const round_trip* newest = why ? why : view.round_trips.empty() ? nullptr : &view.round_trips.back();
  const money loss = newest && newest->net.is_negative() ? -newest->net : money{};
  const auto* reached = newest ? tier_of(*newest) : nullptr;
  out.used = used_text_.of(why ? loss : money{});
  out.limit = limit_text_.of((why && reached ? *reached : tiers_.front()).loss);
  if (!why) {
    responder_.rest();
    if (view.evaluable)
      set_endless_band(out);
    else
      make_blind(out, view.why);
    return out;
  }
  out.level = level::breach;
  out.fraction = share_used(loss.units(), reached->loss.units());
  out.reason = "a round trip in " + symbol_of(why->contract).str() + " lost " + to_string(to_cents(loss)) + ", a pause of " +
               format_length(reached->cooldown) + " follows";
  responder_.answer(out, view);
  const bool by_rule = responder_.response().lock.end == lock_end::at_time && responder_.response().lock_for == duration{};
  if (out.lock.mode != lock_mode::none && by_rule)
    out.lock.until = until;
  set_endless_band(out, std::min(until, end_of_lock(out)));
  return out;
}

rule_entry cooldown_after_loss::entry() {
  return {"cooldown_after_loss", "", {wake::fill},
          {action::flatten, {lock_mode::flat, lock_end::at_time}},
          {action::warn, action::cancel_order, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            auto read = read_tiers(reader);
            return read.empty() ? nullptr : std::make_unique<cooldown_after_loss>(std::move(read), common);
          }};
}

} // namespace rm
