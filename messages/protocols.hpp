// THE MAP: who can be told what, and who answers what. One typed handle per kind of actor, one line of prose per clause.
//
//  venue ⇄ broker ── venue_event ──▶ account ── evaluate ──▶ rule (one per rule)
//             ▲                        │  ▲                    │
//             └─ venue_request ─ enforcement ◀─ enforce ┘  └──── verdict ┘
//  timer ── timer_fired, clock_tick ──▶ account, enforcement, reset        reset ── session_reset ──▶ account
//  everyone ── save_*, journal_entry ──▶ persistence (the only writer of the database)
//  supervisor: starts, watches and restarts all; sends each child its `wiring`, and what changes in it
//  admin ⇄ local socket        inspector: asks everyone to describe itself
#pragma once

#include "messages/admin.hpp"
#include "messages/caf/registration.hpp"
#include "messages/enforcement.hpp"
#include "messages/inspection.hpp"
#include "messages/storage.hpp"
#include "messages/supervision.hpp"

#include <caf/typed_actor.hpp>

namespace rm {

/// Everyone: can be told its collaborators, and says what it is doing.
using wired_actor = caf::typed_actor<
  accepts<wiring>,                              // these are your collaborators from now on
  answers<describe, description>>;              // what are you doing?

/// One trading account: its ledger, its locks.
using account_actor = caf::typed_actor<
  accepts<venue_event>,                         // the venue, or the link to it, has news
  accepts<verdict>,                             // a rule has spoken
  accepts<enforcement_report>,                  // a step or the end of the enforcement case
  accepts<closes_asked>,                        // these closes are under way: to be kept
  accepts<timer_fired>,                         // a lock's end or another deadline has come
  accepts<clock_tick>,                          // the time is …
  accepts<session_reset>,                       // a trading day or week has begun
  answers<reset_order, order_done>,             // an administrator's reset
  answers<unlock_order, order_done>,            // … takes locks away
  answers<lock_order, order_done>,              // … locks it
  answers<flatten_order, order_done>,           // … has it closed at the venue
  answers<get_account_day, account_day>,        // what has its day been so far?
  answers<get_account_status, account_status>   // all that people may see of it
  >::extend_with<wired_actor>;

/// One rule of one account.
using rule_actor = caf::typed_actor<
  accepts<evaluate>                             // look at the account; the verdict goes to the account
  >::extend_with<wired_actor>;

/// Brings one account to a goal at the venue and reads back that it is there.
using enforcement_actor = caf::typed_actor<
  accepts<enforce>,                             // open the case, or tighten the open one
  accepts<adjust_stops>,                        // move these protective stops; no case
  accepts<venue_event>,                         // the venue's news, forwarded by the account in the account's order
  accepts<timer_fired>                          // try again, read again
  >::extend_with<wired_actor>;

/// One login at a venue.
using broker_actor = caf::typed_actor<
  accepts<watch_account>,                       // an account has started: subscribe it, read all of it, tell it
  accepts<watch_contract>,                      // an account needs this contract's specification and quotes
  accepts<rest_marks>,                          // between these marks an account need not hear of quotes
  accepts<read_mark>,                           // the stream is silent on a contract: read its newest bar
  accepts<check_link>,                          // the machine slept, or its clock was set: look at once what the link is worth
  answers<venue_request, venue_answer>,         // cancel, modify, close, reduce
  answers<read_account, venue_snapshot>,        // what does the venue itself say? An error is never an empty list
  answers<get_broker_status, broker_status>     // the link, and what is left of the budget
  >::extend_with<wired_actor>;

/// Deadlines, and the only clock that the actors see.
using timer_actor = caf::typed_actor<
  accepts<arm_timer>,                           // say `timer_fired` at that time; replaces the one of that name
  accepts<disarm_timer>                         // forget it
  >::extend_with<wired_actor>;

/// Says when trading days and weeks begin.
using reset_actor = caf::typed_actor<
  accepts<clock_tick>,                          // the time is …
  accepts<reset_applied>                        // an account has this one behind it
  >::extend_with<wired_actor>;

/// The only writer of the database.
using persistence_actor = caf::typed_actor<
  answers<save_account, saved>,                 // keep this; answered after the commit
  answers<save_trades, saved>,                  // keep these; answered after the commit
  accepts<save_day>,                            // keep this, some time soon
  accepts<journal_entry>,                       // append this line
  answers<load_account, stored_account>,        // what was kept of an account, earlier saves of the asker included
  answers<get_journal, journal_page>,           // read lines back
  answers<prove_journal, journal_proof>,        // was it tampered with? Others are served meanwhile
  accepts<config_in_force>,                     // so that the next start knows whether it was changed behind our back
  accepts<clock_tick>,                          // the time is …: the service lives
  answers<get_storage_health, storage_health>   // is the disk with us?
  >::extend_with<wired_actor>;

/// The local socket's side of the house.
using admin_actor = caf::typed_actor<
  accepts<client_line>,                         // a client asks
  accepts<client_gone>,                         // a client has hung up
  accepts<account_changed>,                     // there is something new to show of an account
  accepts<traced>,                              // a traced actor has handled a message: for the client that wants to see it
  accepts<host_answer>                          // the host has done with an order about the configuration
  >::extend_with<wired_actor>;

/// Looks inside the running actors.
using inspector_actor = caf::typed_actor<
  answers<get_actors, actor_list>,              // who is there, and what does each do?
  answers<drill_order, order_done>,             // make one crash; its supervisor must bring it back
  answers<trace_order, order_done>,             // show what passes through one
  accepts<traced>                               // this has passed
  >::extend_with<wired_actor>;

struct child_spec; // actors/supervisor/supervisor_actor.hpp

/// Another configuration: children whose fingerprint changed are restarted, others come or go, the rest is not touched.
struct replace_children {
  std::shared_ptr<const std::vector<child_spec>> children; // in start order; empty pointer: only the notes
  std::vector<journal_entry> notes;                        // what changed
  std::optional<config_in_force> config;                   // what these children follow from; nothing: it has not changed
  bool woke = false;                                       // the machine woke from sleep: the links are checked at once
};

/// Starts, watches and restarts its children; a supervisor can be a child.
using supervisor_actor = caf::typed_actor<
  accepts<restart_child>,                       // its back-off is over
  accepts<account_wired>,                       // an account's supervisor has (re)started its actors
  accepts<replace_children>,                    // these are your children from now on
  accepts<stop_all>,                            // stop the children in reverse order, then end
  answers<list_children, child_list>            // who is there, and how often it came back
  >::extend_with<wired_actor>;

// -- who knows whom -------------------------------------------------------------

/// The actors of one account.
struct account_wired {
  account_id account;
  broker_id broker;
  account_actor desk;
  enforcement_actor enforcement;
  std::map<rule_name, rule_actor> rules;
  supervisor_actor supervisor = {}; // its own

  bool nobody() const { return !desk && !enforcement && rules.empty() && !supervisor; }
};

/// The handles of everyone that an actor may talk to, told after each (re)start of anyone. All of it is replaced, but for the accounts:
/// who has been told of all of them hears of those that have changed, or ten thousand accounts would start with 10^8 handles told.
struct wiring {
  persistence_actor persistence;
  timer_actor timers;
  reset_actor resets;
  inspector_actor inspector;
  admin_actor admin;
  supervisor_actor root;
  std::map<broker_id, broker_actor> brokers;
  std::map<account_id, account_wired> accounts;
  bool all_accounts = true; // false: those that are not named stay as they were; one with nobody in it has gone

  /// What is known after these news.
  void take(const wiring& news) {
    auto known = std::move(accounts);
    *this = news;
    if (news.all_accounts)
      return;
    accounts = std::move(known);
    all_accounts = true;
    for (const auto& [account, now] : news.accounts)
      if (now.nobody())
        accounts.erase(account);
      else
        accounts[account] = now;
  }
};

} // namespace rm
