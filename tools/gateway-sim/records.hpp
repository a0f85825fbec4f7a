// The venue's JSON shapes, for REST answers and for hub events.
#pragma once
#include "engine.hpp"
#include "json_writer.hpp"
#include "switches.hpp"

namespace gateway_sim::records {

enum class place { rest, hub };

void write(json_writer& out, const account& a);
void write(json_writer& out, const contract& c);
void write(json_writer& out, const order& o, const contract& c, place where, const switches& s);
void write(json_writer& out, const trade& t, const contract& c, place where, const switches& s);
void write(json_writer& out, const position& p, const contract& c, place where, const switches& s);

/// `{"action":n,"data":…}` or the bare data, as the switch says.
std::string enveloped(int action, const std::string& data, const switches& s);

/// What the market data stream knows about a contract's day.
struct session_prices {
  int64_t open = 0, high = 0, low = 0, last = 0; // in ticks
  int64_t volume = 0;
};

std::string quote(const contract& c, std::optional<int64_t> bid, std::optional<int64_t> ask,
                  const session_prices* day, bool with_last, wall_time now);
/// The best level of each side, as an array.
std::string depth(const contract& c, int64_t bid, int64_t ask, wall_time now);
std::string market_trade(const contract& c, int64_t price, order_side side, int64_t volume, bool as_array,
                         wall_time now);

} // namespace gateway_sim::records
