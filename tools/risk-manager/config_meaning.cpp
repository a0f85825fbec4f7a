#include "tools/risk-manager/config_meaning.hpp"

#include "actors/account/day_replay.hpp"
#include "actors/rules/day_trial.hpp"

#include <algorithm>
#include <map>

namespace rm {
namespace {

constexpr std::size_t most_lines = 200; // a profile may have ten thousand accounts, and somebody waits for the answer

using day_views = std::vector<std::shared_ptr<const account_view>>;

const rule_settings* active(const configured_account& account, const rule_name& rule) {
  const auto found = std::find_if(account.rules.begin(), account.rules.end(), [&](auto& r) { return r.rule == rule && r.enabled; });
  return found == account.rules.end() ? nullptr : &*found;
}

std::string tried(const rule_settings& rule, const rule_context& context, const day_views& day) {
  problems found;
  const auto made = make_rule(rule.rule.view(), rule.block, rule.rule.str(), found, context);
  const auto* entry = find_rule(rule.rule.view());
  return made && entry != nullptr ? words_of(try_on(*made, *entry, day)) : "it cannot be tried";
}

void add_account(std::vector<std::string>& out, const configured_account& before, const configured_account& after, const std::vector<account_day>& days) {
  const auto known = std::find_if(days.begin(), days.end(), [&](auto& d) { return d.account == after.id; });
  const auto day = known == days.end() ? day_views{} : replay_day(*known);
  const std::string head = "account " + to_string(after.id) + " ";
  for (const auto& rule : after.rules) {
    const auto* old = active(before, rule.rule);
    if (!rule.enabled || (old != nullptr && flow_text(old->block, true) == flow_text(rule.block, true)))
      continue;
    out.push_back(head + rule.rule.str() + " " + (old != nullptr ? flow_text(old->block) : "(off)") + " -> " + flow_text(rule.block) + ": " + tried(rule, after.context, day));
  }
  for (const auto& rule : before.rules) {
    if (!rule.enabled || active(after, rule.rule) != nullptr)
      continue;
    const bool there = std::any_of(after.rules.begin(), after.rules.end(), [&](auto& r) { return r.rule == rule.rule; });
    out.push_back("! " + head + rule.rule.str() + ": would be " + (there ? "switched off" : "gone") + "; left as it is " + tried(rule, before.context, day));
  }
}

} // namespace

std::vector<std::string> meaning_for_today(const settings& now, const settings& next, const std::vector<account_day>& days) {
  std::vector<std::string> out;
  std::map<account_id, const configured_account*> known;
  for (const auto& before : now.accounts)
    known[before.id] = &before;
  for (const auto& account : next.accounts) {
    if (out.size() >= most_lines) {
      out.emplace_back("and so on: the accounts from " + to_string(account.id) + " on were not tried");
      break;
    }
    if (const auto before = known.find(account.id); before != known.end())
      add_account(out, *before->second, account, days);
  }
  return out;
}

} // namespace rm
