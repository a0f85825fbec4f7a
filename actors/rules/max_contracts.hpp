// RULE-001: how many contracts an account may hold.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/exposure_memory.hpp"
#include "actors/rules/limit_measure.hpp"
#include "actors/rules/order_headroom.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

/// Breach when |Σ signed size| (`net`) or Σ |size| (`gross`) > limit: what is too much is reduced, the newest exposure first. Breach
/// also when working orders that increase would lead there: they are cancelled, the newest first, and nothing else happens (no lock:
/// the limit was kept).
class max_contracts : public rule {
public:
  max_contracts(int64_t limit, size_count how, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  void recall(const rule_memory& kept) override { memory_.recall(kept); }
  static rule_entry entry();

private:
  /// Names what to give up of `sizes` to come down to the limit, and changes `sizes` to what will be left.
  void reduce(std::vector<valued_position>& sizes, verdict& out) const;

  int64_t limit_;
  size_count how_;
  limit_measure measure_;
  responder responder_;
  exposure_memory memory_;
  std::string limit_text_;
};

} // namespace rm
