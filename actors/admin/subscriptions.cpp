#include "actors/admin/subscriptions.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr int64_t busy_share = 10;

} // namespace

or_error<std::string> subscriptions::add(uint64_t connection, const command& what, const parameters& params) {
  const auto has = [&](const group& g) { return std::find(g.members.begin(), g.members.end(), connection) != g.members.end(); };
  const auto held = std::count_if(groups_.begin(), groups_.end(), [&](const auto& each) { return has(each.second); });
  auto& place = groups_[{what.name, params}];
  if (!has(place)) {
    if (static_cast<std::size_t>(held) >= most_topics) {
      if (place.members.empty())
        groups_.erase({what.name, params});
      return rpc_error{rpc_code::busy, "a client may be told of " + std::to_string(most_topics) + " topics at most"};
    }
    place.members.push_back(connection);
  }
  place.what = &what;
  place.params = params;
  return place.last;
}

void subscriptions::remove(uint64_t connection, std::string_view topic) {
  for (auto& [which, g] : groups_)
    if (which.first == topic)
      std::erase(g.members, connection);
  std::erase_if(groups_, [](const auto& each) { return each.second.members.empty(); });
}

void subscriptions::remove(uint64_t connection) {
  for (auto& [which, g] : groups_)
    std::erase(g.members, connection);
  std::erase_if(groups_, [](const auto& each) { return each.second.members.empty(); });
}

void subscriptions::note_change() {
  for (auto& [which, g] : groups_)
    g.changed = true;
}

std::vector<subscriptions::key> subscriptions::take_due(int64_t now_ns) {
  std::vector<key> out;
  for (auto& [which, g] : groups_) {
    const std::chrono::nanoseconds since{now_ns - g.told_ns}, least{busy_share * g.cost_ns};
    const bool due = g.told_ns == 0 || (since >= least && (since >= g.what->push_within || (g.changed && since >= g.what->push_after)));
    if (g.under_way || !due)
      continue;
    g.under_way = true;
    g.changed = false;
    out.push_back(which);
  }
  return out;
}

const subscriptions::group* subscriptions::find(const key& which) const {
  const auto found = groups_.find(which);
  return found == groups_.end() ? nullptr : &found->second;
}

std::vector<uint64_t> subscriptions::told(const key& which, int64_t begun_ns, int64_t ended_ns, std::string line) {
  const auto found = groups_.find(which);
  if (found == groups_.end())
    return {};
  found->second.under_way = false;
  found->second.told_ns = begun_ns;
  found->second.cost_ns = std::max<int64_t>(0, ended_ns - begun_ns);
  found->second.last = std::move(line);
  return found->second.members;
}

} // namespace rm
