// How long a run may take to start, be silent, and stop. It counts looks and has no clock: a machine that slept has not hung, and one that is
// busy looks more seldom.
#pragma once

#include "tools/risk-manager/service_run.hpp"

#include <optional>

namespace rm {

/// In looks; the watchdog takes one each second.
struct run_limits {
  int start = 90;  // until everybody runs for the first time; etc/systemd gives as long
  int silent = 60; // between two signs of life of the root supervisor
  int stop = 10;   // from the order, or from a failure that ends the run, to its end
};

class patience {
public:
  explicit patience(run_limits limits = {}) : limits_{limits} {}

  /// Everybody runs; only the first time counts.
  void ready();
  /// The root supervisor has answered.
  void alive();
  /// The end was ordered, or has come by itself; only the first time counts, and nothing after it but the end.
  void stopping();

  /// One look more; what the run has come to, when patience is at its end.
  std::optional<run_result> look();
  /// The start or the stop still goes on.
  bool pending() const { return phase_ != phase::running; }

private:
  enum class phase : uint8_t { starting, running, stopping };
  void enter(phase next);

  run_limits limits_;
  phase phase_ = phase::starting;
  int looks_ = 0; // since the phase began or, while running, since the last sign of life
};

} // namespace rm
