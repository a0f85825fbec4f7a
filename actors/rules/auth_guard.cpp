#include "actors/rules/auth_guard.hpp"

namespace rm {

verdict auth_guard::evaluate(const account_view& view) {
  verdict out;
  if (view.can_trade) {
    responder_.rest();
    if (view.evaluable)
      set_endless_band(out);
    else
      make_blind(out, view.why);
    return out;
  }
  out.level = level::breach;
  out.reason = "the venue does not let this account trade (canTrade is false)";
  out.fraction = 1'000'000;
  responder_.answer(out, view);
  set_endless_band(out, end_of_lock(out));
  return out;
}

rule_entry auth_guard::entry() {
  return {"auth_guard", "", {wake::account, wake::fill, wake::position, wake::clock},
          {action::flatten, {lock_mode::flat, lock_end::can_trade}},
          {action::flatten, action::warn},
          [](parameter_reader&, const common_parameters& common) -> std::unique_ptr<rule> { return std::make_unique<auth_guard>(common); }};
}

} // namespace rm
