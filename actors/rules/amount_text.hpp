// An amount with its text. What an account has used of a limit is mostly what it was an event before, and the limit nearly always is.
#pragma once

#include "messages/money.hpp"

#include <string>

namespace rm {

class amount_text {
public:
  /// The text of `amount`, made anew only where the amount is another than the last time.
  const std::string& of(money amount) {
    if (amount != amount_) {
      amount_ = amount;
      text_ = to_string(amount);
    }
    return text_;
  }

private:
  money amount_;
  std::string text_ = to_string(money{});
};

} // namespace rm
