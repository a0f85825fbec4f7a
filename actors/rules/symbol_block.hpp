// Contracts that may not be traded at all.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"

namespace rm {

/// True when `text` matches: `*` stands for any characters, `?` for one; capitals do not matter.
bool matches(std::string_view pattern, std::string_view text);

/// Breach when a position is held or an order works in a contract whose symbol matches: orders are cancelled, positions closed. People's
/// symbols count ("ES"), and the parts of the contract's id ("EP").
class symbol_block : public rule {
public:
  symbol_block(std::vector<std::string> patterns, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  struct finding {
    contract_id contract;
    symbol_name symbol;
    bool blocked = false;
  };
  bool blocked(const contract_facts& facts);
  bool is_match(const contract_facts& facts) const;

  std::vector<std::string> patterns_;
  std::vector<finding> known_;
  responder responder_;
};

} // namespace rm
