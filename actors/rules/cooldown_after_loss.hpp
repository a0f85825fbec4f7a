// A pause after a round trip that lost too much.
#pragma once

#include "actors/rules/amount_text.hpp"
#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"

namespace rm {

/// Breach while the cooldown of a closed round trip runs. A loss counts for the deepest tier that it reaches; of several trips the one
/// whose cooldown ends last counts.
class cooldown_after_loss : public rule {
public:
  struct tier {
    money loss; // positive; reached when a trip lost at least this much, fees included
    duration cooldown{};
  };
  /// `tiers` ascending by loss, at least one.
  cooldown_after_loss(std::vector<tier> tiers, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  const tier* tier_of(const round_trip& trip) const;

  std::vector<tier> tiers_;
  responder responder_;
  amount_text used_text_, limit_text_;
};

} // namespace rm
