#include "tests/support/scenario.hpp"

#include "actors/rules/catalogue.hpp"
#include "messages/caf/compat.hpp"

namespace rm::test {
namespace {

/// Stands where the admin actor stands, and keeps what it is told.
struct listener_state {
  using handle = admin_actor;
  static inline const char* name = "listener";
  listener_state(handle::pointer self, std::shared_ptr<wiring> house) : self{self}, house{std::move(house)} {}
  handle::behavior_type make_behavior() {
    return {
      [](const client_line&) {},
      [](const client_gone&) {},
      [](const account_changed&) {},
      [](const host_answer&) {},
      [](const traced&) {},
      [this](const wiring& w) { house->take(w); },
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  handle::pointer self;
  std::shared_ptr<wiring> house;
};

} // namespace

scenario::scenario(std::vector<rule_setup> rules, std::filesystem::path database) {
  venue.now = &now;
  parts.storage.database = std::move(database);
  parts.storage.detached = false;
  parts.storage.mirror = make_store_mirror();
  parts.pc_clock = [this] { return now + pc_error; };
  parts.wall_clock = [this] { return venue_time->put_right(now + pc_error, steady()); };
  parts.venue_time = venue_time;
  parts.brokers.emplace_back(broker_id{"sim"}, fake_port_factory(venue.port));
  account_setup account;
  account.account.id = venue.account;
  account.account.name = "SIM";
  account.account.broker = broker_id{"sim"};
  for (auto& rule : rules) {
    const auto* entry = find_rule(rule.name);
    account.account.rules.push_back({rule_name{rule.name}, entry->number, entry->wakes});
  }
  account.rules = std::move(rules);
  parts.accounts.push_back(std::move(account));
  parts.start_admin = [house = house_](caf::actor_system& s) { return spawn_state<listener_state>(s, house); };
  start();
}

void scenario::start() {
  root = start_service(system, parts);
  settle();
  go(std::chrono::milliseconds{300});
  venue.tell_quote();
  settle();
}

account_status scenario::status() {
  auto room = house_->accounts.find(venue.account);
  if (room == house_->accounts.end() || !room->second.desk)
    throw std::runtime_error("the account's actor is not there");
  auto answer = ask_now<account_status>(room->second.desk, get_account_status{});
  if (!answer)
    throw std::runtime_error("no status: " + text_of(answer.error()));
  return *answer;
}

parameter block(std::initializer_list<std::pair<std::string, std::string>> entries) {
  parameter out;
  out.type = parameter::kind::map;
  int line = 0;
  for (auto& [key, value] : entries) {
    parameter leaf;
    leaf.type = parameter::kind::scalar;
    leaf.text = value;
    leaf.line = ++line;
    out.entries.emplace_back(key, std::move(leaf));
  }
  return out;
}

} // namespace rm::test
