#include "actors/rules/require_stop_loss.hpp"

#include "actors/rules/limit_measure.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr duration patience = std::chrono::seconds{10}; // as long as the venue may take to answer

int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

bool is_stop(order_type type) { return type == order_type::stop || type == order_type::stop_limit || type == order_type::trailing_stop; }

/// Contracts of a position that working stops would close.
int64_t covered(const valued_position& held, const account_view& view) {
  const side protective = held.size > 0 ? side::sell : side::buy;
  int64_t out = 0;
  for (const auto& order : view.orders)
    if (order.contract == held.contract && order.side == protective && is_stop(order.type) && order.status == order_status::open)
      out += std::min(order.remaining, magnitude(held.size)); // no overflow from nonsense
  return out;
}

} // namespace

require_stop_loss::require_stop_loss(duration grace, const common_parameters& common)
  : grace_{grace}, grace_text_{format_length(grace)}, responder_{common.on_breach} {}

verdict require_stop_loss::evaluate(const account_view& view) {
  verdict out;
  if (!view.evaluable) {
    make_blind(out, view.why); // what is missing here may be there at the venue
    return out;
  }
  set_endless_band(out);
  rule_memory now;
  duration longest{-1};
  for (const auto& held : view.positions) {
    if (held.size == 0 || covered(held, view) >= magnitude(held.size))
      continue;
    const auto key = held.contract.str();
    const auto known = uncovered_.find(key);
    int64_t since = view.now.time_since_epoch().count();
    if (known != uncovered_.end())
      since = std::min(since, known->second); // a clock that was set back gives no new grace
    now[key] = since;
    const auto open_for = view.now - timestamp{duration{since}};
    const auto due = timestamp{duration{since}} + grace_;
    // A stop whose news were lost must not cost the position: what the venue lists is asked for first. But not for ever.
    const bool asking = open_for >= grace_ && view.lists_read < due && view.now < due + patience;
    out.read_first |= asking;
    if (open_for >= grace_ && !asking)
      out.targets.push_back({held.contract, 0});
    else
      out.band.until = std::min(out.band.until, asking ? due + patience : due);
    if (open_for <= longest)
      continue;
    longest = open_for;
    out.reason = symbol_of(held.contract).str() + (open_for >= grace_ ? " has had no stop for its whole size since " : " has no stop for its whole size since ") +
                 format_time(timestamp{duration{since}}) + ", allowed are " + grace_text_;
  }
  out.limit = grace_text_;
  if (longest >= duration{}) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(longest);
    out.used = std::to_string(seconds.count()) + "s";
    out.fraction = share_used(longest.count(), grace_.count());
    out.level = level::warn;
  } else {
    out.used = "0s";
  }
  if (!out.targets.empty()) {
    out.level = level::breach;
    responder_.answer(out, view);
    out.band.until = std::min(out.band.until, end_of_lock(out));
  } else {
    responder_.rest();
  }
  if (now != uncovered_) {
    uncovered_ = now;
    out.memory = std::move(now);
  }
  return out;
}

rule_entry require_stop_loss::entry() {
  return {"require_stop_loss", "", {wake::position, wake::order, wake::fill, wake::clock},
          {action::close_position, {lock_mode::none, lock_end::daily_reset}},
          {action::warn, action::close_position, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            using namespace std::chrono_literals;
            const auto grace = reader.length("grace", 60s);
            if (grace && *grace <= 0s) {
              reader.complain(*reader.get("grace"), "grace", "must be longer than 0s: a stop can only be placed after the entry");
              return nullptr;
            }
            return grace ? std::make_unique<require_stop_loss>(*grace, common) : nullptr;
          },
          true};
}

} // namespace rm
