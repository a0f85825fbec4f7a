// One line per message: its ID for the actor library. Nothing here ever leaves the process.
#pragma once

#include "messages/admin.hpp"
#include "messages/caf/clauses.hpp"
#include "messages/enforcement.hpp"
#include "messages/errors.hpp"
#include "messages/inspection.hpp"
#include "messages/storage.hpp"
#include "messages/supervision.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

namespace rm {
struct account_wired;
struct begin_trace;
struct replace_children;
struct wiring;
} // namespace rm

RM_ERROR_ENUM(rm::ec, "rm")

CAF_BEGIN_TYPE_ID_BLOCK(riskmanager, first_custom_type_id)
  CAF_ADD_TYPE_ID(riskmanager, (rm::ec))
  RM_MESSAGE(riskmanager, rm::account_changed)
  RM_MESSAGE(riskmanager, rm::account_day)
  RM_MESSAGE(riskmanager, rm::account_status)
  RM_MESSAGE(riskmanager, rm::adjust_stops)
  RM_MESSAGE(riskmanager, rm::account_wired)
  RM_MESSAGE(riskmanager, rm::actor_list)
  RM_MESSAGE(riskmanager, rm::arm_timer)
  RM_MESSAGE(riskmanager, rm::begin_trace)
  RM_MESSAGE(riskmanager, rm::broker_status)
  RM_MESSAGE(riskmanager, rm::check_link)
  RM_MESSAGE(riskmanager, rm::child_list)
  RM_MESSAGE(riskmanager, rm::client_gone)
  RM_MESSAGE(riskmanager, rm::client_line)
  RM_MESSAGE(riskmanager, rm::clock_tick)
  RM_MESSAGE(riskmanager, rm::commit_batch)
  RM_MESSAGE(riskmanager, rm::config_in_force)
  RM_MESSAGE(riskmanager, rm::describe)
  RM_MESSAGE(riskmanager, rm::description)
  RM_MESSAGE(riskmanager, rm::disarm_timer)
  RM_MESSAGE(riskmanager, rm::drill)
  RM_MESSAGE(riskmanager, rm::drill_order)
  RM_MESSAGE(riskmanager, rm::enforce)
  RM_MESSAGE(riskmanager, rm::enforcement_report)
  RM_MESSAGE(riskmanager, rm::evaluate)
  RM_MESSAGE(riskmanager, rm::flatten_order)
  RM_MESSAGE(riskmanager, rm::get_account_day)
  RM_MESSAGE(riskmanager, rm::get_account_status)
  RM_MESSAGE(riskmanager, rm::get_actors)
  RM_MESSAGE(riskmanager, rm::get_broker_status)
  RM_MESSAGE(riskmanager, rm::get_journal)
  RM_MESSAGE(riskmanager, rm::get_storage_health)
  RM_MESSAGE(riskmanager, rm::host_answer)
  RM_MESSAGE(riskmanager, rm::journal_entry)
  RM_MESSAGE(riskmanager, rm::journal_page)
  RM_MESSAGE(riskmanager, rm::journal_proof)
  RM_MESSAGE(riskmanager, rm::list_children)
  RM_MESSAGE(riskmanager, rm::load_account)
  RM_MESSAGE(riskmanager, rm::lock_order)
  RM_MESSAGE(riskmanager, rm::order_done)
  RM_MESSAGE(riskmanager, rm::poll)
  RM_MESSAGE(riskmanager, rm::port_answer)
  RM_MESSAGE(riskmanager, rm::port_event)
  RM_MESSAGE(riskmanager, rm::prove_journal)
  RM_MESSAGE(riskmanager, rm::read_account)
  RM_MESSAGE(riskmanager, rm::read_mark)
  RM_MESSAGE(riskmanager, rm::replace_children)
  RM_MESSAGE(riskmanager, rm::reset_applied)
  RM_MESSAGE(riskmanager, rm::reset_order)
  RM_MESSAGE(riskmanager, rm::rest_marks)
  RM_MESSAGE(riskmanager, rm::restart_child)
  RM_MESSAGE(riskmanager, rm::save_account)
  RM_MESSAGE(riskmanager, rm::save_day)
  RM_MESSAGE(riskmanager, rm::save_trades)
  RM_MESSAGE(riskmanager, rm::saved)
  RM_MESSAGE(riskmanager, rm::session_reset)
  RM_MESSAGE(riskmanager, rm::stop_all)
  RM_MESSAGE(riskmanager, rm::storage_health)
  RM_MESSAGE(riskmanager, rm::stored_account)
  RM_MESSAGE(riskmanager, rm::tell_kept)
  RM_MESSAGE(riskmanager, rm::timer_fired)
  RM_MESSAGE(riskmanager, rm::trace_order)
  RM_MESSAGE(riskmanager, rm::traced)
  RM_MESSAGE(riskmanager, rm::unlock_order)
  RM_MESSAGE(riskmanager, rm::venue_answer)
  RM_MESSAGE(riskmanager, rm::venue_event)
  RM_MESSAGE(riskmanager, rm::venue_request)
  RM_MESSAGE(riskmanager, rm::venue_snapshot)
  RM_MESSAGE(riskmanager, rm::verdict)
  RM_MESSAGE(riskmanager, rm::watch_account)
  RM_MESSAGE(riskmanager, rm::watch_contract)
  RM_MESSAGE(riskmanager, rm::wiring)
CAF_END_TYPE_ID_BLOCK(riskmanager)
