#include "tools/risk-manager/service_states.hpp"

namespace rm {
namespace {

// The watchdog reports each second; a machine that is very busy is given longer.
constexpr uint32_t start_hint_ms = 30'000, stop_hint_ms = 12'000;

bool is_pending(service_state s) { return s == service_state::start_pending || s == service_state::stop_pending; }

bool may_follow(std::optional<service_state> before, service_state next) {
  if (!before)
    return true;
  switch (*before) {
    case service_state::start_pending: return true;
    case service_state::running: return next != service_state::start_pending;
    case service_state::stop_pending: return next == service_state::stop_pending || next == service_state::stopped;
    case service_state::stopped: return false;
  }
  return false;
}

} // namespace

std::optional<service_report> service_states::enter(service_state next, run_result result) {
  if (!may_follow(now_, next))
    return std::nullopt;
  check_point_ = !is_pending(next) ? 0 : now_ == next ? check_point_ + 1 : 1;
  now_ = next;
  service_report out{next, next == service_state::running || next == service_state::start_pending, result, check_point_, 0};
  if (is_pending(next))
    out.wait_hint_ms = next == service_state::start_pending ? start_hint_ms : stop_hint_ms;
  return out;
}

std::optional<service_report> service_states::going_on() { return now_ && is_pending(*now_) ? enter(*now_) : std::nullopt; }

} // namespace rm
