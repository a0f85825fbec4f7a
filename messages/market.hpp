// Contracts and what the market says of them.
#pragma once

#include "messages/ids.hpp"
#include "messages/money.hpp"
#include "messages/timing.hpp"

#include <optional>
#include <string>

namespace rm {

/// What the venue says of a contract. Never guessed: without it an account that trades the contract is `not_evaluable`.
struct contract_spec {
  contract_id id;
  std::string name;      // "MNQZ5"
  std::string symbol_id; // "F.US.MNQ"
  std::string symbol;    // what people call it: "MNQ", "ES" (the venue's EP), …
  price tick_size;       // points, positive
  money tick_value;      // per tick and contract, positive
  bool active = true;
};

/// What people call a root of the venue: "ES" for "EP"; the root itself where they say the same (ProjectX: roots as in projectx.md).
symbol_name symbol_of_root(std::string_view root);
/// The same for a contract's id, e.g. "ES" for "CON.F.US.EP.Z25".
symbol_name symbol_of(const contract_id& contract);

/// The market of one contract, merged from the venue's partial quotes; conflated, the last one wins.
struct quote {
  contract_id contract;
  std::optional<price> last, bid, ask;
  timestamp at{}; // venue time of the newest part
  wire_time seen{};

  /// The price that positions are valued at: last trade, else the middle of bid and ask, else nothing.
  std::optional<price> mark() const;
};

} // namespace rm
