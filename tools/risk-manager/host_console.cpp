#include "tools/risk-manager/host_console.hpp"

#include "actors/admin/admin_actor.hpp"
#include "actors/app.hpp"
#include "actors/broker/projectx/port.hpp"
#include "actors/rules/catalogue.hpp"
#include "tools/risk-manager/host_files.hpp"

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

timestamp wall_now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

int64_t steady_now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

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

projectx::projectx_settings port_settings(const broker_settings& from) {
  projectx::projectx_settings out;
  out.broker = from.id;
  out.api_url = from.api_url;
  out.user_hub_url = from.user_hub_url;
  out.market_hub_url = from.market_hub_url;
  out.user_name = from.user_name;
  out.api_key = from.api_key;
  out.ca_file = from.ca_file.string();
  out.requests_per_minute = from.requests_per_minute;
  out.connect_timeout = from.connect_timeout;
  out.request_timeout = from.request_timeout;
  return out;
}

account_setup account_from(const configured_account& from, const settings& all) {
  account_setup out;
  out.account.id = from.id;
  out.account.name = from.name;
  out.account.broker = from.broker;
  out.account.stale_after = all.quotes_stale_after;
  out.account.fail_safe_after = all.fail_safe.after;
  out.account.fail_safe = all.fail_safe.action;
  for (auto& rule : from.rules) {
    if (!rule.enabled)
      continue;
    const auto* entry = find_rule(rule.rule.view());
    out.account.rules.push_back({rule.rule, entry->number, entry->wakes});
    out.rules.push_back({rule.rule.str(), rule.block});
  }
  return out;
}

service_parts parts_from(const std::string& config_file, const settings& configured, const problems& warnings, boost::asio::io_context& io) {
  service_parts parts;
  parts.storage.database = configured.service.data_dir / "riskmanager.db";
  parts.storage.detached = false; // the scheduler sets it apart
  parts.storage.mirror = make_store_mirror();
  parts.wall_clock = wall_now;
  parts.calendar = configured.calendar;
  for (auto& broker : configured.brokers)
    parts.brokers.emplace_back(broker.id, [&io, settings = port_settings(broker)](const broker_id&) -> std::unique_ptr<port> {
      return std::make_unique<projectx::projectx_port>(io, settings);
    });
  admin_settings admin;
  admin.service = {RM_VERSION, process_number(), config_file, {wall_now(), steady_now()}};
  for (auto& account : configured.accounts) {
    parts.accounts.push_back(account_from(account, configured));
    admin.accounts.push_back({account.id, account.name});
  }
  for (auto& broker : configured.brokers)
    admin.brokers.push_back(broker.id);
  for (auto& warning : warnings)
    admin.alarms.push_back({"configuration " + warning.path, severity::warning, warning.text, wall_now()});
  local_socket_settings socket;
  socket.path = configured.service.socket.string();
  parts.start_admin = [admin, open = local_socket_on(io, socket)](caf::actor_system& system) { return start_admin(system, admin, open); };
  return parts;
}

/// Where the main thread waits for the end.
struct ending {
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false; // somebody wants us to stop
  bool ended = false; // the actors have stopped
  std::string why;    // of a failure
};

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
  std::thread network{[&] { io.run(); }};
  int result = 0;
  {
    app service{[&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); }};
    service.start(parts_from(config_file, configured, warnings, io), [&](std::string why) {
      std::lock_guard guard{end.mutex};
      end.ended = true;
      end.why = std::move(why);
      end.changed.notify_all();
    });
    std::unique_lock guard{end.mutex};
    end.changed.wait(guard, [&] { return end.asked || end.ended; });
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
