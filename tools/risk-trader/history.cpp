#include "tools/risk-trader/history.hpp"

#include <cmath>
#include <cstdlib>

namespace rm {

void history::begin(const std::vector<shown_day>& days) {
  for (const auto& day : days) {
    auto& points = points_[day.account];
    points.clear();
    for (const auto& [at, amount] : day.points)
      points.push_back({at, std::strtod(amount.c_str(), nullptr)});
  }
}

void history::take(const status_view& status) {
  for (const auto& account : status.accounts) {
    if (account.day.empty())
      continue; // nobody knows it
    auto& points = points_[account.id];
    const double amount = std::strtod(account.day.c_str(), nullptr); // only drawn, never computed with
    if (!points.empty() && points.back().amount == amount)
      continue;
    points.push_back({status.now, amount});
    if (points.size() > most) { // every second one of the older half goes
      std::vector<point> kept;
      for (std::size_t i = 0; i < points.size(); ++i)
        if (i >= most / 2 || i % 2 == 0)
          kept.push_back(points[i]);
      points = std::move(kept);
    }
  }
}

const std::vector<history::point>& history::points_of(const std::string& account) const {
  static const std::vector<point> none;
  const auto found = points_.find(account);
  return found == points_.end() ? none : found->second;
}

std::vector<double> history::values_of(const std::string& account, timestamp until, std::size_t count) const {
  const auto& points = points_of(account);
  std::vector<double> out;
  if (points.empty() || count == 0)
    return out;
  const auto first = points.front().at, last = std::max(until, points.back().at);
  // A second per value until the room is full: a young curve grows from the right.
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(last - first).count() + 1;
  const auto used = static_cast<std::size_t>(std::min<int64_t>(whole, static_cast<int64_t>(count)));
  std::size_t at = 0;
  for (std::size_t i = 0; i < used; ++i) {
    const auto moment = used == 1 ? last : first + (last - first) * static_cast<int64_t>(i) / static_cast<int64_t>(used - 1);
    const double before = out.empty() ? points[at].amount : out.back();
    double farthest = before;
    while (at + 1 < points.size() && points[at + 1].at <= moment) {
      ++at;
      if (std::abs(points[at].amount - before) > std::abs(farthest - before))
        farthest = points[at].amount;
    }
    // A dip between two moments is what people look for; where nothing was farther, and at the end, it is what stood then.
    out.push_back(i + 1 == used || farthest == before ? points[at].amount : farthest);
  }
  return out;
}

} // namespace rm
