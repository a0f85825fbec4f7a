// Ends a process whose run hangs, so that the service manager starts it again. A thread of its own: it needs nobody else to be well.
#pragma once

#include "tools/risk-manager/patience.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace rm {

/// From its making to its end it looks once a second: it tells the host that a start or stop goes on, and ends the process when patience is
/// at its end, whatever the other threads do. All functions may be called from any thread.
class watchdog {
public:
  explicit watchdog(host& who);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  void ready();
  void alive();
  void stopping();

private:
  void watch();

  host& who_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  patience patience_;
  std::thread thread_;
};

} // namespace rm
