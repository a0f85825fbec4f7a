// The simulator's switches: every question about the venue that no source settled, answered by configuration.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_sim {

struct switches {
  bool wrapped = true;                 // envelope: wrapped | bare
  bool live2026 = true;                // schema: live2026 | lean2025
  bool rest_commissions = false;       // commissions in Trade/search
  bool auto_oco = true;                // bracket_mode: auto_oco | position
  bool close_cancels_children = false; // closeContract sweeps bracket children
  bool flat_before_flip = false;       // reversal: one_event | flat_then_new
  bool close_needs_can_trade = false;  // close_when_cannot_trade: allow | reject
  bool evict_sessions = false;         // sessions: allow | evict
  bool compat_close_size = false;      // partial_close_field: strict | compat (accepts closeSize)
  bool partial_quotes = false;         // quotes: full | partial
  bool trade_arrays = true;            // market_trade: array | object
  bool allow_reconnect = true;         // the flag in close records with an error
  bool null_results = false;           // completion: bare | null
  std::chrono::nanoseconds market_fill_delay{0};
  std::chrono::nanoseconds reply_delay{0}; // every REST answer, after executing
  std::chrono::nanoseconds keep_alive = std::chrono::seconds{15};
  std::chrono::nanoseconds client_timeout = std::chrono::seconds{30};
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds{15};
  int64_t slippage_ticks = 0;
  int64_t inbound_limit = 32768; // bytes per message from a hub client
  int64_t fragment_bytes = 0;    // hub messages are cut into WebSocket frames of this size; 0 = one frame
  int64_t retry_after = 0;       // seconds in a 429 answer; 0 = no such header
};

/// Names of all switches, for messages and help.
std::vector<std::string> switch_names();

/// Sets one switch from its text. Returns an empty string, or what is wrong.
std::string set_switch(switches& s, std::string_view name, std::string_view value);

/// The known word nearest to `word` by edit distance; empty when there is none at all.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

} // namespace gateway_sim
