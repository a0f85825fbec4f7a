#include "actors/rules/exposure_memory.hpp"

#include <algorithm>
#include <cstdlib>

namespace rm {

void exposure_memory::follow(const std::vector<valued_position>& positions) {
  constexpr int64_t absurd = 1'000'000'000'000; // beyond any real position
  for (const auto& held : positions)
    settle(held.contract, std::clamp(held.size, -absurd, absurd));
  std::erase_if(lots_, [&](const lot& l) {
    return std::none_of(positions.begin(), positions.end(), [&](const auto& p) { return p.contract == l.contract; });
  });
  if (first_)
    std::stable_sort(lots_.begin(), lots_.end(), [](const lot& a, const lot& b) { return std::abs(a.size) < std::abs(b.size); });
  first_ = false;
}

void exposure_memory::settle(const contract_id& contract, int64_t size) {
  int64_t known = 0;
  for (const auto& l : lots_)
    if (l.contract == contract)
      known += l.size;
  if (known == size)
    return;
  if ((known < 0) != (size < 0) && known != 0) { // turned, or flat: nothing is left of the old side
    std::erase_if(lots_, [&](const lot& l) { return l.contract == contract; });
    known = 0;
  }
  if (std::abs(size) > std::abs(known)) {
    if (!lots_.empty() && lots_.back().contract == contract)
      lots_.back().size += size - known;
    else
      lots_.push_back({contract, size - known});
    return;
  }
  int64_t gone = std::abs(known) - std::abs(size);
  for (auto l = lots_.rbegin(); l != lots_.rend() && gone > 0; ++l) {
    if (l->contract != contract)
      continue;
    const int64_t taken = std::min(gone, std::abs(l->size));
    l->size -= l->size > 0 ? taken : -taken;
    gone -= taken;
  }
  std::erase_if(lots_, [](const lot& l) { return l.size == 0; });
}

} // namespace rm
