// The venue's products (projectx.md 3.2) and how contract names are made from them.
#pragma once
#include "decimal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_sim {

struct product {
  std::string_view exchange_root;
  std::string_view root;
  std::string_view tick_size;
  std::string_view tick_value;
  bool micro;
};

/// Every product of the table.
const std::vector<product>& products();

/// The product with this ProjectX root, or else this exchange root; null when there is none.
const product* find_product(std::string_view root);

/// One tradable contract.
struct contract {
  std::string id;        // CON.F.US.MNQ.Z26
  std::string symbol_id; // F.US.MNQ
  std::string root;      // MNQ
  std::string name;      // MNQZ6
  std::string display;   // MNQZ26
  std::string description;
  decimal tick_size;
  decimal tick_value;
  decimal fee;        // per contract and side
  decimal commission; // per contract and side
  bool active = true;

  /// Its root here or at the exchange, its name or its id.
  bool goes_by(std::string_view word) const;

  decimal price(int64_t ticks) const { return tick_size * ticks; }

  /// The price in ticks; nothing when it is off the tick grid.
  std::optional<int64_t> ticks(decimal price) const;

  /// The nearest tick.
  int64_t nearest_ticks(decimal price) const;
};

/// Builds a contract from a root and a month such as "Z6" or "Z26"; nothing when either is unknown.
/// `decade` (2020, 2030) completes a one-digit year.
std::optional<contract> make_contract(std::string_view root, std::string_view month, int decade = 2020);

} // namespace gateway_sim
