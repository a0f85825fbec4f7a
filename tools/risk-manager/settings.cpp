#include "tools/risk-manager/settings.hpp"

#include "actors/admin/hidden_keys.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/settings_parts.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <tuple>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_told = 200; // mistakes; nobody reads more of them at once
constexpr std::uintmax_t largest_file = 16u << 20;
constexpr std::string_view venue_zone = "America/Chicago"; // where ProjectX' own trading day rolls …
constexpr std::chrono::seconds venue_roll = 17h;           // … and when

/// The block under `key`, or an empty one.
const parameter& block_of(parameter_reader& reader, std::string_view key) {
  static const parameter nothing;
  const parameter* found = reader.get(key);
  return found ? *found : nothing;
}

service_settings read_service(parameter_reader& top, reading& r) {
  service_settings out;
  parameter_reader reader{block_of(top, "service"), "service", r.found};
  const auto path = [&](std::string_view key) { return reader.has(key) ? reader.word(key) : std::nullopt; };
  const auto folder = path("data_dir"), socket = path("socket");
  out.data_dir = folder ? r.resolve(*folder) : default_data_dir();
  const bool pipe = socket && socket->rfind("\\\\.\\pipe\\", 0) == 0; // no path, though it looks like one
  out.socket = !socket ? default_socket(out.data_dir) : pipe ? std::filesystem::path{*socket} : r.resolve(*socket);
  const parameter* given = reader.get("data_dir");
  const bool hidden = given && given->hidden;
  if (const auto why = socket_problem(out.socket)) {
    if (const parameter* at = reader.get("socket"))
      reader.complain(*at, "socket", *why);
    else
      reader.complain(reader.map(), "", "the socket's path " + (hidden ? "in data_dir" : out.socket.string()) + " " + *why + " (socket: PATH)");
  }
  if (const auto mode = reader.word("socket_mode", "0666")) {
    const bool octal = mode->size() == 4 && (*mode)[0] == '0' && mode->find_first_not_of("01234567") == std::string::npos;
    if (!octal || ((*mode)[1] & 6) != 6)
      reader.complain(*reader.get("socket_mode"), "socket_mode", "must be written like \"0666\" (everybody here may look) or \"0660\" (the file's group may)");
    else
      out.socket_mode = std::stoll(*mode, nullptr, 8);
  }
  out.administrators = reader.word("administrators", out.administrators).value_or(out.administrators);
  parameter_reader log{block_of(reader, "log"), "service.log", r.found};
  const std::vector<std::string> levels{"trace", "debug", "info", "warn", "error"};
  out.log.level = levels[log.choice("level", levels, 2).value_or(2)];
  const std::vector<std::string> formats{"text", "json"};
  out.log.format = formats[log.choice("format", formats, 0).value_or(0)];
  out.log.max_size_mb = log.count("max_size_mb", 1, 10'000, out.log.max_size_mb).value_or(1);
  out.log.keep = log.count("keep", 1, 1000, out.log.keep).value_or(1);
  if (log.has("folder"))
    if (const auto named = log.word("folder"))
      out.log.folder = r.resolve(*named);
  log.finish();
  reader.finish();
  return out;
}

calendar_settings read_calendar(parameter_reader& top, reading& r, std::string& data) {
  calendar_settings out;
  parameter_reader reader{block_of(top, "calendar"), "calendar", r.found};
  if (const auto zone = reader.word("timezone", out.timezone)) {
    calendar_settings only_zone;
    only_zone.timezone = *zone;
    const parameter* at = reader.get("timezone");
    for (const auto& why : problems_of(only_zone))
      reader.complain(at ? *at : reader.map(), at ? "timezone" : "",
                      (at && at->hidden ? "unknown time zone" : why) + ": write a name such as America/New_York or UTC");
    out.timezone = *zone;
  }
  out.daily_reset = reader.time_of_day("daily_reset", out.daily_reset).value_or(out.daily_reset);
  parameter_reader weekly{block_of(reader, "weekly_reset"), "calendar.weekly_reset", r.found};
  const std::vector<std::string> days{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
  out.weekly_day = std::chrono::weekday{static_cast<unsigned>(weekly.choice("day", days, 1).value_or(1))};
  out.weekly_reset = weekly.time_of_day("time", out.weekly_reset).value_or(out.weekly_reset);
  weekly.finish();
  read_days(reader, "", out);
  data = reader.has("data") ? reader.word("data").value_or("") : "";
  reader.finish();
  return out;
}

fail_safe_settings read_fail_safe(parameter_reader& top, reading& r) {
  fail_safe_settings out;
  parameter_reader reader{block_of(top, "fail_safe"), "fail_safe", r.found};
  out.after = reader.length("after", out.after).value_or(out.after);
  if (out.after > 1h)
    reader.complain(*reader.get("after"), "after", "must be at most 1h: so long would an account stay unguarded");
  out.action = static_cast<fail_safe_action>(reader.choice("action", {"flatten_if_unprotected", "flatten", "alarm_only"}, 0).value_or(0));
  if (const parameter* at = reader.get("after"); at && out.after < 5s && out.action != fail_safe_action::alarm_only)
    r.warnings.push_back({at->line, at->path, "a start and a reconnect take seconds: with less than 5s they may close positions that are in order"});
  reader.finish();
  return out;
}

duration read_stale_after(parameter_reader& top, reading& r) {
  parameter_reader reader{block_of(top, "quotes"), "quotes", r.found};
  const auto out = reader.length("stale_after", 10s).value_or(10s);
  if (out <= 0s || out > 10min)
    reader.complain(*reader.get("stale_after"), "stale_after", "must be longer than 0s and at most 10m");
  reader.finish();
  return out;
}

duration read_journal_keep(parameter_reader& top, reading& r) {
  parameter_reader reader{block_of(top, "journal"), "journal", r.found};
  const auto out = reader.count("keep_days", 1, 3650, 90).value_or(90);
  reader.finish();
  return std::chrono::days{out};
}

/// True when both calendars begin their days at the same instants: in winter, in summer, and where the zones change on different days.
bool same_days(const calendar_settings& a, const calendar_settings& b) {
  const trading_calendar first{a}, second{b};
  using namespace std::chrono;
  for (const auto day : {2025y / 1 / 15, 2025y / 3 / 20, 2025y / 7 / 15, 2025y / 10 / 29})
    if (first.next_daily(sys_days{day}) != second.next_daily(sys_days{day}))
      return false;
  return true;
}

void warn_of_other_roll(parameter_reader& top, const settings& s, reading& r) {
  calendar_settings venue;
  venue.timezone = venue_zone;
  venue.daily_reset = venue_roll;
  if (!problems_of(venue).empty() || !problems_of(s.calendar).empty() || same_days(s.calendar, venue))
    return;
  const parameter* block = top.get("calendar");
  const parameter* at = block ? block->find("daily_reset") : nullptr;
  r.warnings.push_back({at ? at->line : block ? block->line : 0, "calendar.daily_reset",
                        "days end at " + format_time_of_day(s.calendar.daily_reset) + " " + s.calendar.timezone +
                          ", at ProjectX at 17:00 in Chicago: figures differ in between"}); // short: it stands on the trader's screen
}

void read_version(parameter_reader& top) {
  const auto version = top.count("version", 0, 1'000'000);
  if (version && *version != 1)
    top.complain(*top.get("version"), "version", "must be 1: this program knows no other; found " + std::to_string(*version));
}

/// Sorted by line, each once; where a value is wrong in itself, what else would be said of it is left out.
problems tidied(problems all, const problems& first) {
  std::set<std::string_view> wrong_in_themselves;
  for (const auto& p : first)
    wrong_in_themselves.insert(p.path);
  std::erase_if(all, [&](const problem& p) { return !p.path.empty() && wrong_in_themselves.contains(p.path); });
  all.insert(all.begin(), first.begin(), first.end());
  std::stable_sort(all.begin(), all.end(), [](const problem& a, const problem& b) { return std::tie(a.file, a.line) < std::tie(b.file, b.line); });
  std::set<std::tuple<int, std::string, std::string>> told;
  problems out;
  for (auto& p : all)
    if (told.emplace(p.line, p.path, p.text).second)
      out.push_back(std::move(p));
  if (out.size() > most_told) {
    const auto more = out.size() - most_told;
    out.resize(most_told);
    out.push_back({0, "", "and " + std::to_string(more) + " more mistakes: mend these first"});
  }
  return out;
}

struct outcome {
  loaded_settings loaded;
  problems literal_keys; // where an api_key is written out
};

/// What can be wrong with one login while the rest of the configuration can be used, e.g. a key file that is gone.
bool is_of_login(const problem& p) {
  const std::string_view path{p.path};
  return p.file.empty() && path.starts_with("brokers[") &&
         (path.ends_with("].user_name") || path.ends_with("].api_key") || path.ends_with("].api_key_file") || path.ends_with("].ca_file"));
}

/// Sets aside what is wrong with the logins alone. The service starts without them, tells why, and looks for them again.
void part_logins(loaded_settings& loaded, settings& s) {
  const auto ours = std::stable_partition(loaded.found.begin(), loaded.found.end(), [](const problem& p) { return !is_of_login(p); });
  loaded.logins.assign(ours, loaded.found.end());
  loaded.found.erase(ours, loaded.found.end());
  for (std::size_t i = 0; i < s.brokers.size(); ++i) {
    auto& login = s.brokers[i];
    const std::string place = "brokers[" + std::to_string(i) + "].";
    if (login.api_key == hidden_key) {
      login.api_key.clear();
      loaded.logins.push_back({0, place + "api_key", "the key is written out in the configuration itself, and is kept nowhere else"});
    }
    for (const auto& p : loaded.logins)
      if (p.path.starts_with(place) && (p.path.ends_with(".ca_file") || login.user_name.empty() || login.api_key.empty()) && login.lacks.empty())
        login.lacks = p.path + ": " + p.text;
  }
}

outcome read_all(std::string_view text, const std::filesystem::path& folder, const environment& variables, const std::filesystem::path& shipped, const reading_terms& terms) {
  outcome out;
  problems spelling;
  parameter root = read_yaml(text, variables, spelling);
  if (root.type != parameter::kind::map) { // not readable at all, empty, or something else
    if (spelling.empty())
      spelling.push_back({1, "", "holds no keys and values: see etc/risk-manager.yaml for an example"});
    out.loaded.found = std::move(spelling);
    return out;
  }
  if (const parameter* brokers = root.find("brokers"))
    for (const auto& broker : brokers->items)
      if (const parameter* key = broker.find("api_key"); key && key->type == parameter::kind::scalar && !key->hidden) {
        out.literal_keys.push_back({key->line, key->path, ""});
        if (key->text.find_first_of(" \t\r\n,{}[]#\"'\\") != std::string::npos) // so that it can be hidden where the file is shown
          spelling.push_back({key->line, key->path, "must be one word, as the venue gives it: no spaces, commas, brackets, quotes or # in it"});
      }
  hide_secrets(root);

  reading r{folder, shipped, variables, {}, {}};
  r.kept_data = terms.data;
  settings s;
  parameter_reader top{root, "", r.found};
  read_version(top);
  s.service = read_service(top, r);
  out.loaded.data_dir = s.service.data_dir;
  std::string calendar_data;
  s.calendar = read_calendar(top, r, calendar_data);
  s.markets.calendar = s.calendar;
  if (!calendar_data.empty())
    read_calendar_data(calendar_data, r, s);
  read_presets(top, r, s);
  s.journal_keep = read_journal_keep(top, r);
  s.brokers = read_brokers(top, r);
  s.quotes_stale_after = read_stale_after(top, r);
  s.fail_safe = read_fail_safe(top, r);
  read_accounts(top, r, s);
  top.finish();
  if (!s.brokers.empty())
    warn_of_other_roll(top, s, r);

  out.loaded.found = tidied(std::move(r.found), spelling);
  out.loaded.warnings = tidied(std::move(r.warnings), {});
  s.data_files = std::move(r.data_files);
  s.sources = std::make_shared<const config_sources>(std::string{text}, std::move(r.data));
  if (terms.logins_may_lack)
    part_logins(out.loaded, s);
  if (out.loaded.found.empty())
    out.loaded.value = std::move(s);
  return out;
}

} // namespace

loaded_settings read_settings(std::string_view text, const std::filesystem::path& folder, const environment& variables, const std::filesystem::path& shipped,
                              const reading_terms& terms) {
  return read_all(text, folder, variables, shipped, terms).loaded;
}

loaded_settings load_settings(const std::filesystem::path& file, const environment& variables, const reading_terms& terms) {
  const auto refused = [](std::string why) {
    loaded_settings out;
    out.found.push_back({0, "", std::move(why)});
    return out;
  };
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed)
    return refused("cannot be read: " + failed.message() + "; give the path of a configuration file");
  if (size > largest_file)
    return refused("is larger than " + std::to_string(largest_file >> 20) + " MB: this is no configuration");
  std::ifstream in{file, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  if (!in.is_open() || (!in && !in.eof()))
    return refused("cannot be read: check its permissions, and whether another program holds it");
  auto out = read_all(text, std::filesystem::absolute(file, failed).parent_path(), variables, shipped_data(), terms);
  if (!out.literal_keys.empty())
    if (const auto why = exposure_of(file)) {
      for (auto& key : out.literal_keys) {
        key.text = "the key is written out here, and this file " + *why + ", or use ${NAME} or api_key_file";
        (terms.logins_may_lack ? out.loaded.logins : out.loaded.found).push_back(key);
      }
      out.loaded.found = tidied(std::move(out.loaded.found), {});
      if (!out.loaded.found.empty())
        out.loaded.value.reset();
    }
  return std::move(out.loaded);
}

std::string format_problem(const std::filesystem::path& file, const problem& what) {
  std::string out = what.file.empty() ? file.string() : what.file;
  if (what.line > 0)
    out += ":" + std::to_string(what.line);
  if (!what.path.empty())
    out += ": " + what.path;
  return out + ": " + what.text;
}

} // namespace rm
