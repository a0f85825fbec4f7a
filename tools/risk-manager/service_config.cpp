#include "tools/risk-manager/service_config.hpp"

#include "actors/persistence/chain_hash.hpp"
#include "tools/risk-manager/config_desk.hpp"
#include "tools/risk-manager/config_record.hpp"
#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/removed_accounts.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace rm {
namespace {

/// Who has changed the files that are being read again, in words.
std::string author_of(const std::optional<admin_change>& change, const std::string& file, const settings& read) {
  const bool ours = change && mark_of(file) == change->mark;
  if (ours && !change->others_before)
    return "changed with risk-admin by " + change->by + " (" + change->reason + ")";
  return "changed outside risk-admin" + (ours ? ", and then with it by " + change->by + " (" + change->reason + ")" : std::string{}) + "; " + last_written(file, read);
}

/// A configuration that was read again, and why it is not what its file says: then it is what was in force, with logins as they are now.
struct read_anew {
  loaded_settings loaded;
  std::string file_trouble = {};
};

/// The configuration as its files are now, and what of that keeps it from coming into force while the service runs. Where some logins are
/// lacking already, or the files could not be used at all, what can be used without them is better than nothing.
read_anew read_again(const std::string& file, const config_state& state) {
  const auto read = [&](const reading_terms& terms) {
    auto out = load_settings(file, process_environment(), terms);
    if (out.value) {
      carry_on(*out.value, state.in_force);
      for (const auto& all : {needs_restart(state.in_force, *out.value), removed_while_locked(state.in_force, *out.value)})
        out.found.insert(out.found.end(), all.begin(), all.end());
    }
    return out;
  };
  auto loaded = read({});
  if (loaded.found.empty() || !state.trouble)
    return {loaded};
  reading_terms terms;
  terms.logins_may_lack = true;
  if (auto without = read(terms); without.found.empty())
    return {without};
  const auto why = words_of(loaded.found, file);
  if (!state.trouble->logins.empty())
    if (auto before = read_kept_settings({file, {}, {}, *state.in_force.sources}); before.value && words_of(before.logins, file) != state.trouble->logins) {
      carry_on(*before.value, state.in_force);
      return {before, why};
    }
  return {loaded, why};
}

} // namespace

std::vector<journal_entry> keep_and_say(const start_config& start, const config_state& state, const service_origin& origin) {
  std::vector<journal_entry> out;
  if (state.trouble)
    out = say_trouble(state.trouble, origin.wall_clock());
  bool all_kept = true;
  for (const auto& account : state.in_force.accounts)
    if (!account.carried.empty()) {
      spdlog::warn("{}", words_of_carried(account));
      out.push_back({origin.wall_clock(), account.id, "config", {}, words_of_carried(account), -1});
    }
  for (const auto& [account, from] : start.carried)
    try {
      keep_account(state.in_force.service.data_dir, account, from);
    } catch (const std::exception& why) {
      all_kept = false; // then the copy that has the account still must stay
      spdlog::error("the settings of account {} are not kept for the next start: {}", account.value, why.what());
    }
  if (state.trouble || !all_kept)
    return out;
  keep(state, origin);
  forget_listed(state.in_force);
  return out;
}

constexpr int look_seldom = 60; // looks

void look_again_at_all(app& service, service_log& log, const std::string& file, config_state& state, const service_origin& origin, boost::asio::io_context& io) {
  const auto carried = carried_in(state.in_force);
  const bool freed = locked_of(state.in_force, carried).size() < carried.size();
  state.freed_looks = freed ? state.freed_looks + 1 : 0; // a rule that still breaches locks again in the moment after an unlock
  if (state.freed_looks >= 2) {
    state.freed_looks = -look_seldom; // where the file cannot be used now
    reload(service, log, file, state, origin, io, true);
  } else if (state.trouble)
    reload(service, log, file, state, origin, io, false);
}

void keep(const config_state& state, const service_origin& origin) {
  try {
    keep_config(state.in_force, {origin.config_file, state.record.mark, origin.wall_clock(), *state.in_force.sources});
  } catch (const std::exception& why) {
    spdlog::error("the configuration in force is not kept for a start at which its file cannot be used: {}", why.what());
  }
}

std::vector<journal_entry> say_trouble(const std::optional<config_trouble>& trouble, timestamp now) {
  std::vector<journal_entry> out;
  for (auto& line : trouble ? lines_of(*trouble) : std::vector<std::string>{"the configuration can be used again, and all of it is in force"}) {
    trouble ? spdlog::critical("{}", line) : spdlog::info("{}", line);
    out.push_back({now, {}, "config", {}, std::move(line), -1});
  }
  return out;
}

void reload(app& service, service_log& log, const std::string& file, config_state& state, const service_origin& origin, boost::asio::io_context& io, bool asked) {
  auto& in_force = state.in_force;
  const auto change = std::exchange(state.change, std::nullopt);
  auto [loaded, file_trouble] = read_again(file, state);
  const auto before = state.trouble;
  if (before) {
    config_trouble now{file_trouble, loaded.found.empty() ? words_of(loaded.logins, file) : before->logins, before->kept, before->since};
    if (!asked && now.same_as(*before))
      return;
    state.trouble = now.file.empty() && now.logins.empty() ? std::nullopt : std::optional{now};
  }
  const auto standing = state.trouble ? alarms_of(*state.trouble) : std::vector<alarm>{};
  std::vector<journal_entry> notes;
  const auto note = [&](std::string text, account_id account = {}) { notes.push_back({origin.wall_clock(), account, "config", {}, std::move(text), -1}); };
  if (!loaded.found.empty()) {
    std::string first;
    for (auto& problem : loaded.found) {
      spdlog::error("{}", format_problem(file, problem));
      if (first.empty())
        first = format_problem(file, problem);
    }
    note("the configuration was read again and refused, the one before stays in force (" + author_of(change, file, in_force) + "); " + std::to_string(loaded.found.size()) + " problem(s), the first: " + first);
    const alarm refused{"configuration refused", severity::warning, "a changed configuration was refused and is not in force: " + first, origin.wall_clock()};
    return service.reload(parts_from(in_force, {}, before ? standing : std::vector{refused}, origin, io), std::move(notes));
  }
  const auto changes = differences(in_force, *loaded.value);
  auto record = record_of(file, *loaded.value);
  if (!file_trouble.empty())
    record.mark = state.record.mark;
  const bool touched = !changes.empty() || record.mark != state.record.mark;
  const auto author = author_of(change, file, *loaded.value);
  const std::string what = !changes.empty() ? std::to_string(changes.size()) + " change(s)" : touched ? "nothing has changed that acts, but its files have" : "nothing has changed";
  note("the configuration was read again: " + what + (touched ? ", " + author : ""));
  const bool outside = author.starts_with("changed outside");
  for (auto& [account, text] : changes)
    note((outside ? "changed outside risk-admin: " : "") + text, account);
  for (auto& warning : loaded.warnings)
    spdlog::warn("{}", format_problem(file, warning));
  if (in_force.service.log.level != loaded.value->service.log.level)
    log.set_level("", loaded.value->service.log.level);
  if (before)
    for (auto& line : say_trouble(state.trouble, origin.wall_clock()))
      notes.push_back(std::move(line));
  for (const auto account : carried_in(in_force))
    if (std::none_of(loaded.value->accounts.begin(), loaded.value->accounts.end(), [&](auto& a) { return a.id == account && !a.carried.empty(); }))
      forget_account(in_force.service.data_dir, account);
  in_force = std::move(*loaded.value);
  state.record = record;
  if (!state.trouble)
    keep(state, origin);
  service.reload(parts_from(in_force, loaded.warnings, standing, origin, io), std::move(notes), std::move(record));
}

bool carry_out(const config_order& order, const std::function<void(bool, std::string)>& answer, const std::string& file, config_state& state) {
  const auto& in_force = state.in_force;
  try {
    if (order.step == config_step::show)
      return answer(true, shown_json(file, in_force)), false;
    const std::string before = text_of_file(file);
    const auto text = with_keys(order.text, before);
    if (!text)
      return answer(false, "a hidden key cannot be told apart in this text: leave the logins as they are, or change the file itself"), false;
    const auto verdict = judge_text(*text, file, in_force, order.days);
    if (order.step == config_step::check)
      return answer(true, verdict_json(verdict, file)), false;
    if (!order.base.empty() && order.base != fingerprint(before))
      return answer(false, "the configuration has changed meanwhile: look at it again, and make the change there"), false;
    if (!verdict.loaded.found.empty())
      return answer(false, std::to_string(verdict.loaded.found.size()) + " problem(s), the first: " + format_problem(file, verdict.loaded.found.front())), false;
    const bool others_before = record_of(file, in_force).mark != state.record.mark;
    replace_file(file, *text);
    state.change = admin_change{order.by, order.reason, sha256_of(*text), others_before};
    if (const auto room = spdlog::get("admin"))
      room->info("{} changes the configuration: {}", order.by, order.reason);
    answer(true, verdict_json(verdict, file));
    return true;
  } catch (const std::exception& why) {
    answer(false, why.what());
    return false;
  }
}

bool carry_out(const key_order& order, const std::function<void(bool, std::string)>& answer, const std::string& file, config_state& state) {
  try {
    const bool others_before = record_of(file, state.in_force).mark != state.record.mark;
    put_key(state.in_force, order.broker, order.key);
    state.change = admin_change{order.by, order.reason, mark_of(file), others_before};
    answer(true, "{\"done\":\"another key of " + order.broker.str() + "\"}");
    return true;
  } catch (const std::exception& why) {
    answer(false, why.what());
    return false;
  }
}

} // namespace rm
