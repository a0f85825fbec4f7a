// Runs the service from its configuration to its end, whoever started it: a terminal, systemd, or Windows.
#pragma once

#include "tools/risk-manager/start_config.hpp"

#include <memory>
#include <string_view>

namespace spdlog::sinks {
class sink;
}

namespace rm {

/// How a run ended. On Windows the number is the service-specific exit code.
enum class run_result : uint8_t { done, failed, configuration, data_folder, database, gave_up, stop_took_too_long, hung, start_took_too_long };
/// One sentence for people.
std::string_view sentence_of(run_result result);
/// The process's: 0 done, 2 configuration, 1 otherwise.
int exit_code_of(run_result result);

/// Of the run that ended last in this process.
run_result last_run_result();

/// What a host may ask of the running service, from any thread.
class run_control {
public:
  virtual ~run_control() = default;
  virtual void stop() = 0;
  /// Reads the configuration again.
  virtual void reload() = 0;
  /// The machine woke from sleep: noted, and every login connects anew and reads everything.
  virtual void resumed() = 0;
};

/// Whoever started the service and wants to know how it fares. Called from the service's threads; must not block.
class host {
public:
  virtual ~host() = default;
  /// The configuration has mistakes: the service does not start. One line.
  virtual void refused(const std::string&) {}
  /// From now until `detach` the control may be used.
  virtual void attach(run_control&) {}
  virtual void detach() {}
  /// Everybody runs for the first time.
  virtual void ready() {}
  /// The root supervisor answers; every three seconds from `ready` on.
  virtual void alive() {}
  /// The start, or the stop, still goes on: each second, and at each step of the start.
  virtual void going_on() {}
  /// The ordered stop begins.
  virtual void stopping() {}
  /// Where the host wants the log's lines too; nothing: nowhere.
  virtual std::shared_ptr<spdlog::sinks::sink> log_sink() { return nullptr; }
};

/// Runs until the host asks for a stop, or a failure that a restart must mend. A start that takes longer than 90 s, a stop that takes longer than
/// 10 s and a supervisor that gives no sign of life for a minute end the process (watchdog.hpp).
/// `start.value` is there.
run_result run_service(const std::string& config_file, const start_config& start, host& who);

} // namespace rm
