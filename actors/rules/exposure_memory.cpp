#include "actors/rules/exposure_memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace rm {

namespace {

using lots = std::vector<exposure_memory::lot>;

/// True when that changed anything.
bool settle(lots& kept, const contract_id& contract, int64_t size) {
  int64_t known = 0;
  for (const auto& l : kept)
    if (l.contract == contract)
      known += l.size;
  if (known == size)
    return false;
  if ((known < 0) != (size < 0) && known != 0) { // turned, or flat: nothing is left of the old side
    std::erase_if(kept, [&](const auto& l) { return l.contract == contract; });
    known = 0;
  }
  if (std::abs(size) > std::abs(known)) {
    if (!kept.empty() && kept.back().contract == contract)
      kept.back().size += size - known;
    else
      kept.push_back({contract, size - known});
    return true;
  }
  int64_t gone = std::abs(known) - std::abs(size);
  for (auto l = kept.rbegin(); l != kept.rend() && gone > 0; ++l) {
    if (l->contract != contract)
      continue;
    const int64_t taken = std::min(gone, std::abs(l->size));
    l->size -= l->size > 0 ? taken : -taken;
    gone -= taken;
  }
  std::erase_if(kept, [](const auto& l) { return l.size == 0; });
  return true;
}

bool settle(lots& kept, const std::vector<valued_position>& positions) {
  constexpr int64_t absurd = 1'000'000'000'000; // beyond any real position
  bool changed = false;
  for (const auto& held : positions)
    changed |= settle(kept, held.contract, std::clamp(held.size, -absurd, absurd));
  return std::erase_if(kept, [&](const auto& l) {
    return std::none_of(positions.begin(), positions.end(), [&](const auto& p) { return p.contract == l.contract; });
  }) > 0 || changed;
}

} // namespace

void exposure_memory::follow(const account_view& view) {
  const auto as_known = [](const lot& l, const valued_position& p) { return l.contract == p.contract && l.size == p.size; };
  if (view.evaluable && !first_ && std::equal(lots_.begin(), lots_.end(), view.positions.begin(), view.positions.end(), as_known)) {
    believed_ = true; // nearly always: one lot for each position, and nothing new
    return;
  }
  believed_ = view.evaluable;
  auto& kept = believed_ ? lots_ : shown_;
  if (!believed_)
    shown_ = lots_;
  const bool changed = settle(kept, view.positions);
  if (first_)
    std::stable_sort(kept.begin(), kept.end(), [](const lot& a, const lot& b) { return std::abs(a.size) < std::abs(b.size); });
  changed_ |= believed_ && changed;
  first_ &= !believed_;
}

void exposure_memory::recall(const rule_memory& kept) {
  lots_.clear();
  for (auto& [key, size] : kept) // "0003 CON.F.US.MNQ.Z25": in their order
    if (key.size() > 5)
      lots_.push_back({contract_id{std::string_view{key}.substr(5)}, size});
  first_ = lots_.empty();
  changed_ = false;
}

std::optional<rule_memory> exposure_memory::news() {
  if (!std::exchange(changed_, false))
    return std::nullopt;
  rule_memory out;
  for (std::size_t i = 0; i < lots_.size() && i < 10'000; ++i) {
    const auto number = std::to_string(i);
    out[std::string(4 - number.size(), '0') + number + ' ' + lots_[i].contract.str()] = lots_[i].size;
  }
  return out;
}

void reduce_newest(const std::vector<exposure_memory::lot>& lots, int64_t excess, const std::function<bool(const exposure_memory::lot&)>& may_go,
                   std::vector<valued_position>& sizes, std::vector<position_target>& targets) {
  for (auto lot = lots.rbegin(); lot != lots.rend() && excess > 0; ++lot) {
    if (!may_go(*lot))
      continue;
    auto held = std::find_if(sizes.begin(), sizes.end(), [&](const auto& p) { return p.contract == lot->contract; });
    if (held == sizes.end())
      continue;
    const int64_t given_up = std::min(excess, std::abs(lot->size));
    held->size -= held->size > 0 ? given_up : -given_up;
    excess -= given_up;
    auto known = std::find_if(targets.begin(), targets.end(), [&](const auto& t) { return t.contract == lot->contract; });
    if (known == targets.end())
      targets.push_back({lot->contract, std::abs(held->size)});
    else
      known->keep = std::abs(held->size);
  }
}

} // namespace rm
