// The venue itself forbids trading: hold nothing, and let nothing begin.
#pragma once

#include "actors/rules/breach.hpp"
#include "actors/rules/catalogue.hpp"

namespace rm {

/// Breach while the venue says canTrade = false; its lock ends when the venue says true again.
class auth_guard : public rule {
public:
  explicit auth_guard(const common_parameters& common) : responder_{common.on_breach} {}
  verdict evaluate(const account_view& view) override;
  static rule_entry entry();

private:
  responder responder_;
};

} // namespace rm
