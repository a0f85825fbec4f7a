#include "actors/rules/rule_actor.hpp"

#include "actors/kill_point.hpp"
#include "actors/rules/catalogue.hpp"
#include "messages/caf/compat.hpp"

#include <array>
#include <stdexcept>

namespace rm {
namespace {

std::unique_ptr<rule> made_rule(const std::string& name, const parameter& block, const rule_context& context) {
  problems found;
  auto made = make_rule(name, block, name, found, context);
  if (!found.empty())
    throw std::invalid_argument(found.front().path + ": " + found.front().text);
  if (!made)
    throw std::invalid_argument(name + " is switched off");
  return made;
}

struct rule_state {
  using handle = rule_actor;
  static inline const char* name = "rule";

  rule_state(handle::pointer self, account_id account, const std::string& rule_name, const parameter& block, const rule_context& context)
    : self{self}, account{account}, hosted_name{rule_name}, hosted{made_rule(rule_name, block, with_lock(context))} {}

  rule_context with_lock(rule_context context) const {
    context.locked_until = locked_until;
    return context;
  }

  handle::behavior_type make_behavior() {
    return {
      [this](const evaluate& question) { on_evaluate(question); },
      [this](const wiring& w) { on_wiring(w); },
      [this](const describe&) { return on_describe(); },
    };
  }

  void on_evaluate(const evaluate& question) {
    ++handled;
    newest[static_cast<std::size_t>(question.view->cause)] = question.view->now;
    if (question.memory)
      recall(*question.memory);
    if (!desk)
      waiting = question.view;
    else
      answer(*question.view);
  }

  void recall(rule_memory kept) {
    if (const auto lock = kept.extract(locked_until_key); !lock.empty())
      *locked_until = timestamp{duration{lock.mapped()}};
    hosted->recall(kept);
  }

  void on_wiring(const wiring& w) {
    ++handled;
    const auto found = w.accounts.find(account);
    desk = found != w.accounts.end() ? found->second.desk : account_actor{};
    if (desk && waiting)
      answer(*std::exchange(waiting, nullptr));
  }

  void answer(const account_view& view) {
    verdict spoken = judge(*hosted, hosted_name, view);
    last_level = spoken.level;
    last_reason = spoken.reason;
    last_evaluated = view.now;
    RM_KILL_POINT("verdict.before", name_of(spoken.level));
    tell(self, desk, std::move(spoken));
  }

  description on_describe() {
    description out{name, "rule " + hosted_name.str() + " of " + to_string(account), std::string{name_of(last_level)},
                    static_cast<int64_t>(self->mailbox().size()), ++handled, {}};
    if (!last_reason.empty())
      out.state += ": " + last_reason;
    out.detail.push_back("evaluated " + (last_evaluated == timestamp{} ? "never" : format_time(last_evaluated)));
    for (std::size_t i = 0; i < wake_count; ++i)
      if (newest[i] != timestamp{})
        out.detail.push_back("newest " + std::string{name_of(static_cast<wake>(i))} + " " + format_time(newest[i]));
    return out;
  }

  handle::pointer self;
  account_id account;
  rule_name hosted_name;
  std::shared_ptr<timestamp> locked_until = std::make_shared<timestamp>(); // before `hosted`, which is made with it
  std::unique_ptr<rule> hosted;
  account_actor desk;
  std::shared_ptr<const account_view> waiting; // newest view that came before the first wiring
  std::array<timestamp, wake_count> newest{};  // of each kind of event
  level last_level = level::not_evaluable;
  std::string last_reason;
  timestamp last_evaluated{};
  int64_t handled = 0;
};

} // namespace

rule_actor start_rule(caf::actor_system& system, account_id account, std::string rule_name, parameter block, rule_context context) {
  return spawn_state<rule_state>(system, account, std::move(rule_name), std::move(block), std::move(context));
}

} // namespace rm
