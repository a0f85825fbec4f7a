#include "tools/risk-manager/service_run.hpp"

#include "actors/app.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/process_memory.hpp"
#include "tools/risk-manager/service_config.hpp"
#include "tools/risk-manager/service_log.hpp"
#include "tools/risk-manager/urgent_thread.hpp"
#include "tools/risk-manager/watchdog.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <mutex>
#include <thread>

namespace rm {
namespace {

using namespace std::chrono_literals;

/// What the main thread waits for.
struct ending {
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false; // somebody wants us to stop
  bool ended = false; // the actors have stopped
  bool reread = false; // the configuration is to be read again
  std::deque<std::function<bool()>> orders; // of administrators, about the configuration; each says whether that is to be read again
  bool woke = false;  // the machine slept
  std::string why;    // of a failure
};

/// What a host may do reaches the main thread through `ending`.
class controls : public run_control {
public:
  controls(ending& end, watchdog& dog) : end_{end}, dog_{dog} {}
  void stop() override {
    dog_.stopping(); // from now: the thread that would begin it may be what hangs
    set(end_.asked);
  }
  void reload() override { set(end_.reread); }
  void resumed() override { set(end_.woke); }

private:
  void set(bool& what) {
    std::lock_guard guard{end_.mutex};
    what = true;
    end_.changed.notify_all();
  }
  ending& end_;
  watchdog& dog_;
};

} // namespace

std::string_view sentence_of(run_result result) {
  switch (result) {
    case run_result::done: return "the service was stopped in order";
    case run_result::failed: return "the service could not be started";
    case run_result::configuration: return "the configuration has mistakes: risk-manager check-config lists them";
    case run_result::data_folder: return "the data folder cannot be used";
    case run_result::database: return "the database cannot be opened or written";
    case run_result::gave_up: return "a part of the service failed again and again";
    case run_result::stop_took_too_long: return "the stop took longer than its 10 s";
    case run_result::hung: return "the supervisor gave no sign of life for a minute";
    case run_result::start_took_too_long: return "the start took longer than its 90 s";
  }
  return "";
}

int exit_code_of(run_result result) {
  switch (result) {
    case run_result::done: return 0;
    case run_result::configuration: return 2;
    default: return 1;
  }
}

namespace {

std::atomic<run_result> last_result{run_result::failed};

/// What must be there before anybody can be guarded: the log, the data folder for this process alone, a database. Says what is not.
std::optional<run_result> prepare(const settings& configured, host& who, std::optional<service_log>& log, std::optional<folder_claim>& claim) {
  try {
    std::filesystem::create_directories(configured.service.data_dir);
    keep_new_files_private();
    log.emplace(configured.service, true, who.log_sink());
  } catch (const std::exception& e) {
    std::cerr << "risk-manager: the data folder " << configured.service.data_dir.string() << " cannot be used: " << e.what() << "\n";
    return run_result::data_folder;
  }
  if (const auto why = log->trouble(); !why.empty())
    spdlog::critical("the log on disk lacks what follows, until it can be written: {}. The accounts are guarded all the same", why);
  who.going_on();
  try {
    claim.emplace(configured.service.data_dir);
  } catch (const std::exception& e) {
    spdlog::critical("{}", e.what());
    return run_result::data_folder;
  }
  who.going_on();
  bool may_pass = false;
  if (auto trouble = check_store(configured.service.data_dir / "riskmanager.db", &may_pass)) {
    spdlog::critical("{}", *trouble);
    if (!may_pass)
      return run_result::database;
    spdlog::critical("it starts all the same: what can be read is, the rest is held in memory and written when the database can be");
  }
  who.going_on();
  return std::nullopt;
}

/// What administrators ask for reaches the main thread through `ending`, but what the log itself can answer at once.
void add_services(host_services& out, ending& end, service_log& log, const std::string& config_file, config_state& state) {
  const auto enqueue = [&end, &config_file, &state](auto order, std::function<void(bool, std::string)> answer) {
    std::lock_guard guard{end.mutex};
    end.orders.push_back([&config_file, &state, order = std::move(order), answer = std::move(answer)] { return carry_out(order, answer, config_file, state); });
    end.changed.notify_all();
  };
  out.config = enqueue;
  out.set_key = enqueue;
  out.log = [&log](std::size_t lines) { return log.newest(lines); };
  out.set_log_level = [&log](const std::string& room, const std::string& level) { return log.set_level(room, level); };
}

/// What runs, and what the main thread needs to change it.
struct running {
  app& service;
  service_log& log;
  const std::string& config_file;
  config_state& state;
  service_origin& origin;
  boost::asio::io_context& io;

  void read_again() { reload(service, log, config_file, state, origin, io, true); }
  void look_again_at_what_is_unsettled() { look_again_at_all(service, log, config_file, state, origin, io); }
};

/// Does what hosts and administrators ask for, until the service is to stop or has ended by itself. `guard` holds the mutex of `end`.
void serve(ending& end, std::unique_lock<std::mutex>& guard, running now) {
  const auto news = [&] { return end.asked || end.ended || end.reread || end.woke || !end.orders.empty(); };
  for (;;) {
    if (!now.state.unsettled()) {
      end.changed.wait(guard, news);
    } else if (!end.changed.wait_for(guard, look_again, news)) {
      guard.unlock();
      now.look_again_at_what_is_unsettled();
      guard.lock();
      continue;
    }
    if (end.asked || end.ended)
      return;
    bool reread = std::exchange(end.reread, false);
    if (std::exchange(end.woke, false))
      now.service.woke({now.origin.wall_clock(), {}, "service", {}, "the machine woke from sleep", -1});
    const auto orders = std::exchange(end.orders, {});
    guard.unlock();
    for (const auto& order : orders) {
      if (std::exchange(reread, false))
        now.read_again(); // each order is judged by what is in force
      reread = order();
    }
    if (reread)
      now.read_again();
    guard.lock();
  }
}

run_result run(const std::string& config_file, const start_config& start, host& who) {
  const auto& configured = *start.value;
  const auto& warnings = start.warnings;
  use_large_pages(configured.accounts.size());
  watchdog dog{who}; // goes last: it watches the end too
  std::optional<service_log> log;
  std::optional<folder_claim> claim;
  if (const auto wrong = prepare(configured, who, log, claim))
    return *wrong;
  for (auto& warning : warnings)
    spdlog::warn("{}", format_problem(config_file, warning));
  spdlog::info("risk-manager {} starts with {}", RM_VERSION, config_file);

  ending end;
  service_origin origin{config_file, configured};
  if (const auto old = alarm_of(origin.zones, origin.started.utc))
    spdlog::warn("{}", old->what);
  if (!start.mark.empty())
    origin.config.mark = start.mark; // what is in force is what those files said
  config_state state{configured, origin.config};
  state.trouble = start.trouble;
  auto start_notes = keep_and_say(start, state, origin);
  add_services(origin.host, end, *log, config_file, state);
  keep_freed_memory();
  boost::asio::io_context io{1};
  auto keep_running = boost::asio::make_work_guard(io);
  std::thread network{[&] {
    name_thread("network");
    make_thread_urgent(); // an event is read, judged and answered here
    io.run();
  }};
  controls control{end, dog};
  who.attach(control);
  auto result = run_result::done;
  {
    app service{[&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); }};
    service.start(parts_from(state.in_force, warnings, state.trouble ? alarms_of(*state.trouble) : std::vector<alarm>{}, origin, io), [&](std::string why) {
      std::lock_guard guard{end.mutex};
      dog.stopping();
      end.ended = true;
      end.why = std::move(why);
      end.changed.notify_all();
    }, [&, ready = false](bool all_run) mutable {
      if (all_run && !std::exchange(ready, true)) {
        dog.ready();
        who.ready();
      }
      dog.alive();
      if (ready)
        who.alive();
    });
    if (!start_notes.empty())
      service.note(std::move(start_notes));
    std::unique_lock guard{end.mutex};
    serve(end, guard, {service, *log, config_file, state, origin, io});
    if (!end.ended) {
      spdlog::info("asked to stop: nothing is closed, everything is kept");
      who.stopping();
      service.stop();
      end.changed.wait(guard, [&] { return end.ended; });
    }
    if (!end.why.empty()) {
      spdlog::critical("the service gave up: {}", end.why);
      result = run_result::gave_up;
    }
    guard.unlock();
    keep_running.reset();
    io.stop();
    network.join(); // before the actors' system goes: nothing may be posted to it any more
    who.detach();
  }
  spdlog::info("stopped");
  spdlog::shutdown();
  return result;
}

} // namespace

run_result run_service(const std::string& config_file, const start_config& start, host& who) {
  return last_result = run(config_file, start, who);
}

run_result last_run_result() { return last_result; }

} // namespace rm
