// RULE-013: what everything held is worth.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

/// Breach when Σ |size| × mark × tick value / tick size > limit: the largest positions are reduced until it fits. Breach also when
/// working orders would lead there: they are cancelled, the newest first. A contract without a mark counts at the price of its
/// position's average or of the order.
class max_exposure : public rule {
public:
  max_exposure(money limit, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  struct worth {
    contract_id contract;
    int64_t each = 0; // of one contract, units of money, rounded up; 0 = not known
    bool marked = false;
  };
  /// False when something cannot be valued.
  bool value(const account_view& view);
  void list(const account_view& view);
  int64_t each_of(const contract_id& contract) const;
  void reduce(int64_t excess, verdict& out);
  void set_bands(const account_view& view, int64_t total, verdict& out) const;

  int64_t limit_;
  limit_measure measure_;
  responder responder_;
  std::string limit_text_;
  std::vector<worth> worth_;              // used again
  int64_t total_ = 0, worst_ = 0;         // of what is held, and with every order that increases; units of money
  std::vector<valued_position> held_;     // listed when it is too much: sizes are units of money
  std::vector<working_order> orders_;     // the same
};

} // namespace rm
