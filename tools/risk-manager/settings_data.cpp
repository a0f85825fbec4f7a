// The data files beside the configuration: the market's calendar, and the firms' limits.
#include "actors/rules/sessions.hpp"
#include "tools/risk-manager/settings_parts.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace rm {
namespace {

__extension__ using wide = __int128;

using rule_blocks = std::vector<std::pair<std::string, parameter>>;

/// Rules whose limit counts things; the others limit money.
bool counts(const std::string& rule) { return rule == "max_contracts" || rule == "max_contracts_per_instrument" || rule == "max_trades_per_day"; }

void move_problems(problems& from, const std::string& file, problems& to) {
  for (auto& p : from) {
    p.file = file;
    to.push_back(std::move(p));
  }
  from.clear();
}

/// The items of an optional list.
const std::vector<parameter>& items_of(parameter_reader& reader, std::string_view key) {
  static const std::vector<parameter> none;
  const parameter* list = reader.get(key);
  if (list && list->type != parameter::kind::list && list->type != parameter::kind::null)
    reader.complain(*list, key, "must be a list; " + found_text(*list));
  return list && list->type == parameter::kind::list ? list->items : none;
}

/// Source and date: data without them cannot be checked by anybody.
void read_origin(parameter_reader& reader, std::string& source, std::string& as_of) {
  source = reader.word("source").value_or("");
  if (const parameter* at = reader.require("as_of"))
    if (read_date(reader, *at, "as_of"))
      as_of = at->text;
}

/// Somebody's own data file is never renewed: said when what is shipped is newer.
void say_when_outdated(const std::string& name, const std::string& as_of, reading& r) {
  const auto own = r.data_file(name), shipped = r.shipped / name;
  std::ifstream in{shipped, std::ios::binary};
  if (r.shipped.empty() || own == shipped || !in.is_open())
    return;
  const std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  problems not_ours;
  const parameter there = read_yaml(text, r.variables, not_ours);
  const parameter* newer = there.find("as_of");
  if (!newer || newer->text <= as_of)
    return;
  problem out{0, "", "is as of " + as_of + "; the shipped " + shipped.string() + " is as of " + newer->text + ": remove this file to take that one, or take over what was changed here"};
  out.file = own.string();
  r.warnings.push_back(std::move(out));
}

/// A limit with so many percent kept below it, rounded down.
void keep_below(parameter& limit, int64_t percent, bool whole) {
  const auto amount = limit.type == parameter::kind::scalar ? money::parse(limit.text) : std::nullopt;
  if (!amount)
    return; // said where the rule is made
  const int64_t unit = whole ? money::one : money::one / 100;
  const auto kept = static_cast<int64_t>(wide{amount->units()} * (100 - percent) / 100 / unit) * unit;
  const auto out = money::from_units(std::max(kept, unit));
  limit.text = whole ? std::to_string(out.units() / money::one) : to_string(out);
}

} // namespace

std::optional<trading_date> read_date(parameter_reader& reader, const parameter& at, std::string_view key) {
  trading_date out{};
  if (at.type == parameter::kind::scalar && parse_date(at.text, out))
    return out;
  reader.complain(at, key, "must be a date such as 2026-12-25; " + found_text(at));
  return std::nullopt;
}

void read_days(parameter_reader& reader, const std::string& zone, calendar_settings& out) {
  for (const auto& item : items_of(reader, "holidays"))
    if (const auto date = read_date(reader, item, "holidays"))
      out.holidays.push_back(*date);
  for (const auto& item : items_of(reader, "early_closes")) {
    parameter_reader close{item, "early_closes", reader.found()};
    const parameter* at = close.require("date");
    const auto date = at ? read_date(close, *at, "date") : std::nullopt;
    const auto time = close.time_of_day("time");
    close.finish();
    if (date && time)
      out.early_closes.push_back({*date, *time, zone});
  }
}

std::filesystem::path reading::data_file(const std::string& name) const {
  const auto own = resolve(name);
  const bool bare = std::filesystem::path{name}.filename() == std::filesystem::path{name};
  std::error_code ignored;
  if (!bare || shipped.empty() || std::filesystem::exists(own, ignored) || !std::filesystem::exists(shipped / name, ignored))
    return own;
  return shipped / name;
}

parameter read_side_file(const std::string& name, reading& r, problems& found) {
  const auto path = r.data_file(name);
  r.data_files.push_back(path);
  const auto* kept = r.kept_data;
  const bool is_kept = kept && kept->contains(name);
  std::ifstream in;
  if (!is_kept)
    in.open(path, std::ios::binary);
  const bool readable = is_kept || in.is_open();
  std::string text = is_kept ? kept->at(name) : std::string{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  problems spelling;
  parameter out;
  if (!readable || text.size() > (1u << 20))
    spelling.push_back({0, "", readable ? "is too large for such a file" : "cannot be read; paths are relative to the configuration's folder"});
  else
    out = read_yaml(text, r.variables, spelling);
  r.data[name] = std::move(text);
  if (spelling.empty() && out.type != parameter::kind::map)
    spelling.push_back({1, "", "holds no keys and values"});
  move_problems(spelling, path.string(), found);
  return out;
}

void read_calendar_data(const std::string& file, reading& r, settings& out) {
  const std::size_t before = r.found.size();
  const parameter root = read_side_file(file, r, r.found);
  if (r.found.size() != before)
    return;
  problems found;
  parameter_reader reader{root, "", found};
  std::string source, as_of;
  read_origin(reader, source, as_of);
  const auto zone = reader.word("timezone", "America/Chicago").value_or("America/Chicago");
  if (const auto why = zone_problem(zone); !why.empty() && reader.has("timezone"))
    reader.complain(*reader.get("timezone"), "timezone", why);
  if (const parameter* block = reader.get("markets")) {
    parameter_reader markets{*block, "markets", found};
    for (const auto& [symbol, spans] : markets.map().entries) {
      auto read = read_spans(markets, symbol, weekdays_only, zone);
      if (symbol == "default")
        out.markets.standard = std::move(read);
      else if (symbol_name::fits(symbol))
        out.markets.by_symbol[symbol] = std::move(read);
      else
        markets.complain(spans, symbol, "is no symbol");
    }
    markets.finish();
  }
  read_days(reader, zone, out.calendar);
  reader.finish();
  out.markets.calendar = out.calendar;
  move_problems(found, r.data_file(file).string(), r.found);
  say_when_outdated(file, as_of, r);
}

void read_presets(parameter_reader& top, reading& r, settings& out) {
  const auto file = top.has("presets") ? top.word("presets") : std::nullopt;
  if (!file)
    return;
  const std::size_t before = r.found.size();
  const parameter root = read_side_file(*file, r, r.found);
  if (r.found.size() != before)
    return;
  problems found;
  parameter_reader reader{root, "", found};
  preset next;
  read_origin(reader, next.source, next.as_of);
  if (const parameter* list = reader.require("presets")) {
    parameter_reader all{*list, "presets", found};
    for (const auto& [name, content] : all.map().entries) {
      parameter_reader one{content, "presets." + name, found};
      next.name = name;
      one.word("about", "");
      const parameter* rules = one.require("rules");
      next.rules = rules && rules->type == parameter::kind::map ? rules->entries : rule_blocks{};
      for (const auto& [rule, block] : next.rules) // a preset is right by itself
        make_rule(rule, block, "presets." + name + ".rules." + rule, found);
      one.finish();
      out.presets.push_back(next);
    }
  }
  reader.finish();
  move_problems(found, r.data_file(*file).string(), r.found);
  say_when_outdated(*file, next.as_of, r);
}

rule_blocks preset_rules(parameter_reader& profile, const settings& known) {
  const parameter* block = profile.get("preset");
  if (!block)
    return {};
  parameter_reader reader{*block, profile.where() + ".preset", profile.found()};
  const auto name = reader.word("name");
  const auto margin = reader.count("safety_margin", 0, 90, 0);
  reader.finish();
  if (!name || !margin)
    return {};
  const auto found = std::find_if(known.presets.begin(), known.presets.end(), [&](auto& p) { return p.name == *name; });
  if (found == known.presets.end()) {
    std::vector<std::string> names;
    for (const auto& p : known.presets)
      names.push_back(p.name);
    const auto meant = nearest(*name, names);
    reader.complain(*reader.get("name"), "name",
                    names.empty() ? "there are no presets: name their file with presets: FILE" : "there is no such preset; " + (meant.empty() ? "known are: " + names.front() + " …" : "did you mean " + meant + "?"));
    return {};
  }
  auto out = found->rules;
  for (auto& [rule, terms] : out) {
    for (auto& [key, value] : terms.entries) {
      if (key == "limit")
        keep_below(value, *margin, counts(rule));
      value.line = block->line;
      value.path = block->path + "." + rule + "." + key;
    }
    terms.line = block->line;
    terms.path = block->path + "." + rule;
  }
  return out;
}

void check_against_preset(const parameter& profile, const rule_blocks& rules, const settings& known, reading& r) {
  const parameter* block = profile.find("preset");
  const parameter* name = block ? block->find("name") : nullptr;
  if (!name)
    return;
  for (const auto& firm : known.presets) {
    if (firm.name != name->text)
      continue;
    for (const auto& [rule, terms] : firm.rules) {
      const auto ours = std::find_if(rules.begin(), rules.end(), [&rule = rule](auto& x) { return x.first == rule; });
      const parameter* theirs = terms.find("limit");
      const parameter* limit = ours == rules.end() ? nullptr : ours->second.find("limit");
      const parameter* enabled = ours == rules.end() ? nullptr : ours->second.find("enabled");
      const auto a = limit && limit->type == parameter::kind::scalar ? money::parse(limit->text) : std::nullopt;
      const auto b = theirs ? money::parse(theirs->text) : std::nullopt;
      const bool off = enabled && enabled->text == "false";
      if (off || (a && b && *a > *b))
        r.warnings.push_back({off ? enabled->line : limit->line, off ? enabled->path : limit->path,
                              (off ? rule + " is switched off" : "is looser") + " than the firm's own limit of " + (theirs ? theirs->text : "") + " (" + firm.source + ", " + firm.as_of + "): the firm will act first"});
    }
  }
}

} // namespace rm
