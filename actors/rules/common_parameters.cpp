#include "actors/rules/common_parameters.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr int64_t million = 1'000'000;

std::vector<int64_t> read_rungs(parameter_reader& reader) {
  const parameter* list = reader.get("warn_at");
  if (!list)
    return {800'000};
  if (list->type != parameter::kind::list) {
    reader.complain(*list, "warn_at", "must be a list of shares of the limit such as [0.8]; " + found_text(*list));
    return {};
  }
  std::vector<int64_t> out;
  for (const auto& item : list->items) {
    // money has six digits after the point: its units are millionths
    const auto share = item.type == parameter::kind::scalar ? money::parse(item.text) : std::nullopt;
    if (!share || share->units() <= 0 || share->units() >= million)
      reader.complain(item, "warn_at", "must be a share of the limit between 0 and 1 such as 0.8; " + found_text(item));
    else if (!out.empty() && share->units() <= out.back())
      reader.complain(item, "warn_at", "must be in ascending order, each share once");
    else
      out.push_back(share->units());
  }
  return out;
}

std::vector<std::string> names_of(const std::vector<action>& actions) {
  std::vector<std::string> out;
  for (action a : actions)
    out.emplace_back(name_of(a));
  return out;
}

void read_lock(parameter_reader& reader, breach_response& out) {
  const parameter* block = reader.get("lock");
  if (!block)
    return;
  if (block->type == parameter::kind::scalar && block->text == "none") {
    out.lock = {};
    return;
  }
  if (block->type != parameter::kind::map) {
    reader.complain(*block, "lock", "must be none, or a map such as { mode: flat, until: daily_reset }; " + found_text(*block));
    return;
  }
  parameter_reader lock{*block, reader.where() + ".lock", reader.found()};
  const bool standard_locks = out.lock.mode != lock_mode::none;
  const auto mode = lock.choice("mode", {"reduce_only", "flat"},
                                standard_locks ? std::optional<std::size_t>{out.lock.mode == lock_mode::flat ? 1 : 0} : std::nullopt);
  if (mode)
    out.lock.mode = *mode == 1 ? lock_mode::flat : lock_mode::reduce_only;
  const parameter* until = lock.get("until");
  if (!until) {
    if (!standard_locks)
      lock.miss("until", "until: daily_reset, weekly_reset or a length of time such as 30m");
  } else if (until->type == parameter::kind::scalar && until->text == "daily_reset") {
    out.lock.end = lock_end::daily_reset;
  } else if (until->type == parameter::kind::scalar && until->text == "weekly_reset") {
    out.lock.end = lock_end::weekly_reset;
  } else {
    const auto length = until->type == parameter::kind::scalar ? parse_length(until->text) : std::nullopt;
    if (!length || *length <= duration{})
      lock.complain(*until, "until", "must be daily_reset, weekly_reset or a length of time such as 30m; " + found_text(*until));
    out.lock.end = lock_end::at_time;
    out.lock_for = length.value_or(duration{});
  }
  lock.finish();
}

/// Why an action and a lock do not go together, and what to write instead; "" when they do.
std::string senseless(const breach_response& response, const rule_entry& entry) {
  const auto mode = response.lock.mode;
  if (response.action == action::warn && mode != lock_mode::none)
    return "action warn does not enforce anything, so a lock makes no sense with it: write lock: none, or a stronger action";
  if (mode == lock_mode::flat && response.action != action::flatten)
    return "a flat lock allows no position, so it needs action: flatten (or write mode: reduce_only)";
  if (response.action == action::cancel_order && mode == lock_mode::none && entry.standard.lock.mode != lock_mode::none)
    return "action cancel_order without a lock would let the next entry through: write a lock, or action: flatten";
  return "";
}

void read_breach(parameter_reader& reader, const rule_entry& entry, breach_response& out) {
  const parameter* block = reader.get("on_breach");
  if (!block)
    return;
  const std::size_t before = reader.found().size();
  parameter_reader on_breach{*block, reader.where() + ".on_breach", reader.found()};
  const parameter* chosen = on_breach.get("action");
  if (chosen) {
    const auto words = names_of(entry.actions);
    const std::vector<std::string> all{"warn", "cancel_order", "reduce_to_limit", "close_position", "flatten"};
    const bool known = chosen->type == parameter::kind::scalar && std::find(all.begin(), all.end(), chosen->text) != all.end();
    if (known && std::find(words.begin(), words.end(), chosen->text) == words.end()) {
      std::string allowed;
      for (const auto& word : words)
        allowed += (allowed.empty() ? "" : " or ") + word;
      on_breach.complain(*chosen, "action", chosen->text + " makes no sense for " + entry.name + ": write " + allowed +
                                              (chosen->text == "warn" ? " (for a warning before the limit use warn_at)" : ""));
    } else if (const auto index = on_breach.choice("action", words)) {
      out.action = entry.actions[*index];
      if (out.action == action::warn && !on_breach.has("lock"))
        out.lock = {}; // the standard lock belongs to the standard action
      else if (out.action != action::flatten && out.lock.mode == lock_mode::flat)
        out.lock.mode = lock_mode::reduce_only;
    }
  }
  read_lock(on_breach, out);
  on_breach.finish();
  if (reader.found().size() != before)
    return; // what is senseless shows only once it is well written
  if (const std::string why = senseless(out, entry); !why.empty())
    reader.complain(*block, "on_breach", why);
}

} // namespace

common_parameters read_common(parameter_reader& reader, const rule_entry& entry) {
  common_parameters out;
  out.enabled = reader.flag("enabled", true);
  out.warn_at = read_rungs(reader);
  out.on_breach = entry.standard;
  read_breach(reader, entry, out.on_breach);
  return out;
}

} // namespace rm
