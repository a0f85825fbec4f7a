#include "tools/risk-manager/watchdog.hpp"

#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/urgent_thread.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <future>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 1s;
constexpr auto last_words_limit = 2s;

/// The log may be what hangs (a full pipe, a disk that does not answer): it gets its time, and no more.
[[noreturn]] void end_at_once(run_result why) {
  std::promise<void> said;
  auto done = said.get_future();
  std::thread{[why, &said] {
    if (const auto log = spdlog::default_logger()) {
      log->critical("{}; ending the process", sentence_of(why));
      log->flush();
    }
    said.set_value();
  }}.detach();
  done.wait_for(last_words_limit);
  end_process(exit_code_of(why));
}

} // namespace

watchdog::watchdog(host& who) : who_{who}, thread_{[this] { watch(); }} {}

watchdog::~watchdog() {
  {
    const std::lock_guard hold{mutex_};
    over_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void watchdog::ready() {
  const std::lock_guard hold{mutex_};
  patience_.ready();
}

void watchdog::alive() {
  const std::lock_guard hold{mutex_};
  patience_.alive();
}

void watchdog::stopping() {
  const std::lock_guard hold{mutex_};
  patience_.stopping();
}

void watchdog::watch() {
  name_thread("watchdog");
  std::unique_lock hold{mutex_};
  while (!changed_.wait_for(hold, look_interval, [this] { return over_; })) {
    if (const auto why = patience_.look())
      end_at_once(*why);
    if (!patience_.pending())
      continue;
    hold.unlock(); // the host is called by others too, and asks for nothing of ours
    who_.going_on();
    hold.lock();
  }
}

} // namespace rm
