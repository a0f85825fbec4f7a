// Every position must be covered by stops soon after it appeared.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"
#include "actors/rules/rule.hpp"

namespace rm {

/// A position is covered when working stops on its protective side are as large as it is. One that is not covered has `grace` time; after
/// that the venue is asked what stops there are, and by its list, or without one when none comes for 10 s, it is closed. The time runs from the moment at which cover was first missing, survives a restart, and begins anew when a stop
/// that was there vanishes. Prices do not matter, so it also speaks when positions cannot be valued.
class require_stop_loss : public rule {
public:
  require_stop_loss(duration grace, const common_parameters& common);
  verdict evaluate(const account_view& view) override;
  void recall(const rule_memory& kept) override { uncovered_ = kept; }
  static rule_entry entry();

private:
  duration grace_;
  std::string grace_text_;
  responder responder_;
  rule_memory uncovered_; // by contract: since when, ns since the epoch
};

} // namespace rm
