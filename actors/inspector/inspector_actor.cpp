#include "actors/inspector/inspector_actor.hpp"

#include "actors/inspector/message_words.hpp"
#include "actors/inspector/report.hpp"
#include "messages/caf/compat.hpp"

#include <caf/actor_cast.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <memory>

namespace rm {
namespace {

/// "evaluate after a fill": the message's type, and what is worth saying of it.
template <class... Known>
std::string words_if(const caf::type_erased_tuple& content) {
  std::string words;
  (void)((content.match_elements<Known>() && (words = words_of(content.get_as<Known>(0)), true)) || ...);
  return words;
}

/// As it stands in the source: the actor library's own function leaves it as it is on Windows.
std::string name_of_type(const std::type_info& type) {
  int failed = 0;
  const std::unique_ptr<char, decltype(&std::free)> name{abi::__cxa_demangle(type.name(), nullptr, nullptr, &failed), &std::free};
  return failed == 0 && name ? name.get() : type.name();
}

std::string words_for(const caf::type_erased_tuple& content) {
  if (content.size() == 0)
    return "nothing";
  const auto* type = content.type(0).second;
  std::string kind = type ? name_of_type(*type) : "a message of the actor library";
  if (const auto scope = kind.rfind(':'); scope != std::string::npos)
    kind.erase(0, scope + 1);
  const auto more = words_if<venue_event, evaluate, verdict, enforce, enforcement_report, venue_request, venue_answer, timer_fired, arm_timer, session_reset, journal_entry>(content);
  return more.empty() ? kind : kind + " " + more;
}

struct inspector_state {
  using handle = inspector_actor;
  using promise = caf::typed_response_promise<actor_list>;
  static inline const char* name = "inspector";

  /// Questions under way.
  struct round {
    hearing heard;
    std::size_t outstanding = 1; // until all are asked
    std::vector<promise> askers;
  };
  using round_ptr = std::shared_ptr<round>;

  inspector_state(handle::pointer self, duration patience) : self{self}, patience{patience} {}

  handle::behavior_type make_behavior() {
    return {
      [this](get_actors) -> caf::result<actor_list> { return on_actors_wanted(); },
      [this](const drill_order& m) -> caf::result<order_done> { return on_drill(m); },
      [this](const trace_order& m) -> caf::result<order_done> { return on_trace(m); },
      [this](const traced& m) { on_traced(m); },
      [this](const wiring& w) { ++handled, others.take(w); },
      [this](describe) -> caf::result<description> { return about(); },
    };
  }

  // -- who is there -----------------------------------------------------------------

  /// Everybody may ask, and asking everybody costs: whoever asks while a round is under way shares its answer.
  caf::result<actor_list> on_actors_wanted() {
    ++handled;
    auto later = self->make_response_promise<actor_list>();
    if (under_way) {
      under_way->askers.push_back(later);
      return later;
    }
    const auto asked = under_way = std::make_shared<round>();
    asked->askers.push_back(later);
    asked->heard.descriptions["inspector"] = about();
    put_question<child_list>(asked, "root", others.root, list_children{}, [asked](const child_list& l) { asked->heard.children[account_id{}] = l; });
    for (const auto& [account, wired] : others.accounts)
      put_question<child_list>(asked, actor_name({}, "account " + to_string(account)), wired.supervisor, list_children{},
                               [asked, account = account](const child_list& l) { asked->heard.children[account] = l; });
    for (const auto& [who, actor] : everybody())
      put_question<description>(asked, who, actor, describe{}, [asked, who = who](const description& d) { asked->heard.descriptions[who] = d; });
    settle(asked);
    return later;
  }

  template <class Answer, class Handle, class Question, class Take>
  void put_question(const round_ptr& asked, const std::string& who, const Handle& to, Question question, Take take) {
    if (!to)
      return;
    ++asked->outstanding;
    ask(self, to, patience, std::move(question))
      .then([this, asked, take](const Answer& answer) { take(answer), settle(asked); },
            [this, asked, who](const caf::error& why) { asked->heard.silent[who] = text_of(why), settle(asked); });
  }

  void settle(const round_ptr& asked) {
    if (--asked->outstanding > 0)
      return;
    under_way.reset();
    const auto found = put_together(asked->heard);
    for (auto& asker : asked->askers)
      asker.deliver(found);
  }

  /// All but ourselves, by name.
  std::map<std::string, wired_actor> everybody() const {
    std::map<std::string, wired_actor> out;
    const auto add = [&](std::string who, const auto& actor) {
      if (actor)
        out.emplace(std::move(who), actor);
    };
    add("root", others.root);
    add("persistence", others.persistence);
    add("timers", others.timers);
    add("resets", others.resets);
    add("admin", others.admin);
    for (const auto& [id, broker] : others.brokers)
      add(actor_name({}, "broker " + id.str()), broker);
    for (const auto& [account, wired] : others.accounts) {
      add(actor_name({}, "account " + to_string(account)), wired.supervisor);
      add(actor_name(account, "desk"), wired.desk);
      add(actor_name(account, "enforcement"), wired.enforcement);
      for (const auto& [rule, actor] : wired.rules)
        add(actor_name(account, "rule " + rule.str()), actor);
    }
    return out;
  }

  // -- drills and traces ------------------------------------------------------------

  /// The actor of that name, ourselves included; or nobody, and `why`.
  std::pair<std::string, caf::actor> find(const std::string& asked, std::string& why) const {
    auto all = everybody();
    all.emplace("inspector", handle{self});
    std::vector<std::string> names;
    for (const auto& [who, actor] : all)
      names.push_back(who);
    const auto found = find_actor(asked, names);
    why = found.why;
    return {found.name, found.name.empty() ? caf::actor{} : caf::actor_cast<caf::actor>(all.at(found.name))};
  }

  caf::result<order_done> on_drill(const drill_order& m) {
    ++handled;
    std::string why;
    const auto [who, actor] = find(m.actor, why);
    if (why.empty())
      why = no_drill(who);
    if (!why.empty())
      return caf::make_error(ec::rejected, why);
    post(actor, drill{m.by});
    return order_done{who};
  }

  caf::result<order_done> on_trace(const trace_order& m) {
    ++handled;
    std::string why;
    const auto [who, actor] = find(m.actor, why);
    if (!why.empty())
      return caf::make_error(ec::rejected, why);
    auto order = m;
    order.actor = who;
    post(actor, begin_trace{order, caf::actor_cast<caf::actor>(handle{self}), &words_for});
    return order_done{who};
  }

  void on_traced(const traced& m) {
    ++handled;
    if (others.admin)
      tell(self, others.admin, m);
  }

  description about() {
    ++handled;
    return {"inspector", "inspector", "listening", static_cast<int64_t>(self->mailbox().size()), handled, {}};
  }

  round_ptr under_way;
  handle::pointer self;
  duration patience;
  wiring others;
  int64_t handled = 0;
};

} // namespace

inspector_actor start_inspector(caf::actor_system& system, duration patience) { return spawn_state<inspector_state>(system, patience); }

} // namespace rm
