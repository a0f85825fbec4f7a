#include "actors/app.hpp"

#include "actors/account/account_actor.hpp"
#include "actors/broker/broker_actor.hpp"
#include "actors/enforcement/enforcement_actor.hpp"
#include "actors/inspector/inspector_actor.hpp"
#include "actors/resets/reset_actor.hpp"
#include "actors/rules/rule_actor.hpp"
#include "actors/supervisor/supervisor_actor.hpp"
#include "actors/timers/timer_actor.hpp"
#include "messages/caf/compat.hpp"
#include "messages/caf/loop_scheduler.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor.hpp>
#include <caf/actor_system_config.hpp>

#include <algorithm>

namespace rm {
namespace {

/// The actors of one account. The account itself comes last: whom it tells is there before it speaks. They share its configuration, which
/// is larger than all that they make of it.
std::vector<child_spec> account_children(const std::shared_ptr<const account_setup>& setup) {
  const auto id = setup->account.id;
  std::vector<child_spec> out;
  out.reserve(setup->rules.size() + 2);
  out.push_back({"enforcement", {}, {}, [setup, closings = make_closing_book()](caf::actor_system& system, wiring& others, const stored_account&) {
                   const auto id = setup->account.id;
                   auto& room = others.accounts[id];
                   room.account = id;
                   room.broker = setup->account.broker;
                   room.enforcement = start_enforcement(system, {id, room.broker, closings});
                   return caf::actor_cast<caf::actor>(room.enforcement);
                 }, {}, {}});
  for (std::size_t i = 0; i < setup->rules.size(); ++i)
    out.push_back({"rule " + setup->rules[i].name, {}, {}, [setup, i](caf::actor_system& system, wiring& others, const stored_account&) {
                     const auto& rule = setup->rules[i];
                     auto& handle = others.accounts[setup->account.id].rules[rule_name{rule.name}];
                     handle = start_rule(system, setup->account.id, rule.name, rule.block, setup->context);
                     return caf::actor_cast<caf::actor>(handle);
                   }, {}, {}});
  out.push_back({"desk", {}, id, [setup](caf::actor_system& system, wiring& others, const stored_account& kept) {
                   auto& room = others.accounts[setup->account.id];
                   room.desk = start_account(system, setup->account, kept);
                   return caf::actor_cast<caf::actor>(room.desk);
                 }, {}, {}});
  return out;
}

clock_source clocks_of(const service_parts& parts) {
  clock_source out{parts.wall_clock, parts.pc_clock};
  if (parts.venue_time) {
    out.known = [venue = parts.venue_time] { return venue->known(); };
    out.trouble = [venue = parts.venue_time] { return venue->trouble(); };
  }
  return out;
}

} // namespace

// -- the start list ---------------------------------------------------------------

std::vector<child_spec> root_children(const service_parts& parts) {
  std::vector<child_spec> list;
  list.push_back({"persistence", {}, {}, [storage = parts.storage](caf::actor_system& s, wiring& others, const stored_account&) {
                    others.persistence = start_persistence(s, storage);
                    const auto handle = caf::actor_cast<caf::actor>(others.persistence);
                    if (auto* loop = dynamic_cast<loop_scheduler*>(&s.scheduler()))
                      loop->set_apart(handle); // it waits for the disk
                    return handle;
                  }, {}, {}});
  list.push_back({"timers", {}, {}, [clock = clocks_of(parts)](caf::actor_system& s, wiring& others, const stored_account&) {
                    others.timers = start_timers(s, clock);
                    return caf::actor_cast<caf::actor>(others.timers);
                  }, {}, {}});
  for (auto& [id, factory] : parts.brokers)
    list.push_back({"broker " + id.str(), {}, {}, [id = id, factory = factory, rest = parts.accounts_rest](caf::actor_system& s, wiring& others, const stored_account&) {
                      others.brokers[id] = start_broker(s, id, factory, rest);
                      return caf::actor_cast<caf::actor>(others.brokers[id]);
                    }, {}, [id = id](wiring& others) { others.brokers.erase(id); }});
  for (auto& account : parts.accounts)
    list.push_back({"account " + to_string(account.account.id), {}, {},
                    [setup = std::make_shared<const account_setup>(account), clock = parts.wall_clock](caf::actor_system& s, wiring&, const stored_account&) {
                      const auto id = setup->account.id;
                      return caf::actor_cast<caf::actor>(start_supervisor(s, {"account " + to_string(id), account_children(setup), id, clock}));
                    }, {}, {}, account.account.id});
  list.push_back({"resets", {}, {}, [calendar = parts.calendar](caf::actor_system& s, wiring& others, const stored_account&) {
                    others.resets = start_resets(s, calendar);
                    return caf::actor_cast<caf::actor>(others.resets);
                  }, {}, {}});
  list.push_back({"inspector", {}, {}, [](caf::actor_system& s, wiring& others, const stored_account&) {
                    others.inspector = start_inspector(s);
                    return caf::actor_cast<caf::actor>(others.inspector);
                  }, {}, {}});
  if (parts.start_admin)
    list.push_back({"admin", {}, {}, [start = parts.start_admin](caf::actor_system& s, wiring& others, const stored_account&) {
                      others.admin = start(s);
                      return caf::actor_cast<caf::actor>(others.admin);
                    }, {}, {}});
  for (auto& child : list)
    if (const auto known = parts.fingerprints.find(child.name); known != parts.fingerprints.end())
      child.fingerprint = known->second;
  return list;
}

supervisor_actor start_service(caf::actor_system& system, const service_parts& parts) {
  supervisor_settings root;
  root.wall_clock = parts.wall_clock;
  root.children = root_children(parts);
  return start_supervisor(system, std::move(root));
}

// -- the process ------------------------------------------------------------------

namespace {

struct service_config : caf::actor_system_config {
  explicit service_config(const loop_post& post) {
    module_factories.push_back([post](caf::actor_system& system) -> caf::actor_system::module* { return new loop_scheduler{system, post}; });
    set("scheduler.max-throughput", std::size_t{100});
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

} // namespace

/// Members are destroyed bottom-up: handles die before the system.
struct app::parts {
  explicit parts(const loop_post& post) : config{post}, system{config} {}
  service_config config;
  caf::actor_system system;
  supervisor_actor root;
  caf::actor watcher;
};

app::app(std::function<void(std::function<void()>)> post) : parts_{std::make_unique<parts>(post)} {}
app::~app() {
  if (auto* loop = dynamic_cast<loop_scheduler*>(&parts_->system.scheduler()))
    loop->leave_loop();
}

caf::actor_system& app::system() { return parts_->system; }

namespace {

/// Says first when everybody runs, then every `beat_interval` that the root supervisor still answers.
struct watch_state {
  std::function<void(bool)> on_beat;
  bool ready = false;

  void look(caf::event_based_actor* self, const supervisor_actor& root) {
    ask(self, root, app::beat_interval * 5, list_children{})
      .then([=, this](const child_list& now) {
              const bool all = std::all_of(now.children.begin(), now.children.end(), [](auto& c) { return c.running; });
              ready = ready || all;
              on_beat(all);
              tell_after(self, caf::actor{self}, ready ? std::chrono::milliseconds{app::beat_interval} : std::chrono::milliseconds{100}, poll{});
            },
            [=](const caf::error&) { tell_after(self, caf::actor{self}, std::chrono::seconds{1}, poll{}); });
  }
};

} // namespace

void app::start(const service_parts& service, std::function<void(std::string)> on_end, std::function<void(bool)> on_beat) {
  parts_->root = start_service(parts_->system, service);
  // Somebody must hold it: an actor that nobody can reach ends at once.
  parts_->watcher = parts_->system.spawn([root = parts_->root, on_end = std::move(on_end), beat = std::make_shared<watch_state>(watch_state{std::move(on_beat)})](
                                           caf::event_based_actor* watcher) -> caf::behavior {
    watcher->monitor(root);
    watcher->set_down_handler([watcher, on_end](const caf::down_msg& down) {
      const bool ordered = !down.reason || down.reason == caf::exit_reason::user_shutdown;
      on_end(ordered ? "" : text_of(down.reason));
      watcher->quit();
    });
    if (beat->on_beat)
      beat->look(watcher, root);
    return {[=](poll) { beat->look(watcher, root); }};
  });
}

void app::reload(const service_parts& parts, std::vector<journal_entry> notes, std::optional<config_in_force> config) {
  post(parts_->root, replace_children{std::make_shared<const std::vector<child_spec>>(root_children(parts)), std::move(notes), std::move(config), false});
}

void app::note(std::vector<journal_entry> lines) { post(parts_->root, replace_children{nullptr, std::move(lines), std::nullopt, false}); }

void app::woke(journal_entry note) { post(parts_->root, replace_children{nullptr, {std::move(note)}, std::nullopt, true}); }

void app::stop() { post(parts_->root, stop_all{}); }

} // namespace rm
