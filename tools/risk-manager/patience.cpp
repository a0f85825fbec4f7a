#include "tools/risk-manager/patience.hpp"

namespace rm {

void patience::enter(phase next) {
  phase_ = next;
  looks_ = 0;
}

void patience::ready() {
  if (phase_ == phase::starting)
    enter(phase::running);
}

void patience::alive() {
  if (phase_ == phase::running)
    looks_ = 0;
}

void patience::stopping() {
  if (phase_ != phase::stopping)
    enter(phase::stopping);
}

std::optional<run_result> patience::look() {
  ++looks_;
  switch (phase_) {
    case phase::starting: return looks_ > limits_.start ? std::optional{run_result::start_took_too_long} : std::nullopt;
    case phase::running: return looks_ > limits_.silent ? std::optional{run_result::hung} : std::nullopt;
    case phase::stopping: return looks_ > limits_.stop ? std::optional{run_result::stop_took_too_long} : std::nullopt;
  }
  return std::nullopt;
}

} // namespace rm
