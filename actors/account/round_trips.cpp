#include "actors/account/round_trips.hpp"

#include <algorithm>

namespace rm {
namespace {

bool same_side(int64_t a, int64_t b) { return (a > 0) == (b > 0); }

void insert(std::vector<round_trip>& all, const round_trip& trip) {
  const auto place = std::upper_bound(all.begin(), all.end(), trip, [](auto& a, auto& b) { return a.closed < b.closed; });
  all.insert(place, trip);
  if (all.size() > round_trips::most_kept)
    all.erase(all.begin());
}

} // namespace

void round_trips::step(state& s, const fill& next, std::vector<round_trip>& ended) {
  const trade_update& t = *next.trade;
  const int64_t by = sign_of(t.side) * t.size;
  const bool closes = t.profit_and_loss.has_value();
  const auto end = [&] {
    ended.push_back({t.contract, s.opened, t.executed, s.net});
    s = {};
  };
  if (!closes && s.size != 0 && !same_side(s.size, by))
    end(); // nobody told how it was closed
  if (!s.open())
    s.opened = t.executed;
  s.net += next.net;
  if (closes && (s.size == 0 || same_side(s.size, by)))
    return end(); // nobody told how it was opened
  const int64_t before = s.size;
  s.size += by;
  const int64_t left = s.size;
  if (left != 0 && (before == 0 || same_side(before, left)))
    return;
  end();
  if (left != 0) { // turned
    s.opened = t.executed;
    s.size = left;
  }
}

void round_trips::carry(const std::vector<carried_trip>& trips) {
  for (auto& t : trips)
    tracks_[t.contract].base = tracks_[t.contract].now = {t.opened, t.size, t.net};
}

bool round_trips::add(const fill& next) {
  auto& track = tracks_[next.trade->contract];
  if (next.trade->executed < track.newest)
    return false;
  track.newest = next.trade->executed;
  std::vector<round_trip> ended;
  step(track.now, next, ended);
  for (auto& trip : ended)
    insert(closed_, trip);
  return true;
}

void round_trips::rebuild(const contract_id& contract, const std::vector<fill>& fills) {
  std::erase_if(closed_, [&](auto& trip) { return trip.contract == contract; });
  auto& track = tracks_[contract];
  track.now = track.base;
  track.newest = fills.empty() ? timestamp{} : fills.back().trade->executed;
  std::vector<round_trip> ended;
  for (auto& f : fills)
    step(track.now, f, ended);
  for (auto& trip : ended)
    insert(closed_, trip);
}

void round_trips::begin_week(const contract_id& contract, const std::vector<fill>& old) {
  auto& track = tracks_[contract];
  std::vector<round_trip> over;
  for (auto& f : old)
    step(track.base, f, over);
}

void round_trips::forget_carried() {
  for (auto& [contract, track] : tracks_)
    track = {};
}

std::vector<carried_trip> round_trips::carried() const {
  std::vector<carried_trip> out;
  for (auto& [contract, track] : tracks_)
    if (track.base.open())
      out.push_back({contract, track.base.opened, track.base.size, track.base.net});
  return out;
}

} // namespace rm
