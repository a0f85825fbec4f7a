// The Windows Event Log: start, stop, breach, lock, alarm.
#pragma once

#include "tools/risk-manager/event_words.hpp"
#include "tools/risk-manager/windows_parts.hpp"

#include <spdlog/sinks/base_sink.h>

#include <mutex>

namespace rm {

class event_log {
public:
  event_log();
  ~event_log();
  event_log(const event_log&) = delete;
  event_log& operator=(const event_log&) = delete;
  /// `text` is UTF-8. What cannot be written is lost: the service's own log has it.
  void write(event_words what, const std::string& text);

private:
  HANDLE source_;
};

/// Takes what belongs there out of the service's log.
class event_log_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit event_log_sink(event_log& log) : log_{log} {}

private:
  void sink_it_(const spdlog::details::log_msg& line) override;
  void flush_() override {}
  event_log& log_;
};

} // namespace rm
