#include "event_order.hpp"

#include <algorithm>
#include <string_view>

namespace gateway_sim {

namespace {

bool is_order(const engine_event& e) {
  return std::holds_alternative<order_changed>(e);
}

/// 't', 'p' or 'a' for what belongs to a fill besides its order; 0 for anything else.
char kind_of(const engine_event& e) {
  return std::holds_alternative<trade_made>(e)         ? 't'
         : std::holds_alternative<position_changed>(e) ? 'p'
         : std::holds_alternative<account_changed>(e)  ? 'a'
                                                       : char{0};
}

bool in_pieces(const engine_event& e) {
  const auto* o = std::get_if<order_changed>(&e);
  return o && o->now.status == order_status::open && o->now.filled > 0 && o->now.filled < o->now.size;
}

/// Leaves out what a fill in pieces does not show before its end.
std::vector<engine_event> without_pieces(std::vector<engine_event> events, piece_events shown) {
  if (shown == piece_events::each)
    return events;
  std::vector<engine_event> kept;
  bool piece = false; // within the events of a piece that is not the last
  for (auto& e : events) {
    if (is_order(e))
      piece = in_pieces(e);
    bool hidden = shown == piece_events::order_at_end ? in_pieces(e) : piece && kind_of(e) == 'p';
    if (!hidden)
      kept.push_back(std::move(e));
  }
  return kept;
}

std::string_view letters(event_order o) {
  static constexpr std::string_view all[] = {"tpa", "tap", "pta", "pat", "atp", "apt"};
  return all[static_cast<std::size_t>(o)];
}

} // namespace

void event_arranger::seed(int64_t value) {
  if (value == seed_)
    return;
  seed_ = value;
  random_.seed(static_cast<uint64_t>(value));
}

std::vector<engine_event> event_arranger::arrange(std::vector<engine_event> events, const switches& s) {
  events = without_pieces(std::move(events), s.pieces);
  auto how = s.order_of_events;
  if (how == event_order::trade_position_account)
    return events;
  for (auto i = events.begin(); i != events.end();) {
    if (!std::holds_alternative<trade_made>(*i)) {
      ++i;
      continue;
    }
    auto end = std::find_if(std::next(i), events.end(), [](const engine_event& e) {
      return kind_of(e) == 0 || std::holds_alternative<trade_made>(e); // the next fill begins
    });
    auto from = how == event_order::random_all && i != events.begin() && is_order(*std::prev(i)) ? std::prev(i) : i;
    if (how == event_order::random || how == event_order::random_all)
      std::shuffle(from, end, random_);
    else
      std::stable_sort(i, end, [&](const engine_event& a, const engine_event& b) {
        return letters(how).find(kind_of(a)) < letters(how).find(kind_of(b));
      });
    i = end;
  }
  return events;
}

} // namespace gateway_sim
