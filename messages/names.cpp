// How the vocabulary's enumerations are written, in the journal, in status and on screens.
#include "messages/admin.hpp"
#include "messages/errors.hpp"
#include "messages/fail_safe.hpp"

namespace rm {

std::string_view name_of(reset_kind k) { return k == reset_kind::daily ? "daily" : "weekly"; }
std::string_view name_of(side s) { return s == side::buy ? "buy" : "sell"; }

std::string_view name_of(order_type t) {
  switch (t) {
    case order_type::unknown: return "unknown";
    case order_type::limit: return "limit";
    case order_type::market: return "market";
    case order_type::stop_limit: return "stop_limit";
    case order_type::stop: return "stop";
    case order_type::trailing_stop: return "trailing_stop";
    case order_type::join_bid: return "join_bid";
    case order_type::join_ask: return "join_ask";
  }
  return "unknown";
}

std::string_view name_of(order_status s) {
  switch (s) {
    case order_status::unknown: return "unknown";
    case order_status::open: return "open";
    case order_status::pending: return "pending";
    case order_status::suspended: return "suspended";
    case order_status::filled: return "filled";
    case order_status::cancelled: return "cancelled";
    case order_status::expired: return "expired";
    case order_status::rejected: return "rejected";
  }
  return "unknown";
}

std::string_view name_of(fail_safe_action a) {
  switch (a) {
    case fail_safe_action::flatten_if_unprotected: return "flatten_if_unprotected";
    case fail_safe_action::flatten: return "flatten";
    case fail_safe_action::alarm_only: return "alarm_only";
  }
  return "unknown";
}

std::string_view name_of(link_status s) {
  switch (s) {
    case link_status::connecting: return "connecting";
    case link_status::live: return "live";
    case link_status::blind: return "blind";
    case link_status::conflict: return "conflict";
  }
  return "unknown";
}

std::string_view name_of(account_state_name s) {
  switch (s) {
    case account_state_name::active: return "active";
    case account_state_name::locked: return "locked";
    case account_state_name::blind: return "blind";
    case account_state_name::not_evaluable: return "not_evaluable";
  }
  return "unknown";
}

std::string_view name_of(wake w) {
  switch (w) {
    case wake::fill: return "fill";
    case wake::order: return "order";
    case wake::position: return "position";
    case wake::mark: return "mark";
    case wake::account: return "account";
    case wake::clock: return "clock";
    case wake::reset: return "reset";
    case wake::settings: return "settings";
  }
  return "unknown";
}

std::string_view name_of(level l) {
  switch (l) {
    case level::ok: return "ok";
    case level::warn: return "warn";
    case level::breach: return "breach";
    case level::not_evaluable: return "not_evaluable";
    case level::disabled: return "disabled";
  }
  return "unknown";
}

std::string_view name_of(action a) {
  switch (a) {
    case action::none: return "none";
    case action::warn: return "warn";
    case action::cancel_order: return "cancel_order";
    case action::reduce_to_limit: return "reduce_to_limit";
    case action::close_position: return "close_position";
    case action::flatten: return "flatten";
  }
  return "unknown";
}

std::string_view name_of(lock_mode m) {
  switch (m) {
    case lock_mode::none: return "none";
    case lock_mode::reduce_only: return "reduce_only";
    case lock_mode::flat: return "flat";
  }
  return "unknown";
}

std::string_view name_of(lock_end e) {
  switch (e) {
    case lock_end::at_time: return "at_time";
    case lock_end::daily_reset: return "daily_reset";
    case lock_end::weekly_reset: return "weekly_reset";
    case lock_end::can_trade: return "can_trade";
  }
  return "unknown";
}

std::string_view name_of(request_kind k) {
  switch (k) {
    case request_kind::cancel_order: return "cancel_order";
    case request_kind::modify_order: return "modify_order";
    case request_kind::close_position: return "close_position";
    case request_kind::reduce_position: return "reduce_position";
    case request_kind::place_stop: return "place_stop";
  }
  return "unknown";
}

std::string_view name_of(request_outcome o) {
  switch (o) {
    case request_outcome::accepted: return "accepted";
    case request_outcome::refused: return "refused";
    case request_outcome::unclear: return "unclear";
    case request_outcome::not_sent: return "not_sent";
  }
  return "unknown";
}

std::string_view name_of(refusal r) {
  switch (r) {
    case refusal::none: return "none";
    case refusal::not_found: return "not_found";
    case refusal::pending: return "pending";
    case refusal::outside_hours: return "outside_hours";
    case refusal::rejected: return "rejected";
    case refusal::account: return "account";
    case refusal::size: return "size";
    case refusal::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view name_of(enforcement_phase p) { return p == enforcement_phase::working ? "working" : "done"; }
std::string_view name_of(severity s) { return s == severity::warning ? "warning" : "critical"; }

std::string to_string(ec code) {
  switch (code) {
    case ec::none: return "none";
    case ec::crashed: return "crashed";
    case ec::rejected: return "rejected";
    case ec::unknown_name: return "unknown name";
    case ec::not_ready: return "not ready";
    case ec::storage: return "storage";
  }
  return "unknown";
}

std::optional<price> quote::mark() const {
  if (last)
    return last;
  if (bid && ask)
    return price::from_units(bid->units() / 2 + ask->units() / 2 + (bid->units() % 2 + ask->units() % 2) / 2);
  return std::nullopt;
}

} // namespace rm
