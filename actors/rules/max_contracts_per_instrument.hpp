// RULE-002: how many contracts of one symbol an account may hold.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/exposure_memory.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

/// Breach when Σ|size| over the contracts of one symbol > that symbol's limit: the newest exposure is reduced. Breach also when working
/// orders would lead there: they are cancelled, the newest first. Other symbols are not touched. People's symbols count: ES is EP.
class max_contracts_per_instrument : public rule {
public:
  struct terms {
    int64_t default_limit = 3;
    std::map<symbol_name, int64_t> limits; // 0 = none may be held
    bool block_unknown = false;            // symbols without a limit of their own may not be held at all
  };
  max_contracts_per_instrument(terms agreed, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  void recall(const rule_memory& kept) override { memory_.recall(kept); }
  static rule_entry entry();

private:
  struct finding { // of the symbol that is nearest to its limit
    int64_t used = 0, limit = 0, share = -1;
    std::string reason;
  };
  int64_t limit_of(const symbol_name& symbol) const;
  void list(const symbol_name& symbol, const account_view& view);
  /// `only`: the one contract of that symbol, nullptr where there are several. True when the symbol has a measure.
  bool judge(const symbol_name& symbol, const contract_id* only, const account_view& view, verdict& out, finding& worst);

  terms terms_;
  std::vector<int64_t> rungs_;
  responder responder_;
  exposure_memory memory_;
  std::map<symbol_name, limit_measure> measures_;
  std::vector<valued_position> held_; // of one symbol, used again
  std::vector<working_order> orders_;
};

} // namespace rm
