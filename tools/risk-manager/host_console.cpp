#include "tools/risk-manager/host_console.hpp"

#include "actors/app.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/host_parts.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr auto stop_budget = 10s;

void open_log(const settings& configured) {
  const auto folder = configured.service.data_dir / "logs";
  std::filesystem::create_directories(folder);
  const auto& log = configured.service.log;
  auto file = std::make_shared<spdlog::sinks::rotating_file_sink_mt>((folder / "risk-manager.log").string(), static_cast<std::size_t>(log.max_size_mb) << 20,
                                                                     static_cast<std::size_t>(log.keep));
  auto console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("service", spdlog::sinks_init_list{file, console});
  logger->set_level(spdlog::level::from_str(log.level == "warn" ? "warning" : log.level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
}

/// What the main thread waits for.
struct ending {
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false; // somebody wants us to stop
  bool ended = false; // the actors have stopped
  bool reread = false; // the configuration is to be read again
  std::string why;    // of a failure
};

/// Reads the configuration again: the whole of it comes into force, or nothing does. What is in force goes on in any case.
void reload(app& service, const std::string& file, settings& in_force, const service_origin& origin, boost::asio::io_context& io) {
  auto loaded = load_settings(file);
  if (loaded.value)
    for (auto& fixed : needs_restart(in_force, *loaded.value))
      loaded.found.push_back(fixed);
  std::vector<journal_entry> notes;
  const auto note = [&](std::string text, account_id account = {}) { notes.push_back({origin.wall_clock(), account, "config", {}, std::move(text), -1}); };
  if (!loaded.found.empty()) {
    std::string first;
    for (auto& problem : loaded.found) {
      spdlog::error("{}", format_problem(file, problem));
      if (first.empty())
        first = format_problem(file, problem);
    }
    note("the configuration was read again and refused, the one before stays in force; " + std::to_string(loaded.found.size()) + " problem(s), the first: " + first);
    const alarm refused{"configuration refused", severity::warning, "a changed configuration was refused and is not in force: " + first, origin.wall_clock()};
    return service.reload(parts_from(in_force, {}, {refused}, origin, io), std::move(notes));
  }
  const auto changes = differences(in_force, *loaded.value);
  note("the configuration was read again: " + std::string{changes.empty() ? "nothing has changed" : std::to_string(changes.size()) + " change(s)"});
  for (auto& [account, text] : changes) {
    note(text, account);
    spdlog::info("configuration: {}", text);
  }
  for (auto& warning : loaded.warnings)
    spdlog::warn("{}", format_problem(file, warning));
  in_force = std::move(*loaded.value);
  service.reload(parts_from(in_force, loaded.warnings, {}, origin, io), std::move(notes));
}

} // namespace

int run_in_console(const std::string& config_file, const settings& configured, const problems& warnings) {
  try {
    std::filesystem::create_directories(configured.service.data_dir);
    open_log(configured);
  } catch (const std::exception& e) {
    std::cerr << "risk-manager: the data folder " << configured.service.data_dir.string() << " cannot be used: " << e.what() << "\n";
    return 1;
  }
  if (auto trouble = check_store(configured.service.data_dir / "riskmanager.db")) {
    spdlog::critical("{}", *trouble);
    return 1;
  }
  for (auto& warning : warnings)
    spdlog::warn("{}", format_problem(config_file, warning));
  spdlog::info("risk-manager {} starts with {}", RM_VERSION, config_file);

  ending end;
  settings in_force = configured;
  const service_origin origin{config_file};
  boost::asio::io_context io{1};
  auto keep_running = boost::asio::make_work_guard(io);
  boost::asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&](const boost::system::error_code& failed, int) {
    if (failed)
      return;
    std::lock_guard guard{end.mutex};
    end.asked = true;
    end.changed.notify_all();
  });
  const auto reread = reload_signal();
  boost::asio::signal_set reload_signals{io};
  std::function<void()> await_reload = [&] {
    reload_signals.async_wait([&](const boost::system::error_code& failed, int) {
      if (failed)
        return;
      await_reload();
      std::lock_guard guard{end.mutex};
      end.reread = true;
      end.changed.notify_all();
    });
  };
  if (reread) {
    reload_signals.add(*reread);
    await_reload();
  }
  std::thread network{[&] { io.run(); }};
  int result = 0;
  {
    app service{[&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); }};
    service.start(parts_from(in_force, warnings, {}, origin, io), [&](std::string why) {
      std::lock_guard guard{end.mutex};
      end.ended = true;
      end.why = std::move(why);
      end.changed.notify_all();
    });
    std::unique_lock guard{end.mutex};
    for (;;) {
      end.changed.wait(guard, [&] { return end.asked || end.ended || end.reread; });
      if (end.asked || end.ended)
        break;
      end.reread = false;
      guard.unlock();
      reload(service, config_file, in_force, origin, io);
      guard.lock();
    }
    if (!end.ended) {
      spdlog::info("asked to stop: nothing is closed, everything is kept");
      service.stop();
      if (!end.changed.wait_for(guard, stop_budget, [&] { return end.ended; })) {
        spdlog::critical("the stop takes longer than {} s; ending the process", stop_budget.count());
        spdlog::shutdown();
        std::_Exit(1);
      }
    }
    if (!end.why.empty()) {
      spdlog::critical("the service gave up: {}", end.why);
      result = 1;
    }
    guard.unlock();
    keep_running.reset();
    io.stop();
    network.join(); // before the actors' system goes: nothing may be posted to it any more
  }
  spdlog::info("stopped");
  spdlog::shutdown();
  return result;
}

} // namespace rm
