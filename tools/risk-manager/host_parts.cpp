#include "tools/risk-manager/host_parts.hpp"

#include "actors/admin/lasting_port.hpp"
#include "actors/broker/no_login_port.hpp"
#include "actors/broker/projectx/port.hpp"
#include "actors/resets/market_hours.hpp"
#include "actors/rules/catalogue.hpp"
#include "tools/risk-manager/config_record.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/removed_accounts.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>

namespace rm {
namespace {

timestamp wall_now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

int64_t steady_now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

projectx::projectx_settings port_settings(const broker_settings& from, duration stale_after, const std::shared_ptr<venue_clock>& clock) {
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
  out.last_counts_for = stale_after;
  out.clock = clock;
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
  for (auto& broker : all.brokers)
    if (broker.id == from.broker)
      out.account.commissions = broker.commissions;
  // One for each account: it remembers the interval that it was asked for last.
  out.account.market_open = [hours = std::make_shared<market_hours>(all.markets)](const symbol_name& symbol, timestamp t) { return hours->open(symbol, t); };
  out.context = from.context;
  for (auto& rule : from.rules) {
    if (!rule.enabled)
      continue;
    const auto* entry = find_rule(rule.rule.view());
    out.account.rules.push_back({rule.rule, entry->number, entry->wakes});
    out.rules.push_back({rule.rule.str(), rule.block});
  }
  return out;
}

// -- configurations as text, to be compared ----------------------------------------

std::string text_of(const calendar_settings& c) {
  std::string out = c.timezone + " daily " + format_time_of_day(c.daily_reset) + " weekly " + std::to_string(c.weekly_day.c_encoding()) + " " + format_time_of_day(c.weekly_reset);
  for (const auto& day : c.holidays)
    out += " " + format_date(day);
  for (const auto& close : c.early_closes)
    out += " " + format_date(close.date) + "@" + format_time_of_day(close.time) + close.timezone;
  return out;
}

std::string text_of(const std::vector<session_span>& spans) {
  std::string out;
  for (const auto& s : spans)
    out += s.days.to_string() + " " + format_time_of_day(s.from) + "-" + format_time_of_day(s.to) + " " + s.timezone + ";";
  return out;
}

std::string text_of(const market_hours_settings& m) {
  std::string out = text_of(m.standard);
  for (const auto& [symbol, spans] : m.by_symbol)
    out += symbol + " " + text_of(spans);
  return out;
}

/// The secret takes part, but cannot be read out of it.
std::string text_of(const broker_settings& b) {
  return b.kind + " " + b.api_url + " " + b.user_hub_url + " " + b.market_hub_url + " " + b.ca_file.string() + " " + std::to_string(b.requests_per_minute) + " " +
         format_length(b.connect_timeout) + " " + format_length(b.request_timeout) + " " + std::to_string(std::hash<std::string>{}(b.user_name + "\n" + b.api_key)) + b.lacks;
}

std::string rules_of(const configured_account& a) {
  std::string out;
  for (const auto& rule : a.rules)
    out += rule.rule.str() + (rule.enabled ? " on " : " off ") + flow_text(rule.block, true) + "\n";
  return out;
}

std::string commissions_of(const configured_account& a, const settings& all) {
  std::string out;
  for (const auto& broker : all.brokers)
    if (broker.id == a.broker)
      for (const auto& [symbol, amount] : broker.commissions)
        out += " " + symbol.str() + " " + to_string(amount);
  return out;
}

std::string text_of(const configured_account& a, const settings& all) {
  return a.name + " " + a.broker.str() + "\n" + rules_of(a) + text_of(all.calendar) + "\n" + text_of(all.markets) + "\n" + format_length(all.quotes_stale_after) + " " +
         format_length(all.fail_safe.after) + " " + std::string{name_of(all.fail_safe.action)} + commissions_of(a, all);
}

template <class Things, class Key>
const typename Things::value_type* find_by(const Things& things, Key key) {
  const auto found = std::find_if(things.begin(), things.end(), key);
  return found == things.end() ? nullptr : &*found;
}

} // namespace

service_origin::service_origin(std::string file, const settings& configured)
  : config_file{std::move(file)}, config{record_of(config_file, configured)}, started{wall_now(), steady_now()}, mirror{make_store_mirror()} {
  wall_clock = [venue = venue_time] { return venue->put_right(wall_now(), duration{steady_now()}); };
  host.clock = [now = wall_clock] { return wire_time{now(), steady_now()}; };
  host.time_sure = [venue = venue_time] { return venue->sure(wall_now(), duration{steady_now()}); };
}

service_parts parts_from(const settings& configured, const problems& warnings, const std::vector<alarm>& alarms, const service_origin& origin,
                         boost::asio::io_context& io) {
  service_parts parts;
  parts.storage.database = configured.service.data_dir / "riskmanager.db";
  parts.storage.detached = false; // the scheduler sets it apart
  parts.storage.mirror = origin.mirror;
  parts.storage.journal_keep = configured.journal_keep;
  parts.storage.run = service_run{origin.started.utc, origin.started.utc, false, RM_VERSION, origin.config, last_written(origin.config_file, configured)};
  parts.storage.differ = changed_lines;
  parts.wall_clock = origin.wall_clock;
  parts.pc_clock = wall_now;
  parts.venue_time = origin.venue_time;
  parts.calendar = configured.calendar;
  parts.fingerprints["resets"] = text_of(configured.calendar);
  admin_settings admin;
  admin.service = {RM_VERSION, process_number(), origin.config_file, origin.started, origin.zones};
  admin.host = origin.host;
  std::string shown; // in the status, beside what the actors tell themselves
  for (auto& broker : configured.brokers) {
    if (!broker.lacks.empty())
      parts.brokers.emplace_back(broker.id, [lacks = broker.lacks, clock = origin.host.clock](const broker_id& id) -> std::unique_ptr<port> { return std::make_unique<no_login_port>(id, lacks, clock); });
    else
      parts.brokers.emplace_back(broker.id, [&io, settings = port_settings(broker, configured.quotes_stale_after, origin.venue_time)](const broker_id&) -> std::unique_ptr<port> {
      return std::make_unique<projectx::projectx_port>(io, settings);
    });
    parts.fingerprints["broker " + broker.id.str()] = text_of(broker) + " " + format_length(configured.quotes_stale_after);
    admin.brokers.push_back(broker.id);
    shown += broker.id.str() + "\n";
  }
  for (auto& account : configured.accounts) {
    parts.accounts.push_back(account_from(account, configured));
    parts.fingerprints["account " + to_string(account.id)] = text_of(account, configured);
    admin.accounts.push_back({account.id, account.name});
    shown += to_string(account.id) + " " + account.name + "\n";
  }
  for (auto& warning : warnings) {
    admin.alarms.push_back({"configuration " + warning.path + " " + std::to_string(admin.alarms.size()), severity::warning, warning.text, origin.wall_clock()});
    shown += warning.text + "\n";
  }
  for (auto& account : configured.accounts)
    if (!account.carried.empty()) {
      admin.alarms.push_back({"account taken out " + to_string(account.id), severity::warning, words_of_carried(account), origin.wall_clock()});
      shown += words_of_carried(account) + "\n";
    }
  if (const auto old = old_calendar(configured.calendar, origin.wall_clock())) {
    admin.alarms.push_back(*old);
    shown += old->what + "\n";
  }
  for (auto& standing : alarms) {
    admin.alarms.push_back(standing);
    shown += standing.what + "\n";
  }
  parts.fingerprints["admin"] = shown;
  local_socket_settings socket;
  socket.path = configured.service.socket.string();
  socket.mode = static_cast<unsigned>(configured.service.socket_mode);
  socket.administrators = configured.service.administrators;
  const auto say = [](const std::string& what) { spdlog::error("{}", what); };
  parts.start_admin = [admin, open = lasting_port(io, local_socket_on(io, socket), say)](caf::actor_system& system) { return start_admin(system, admin, open); };
  return parts;
}

std::optional<alarm> old_calendar(const calendar_settings& calendar, timestamp now) {
  std::chrono::sys_days newest{};
  for (const auto& day : calendar.holidays)
    newest = std::max(newest, std::chrono::sys_days{day});
  for (const auto& close : calendar.early_closes)
    newest = std::max(newest, std::chrono::sys_days{close.date});
  if (newest == std::chrono::sys_days{} || newest + std::chrono::days{1} > now)
    return std::nullopt;
  return alarm{"calendar data", severity::warning, "the calendar names no holiday and no early close after " + format_date(trading_date{newest}) + ": every later day is taken for an ordinary one", now};
}

problems needs_restart(const settings& now, const settings& next) {
  problems out;
  const auto fixed = [&](bool same, const char* path) {
    if (!same)
      out.push_back({0, path, "cannot change while the service runs: restart it, or undo this change"});
  };
  fixed(now.service.data_dir == next.service.data_dir, "service.data_dir");
  fixed(now.service.socket == next.service.socket, "service.socket");
  fixed(now.service.socket_mode == next.service.socket_mode, "service.socket_mode");
  fixed(now.service.administrators == next.service.administrators, "service.administrators");
  fixed(now.service.log.format == next.service.log.format && now.service.log.max_size_mb == next.service.log.max_size_mb && now.service.log.keep == next.service.log.keep && now.service.log.folder == next.service.log.folder, "service.log");
  fixed(now.journal_keep == next.journal_keep, "journal.keep_days");
  return out;
}

std::vector<std::pair<account_id, std::string>> differences(const settings& now, const settings& next) {
  std::vector<std::pair<account_id, std::string>> out;
  const auto changed = [&](account_id account, const std::string& what, const std::string& from, const std::string& to) {
    if (from != to)
      out.emplace_back(account, what + ": " + from + " -> " + to);
  };
  changed({}, "service.log.level", now.service.log.level, next.service.log.level);
  changed({}, "calendar", text_of(now.calendar), text_of(next.calendar));
  changed({}, "market hours", text_of(now.markets), text_of(next.markets));
  changed({}, "quotes.stale_after", format_length(now.quotes_stale_after), format_length(next.quotes_stale_after));
  changed({}, "fail_safe", format_length(now.fail_safe.after) + " " + std::string{name_of(now.fail_safe.action)},
          format_length(next.fail_safe.after) + " " + std::string{name_of(next.fail_safe.action)});
  for (const auto& broker : next.brokers) {
    const auto* before = find_by(now.brokers, [&](auto& b) { return b.id == broker.id; });
    if (!before)
      out.emplace_back(account_id{}, "broker " + broker.id.str() + " is new");
    else if (text_of(*before) != text_of(broker) || before->commissions != broker.commissions)
      out.emplace_back(account_id{}, "broker " + broker.id.str() + " has changed");
  }
  for (const auto& broker : now.brokers)
    if (!find_by(next.brokers, [&](auto& b) { return b.id == broker.id; }))
      out.emplace_back(account_id{}, "broker " + broker.id.str() + " is gone");
  for (const auto& account : next.accounts) {
    const auto* before = find_by(now.accounts, [&](auto& a) { return a.id == account.id; });
    if (!before) {
      out.emplace_back(account.id, "account " + to_string(account.id) + " is new");
      continue;
    }
    changed(account.id, "account " + to_string(account.id) + " name and broker", before->name + " " + before->broker.str(), account.name + " " + account.broker.str());
    for (const auto& rule : account.rules) {
      const auto* old = find_by(before->rules, [&](auto& r) { return r.rule == rule.rule; });
      changed(account.id, "account " + to_string(account.id) + " " + rule.rule.str(), old ? flow_text(old->block) : "not there", flow_text(rule.block));
    }
    for (const auto& rule : before->rules)
      if (!find_by(account.rules, [&](auto& r) { return r.rule == rule.rule; }))
        out.emplace_back(account.id, "account " + to_string(account.id) + " " + rule.rule.str() + ": " + flow_text(rule.block) + " -> not there");
  }
  for (const auto& account : now.accounts)
    if (!find_by(next.accounts, [&](auto& a) { return a.id == account.id; }))
      out.emplace_back(account.id, "account " + to_string(account.id) + " is gone: it is no longer guarded");
  return out;
}

std::vector<std::pair<std::string, std::string>> lines_of(const settings& s) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto say = [&](std::string what, std::string value) { out.emplace_back(std::move(what), std::move(value)); };
  say("service.data_dir", s.service.data_dir.string());
  say("service.socket", s.service.socket.string() + " " + std::to_string(s.service.socket_mode) + " " + s.service.administrators);
  say("service.log", s.service.log.level + " " + s.service.log.format + " " + std::to_string(s.service.log.max_size_mb) + " " + std::to_string(s.service.log.keep) + " " + s.service.log.folder.string());
  say("journal.keep_days", format_length(s.journal_keep));
  say("calendar", text_of(s.calendar));
  say("market hours", text_of(s.markets));
  say("quotes.stale_after", format_length(s.quotes_stale_after));
  say("fail_safe", format_length(s.fail_safe.after) + " " + std::string{name_of(s.fail_safe.action)});
  for (const auto& b : s.brokers) {
    broker_settings open = b; // what stands in the database must not tell anything of the key
    open.user_name = open.api_key = open.lacks = "";
    std::string commissions;
    for (const auto& [symbol, amount] : b.commissions)
      commissions += " " + symbol.str() + " " + to_string(amount);
    say("broker " + b.id.str(), text_of(open) + " " + b.user_name + " " + b.api_key_file.string() + commissions);
  }
  for (const auto& a : s.accounts) {
    say("account " + to_string(a.id), a.name + " " + a.broker.str() + (a.carried.empty() ? "" : " (not in the configuration any more)"));
    for (const auto& rule : a.rules)
      say("account " + to_string(a.id) + " " + rule.rule.str(), (rule.enabled ? "" : "off ") + flow_text(rule.block));
  }
  return out;
}

} // namespace rm
