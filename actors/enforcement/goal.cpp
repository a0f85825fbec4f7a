#include "actors/enforcement/goal.hpp"

#include <algorithm>

namespace rm {
namespace {

bool raise(bool& flag, bool other) {
  const bool changed = other && !flag;
  flag |= other;
  return changed;
}

} // namespace

bool tighten(enforcement_goal& goal, const enforcement_goal& more) {
  bool changed = raise(goal.flat, more.flat);
  changed |= raise(goal.cancel_increasing, more.cancel_increasing);
  changed |= raise(goal.cancel_orders_of_targets, more.cancel_orders_of_targets);
  for (auto id : more.cancel) {
    const auto place = std::lower_bound(goal.cancel.begin(), goal.cancel.end(), id);
    if (place != goal.cancel.end() && *place == id)
      continue;
    goal.cancel.insert(place, id);
    changed = true;
  }
  for (auto& target : more.targets) {
    const int64_t keep = std::max<int64_t>(target.keep, 0);
    auto same = [&](const position_target& t) { return t.contract == target.contract; };
    auto known = std::find_if(goal.targets.begin(), goal.targets.end(), same);
    if (known == goal.targets.end()) {
      goal.targets.push_back({target.contract, keep});
      changed = true;
    } else if (keep < known->keep) {
      known->keep = keep;
      changed = true;
    }
  }
  return changed;
}

bool names(const enforcement_goal& goal, order_id order) { return std::binary_search(goal.cancel.begin(), goal.cancel.end(), order); }

std::optional<int64_t> keep_of(const enforcement_goal& goal, const contract_id& contract) {
  if (goal.flat)
    return 0;
  std::optional<int64_t> out;
  for (auto& target : goal.targets)
    if (target.contract == contract)
      out = std::max<int64_t>(std::min(out.value_or(target.keep), target.keep), 0);
  return out;
}

std::string words_of(const enforcement_goal& goal) {
  if (goal.flat)
    return "flat, no order";
  std::string out;
  auto add = [&out](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
  if (goal.cancel_increasing)
    add("no order that increases");
  if (!goal.cancel.empty())
    add("cancel " + std::to_string(goal.cancel.size()) + (goal.cancel.size() == 1 ? " order" : " orders"));
  for (auto& target : goal.targets)
    add(target.contract.str() + " to at most " + std::to_string(target.keep));
  if (goal.cancel_orders_of_targets)
    add("no order there that increases");
  return out.empty() ? "nothing" : out;
}

} // namespace rm
