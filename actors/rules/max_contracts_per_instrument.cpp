#include "actors/rules/max_contracts_per_instrument.hpp"

#include "actors/rules/order_headroom.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace rm {
namespace {

constexpr int64_t absurd = 1'000'000'000'000; // beyond any real position
constexpr int64_t most = 100'000;

/// A symbol as people write it, in capitals; nothing for what is none.
std::optional<symbol_name> read_symbol(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)))
      return std::nullopt;
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (out.empty() || !symbol_name::fits(out))
    return std::nullopt;
  return symbol_of_root(out);
}

void read_limits(parameter_reader& reader, max_contracts_per_instrument::terms& out) {
  const parameter* block = reader.get("limits");
  if (!block)
    return;
  parameter_reader limits{*block, reader.where() + ".limits", reader.found()};
  for (const auto& [key, value] : limits.map().entries) {
    const auto limit = limits.count(key, 0, most);
    const auto symbol = read_symbol(key);
    if (!symbol)
      limits.complain(value, key, "is no symbol: write one such as MNQ or ES");
    else if (limit && !out.limits.emplace(*symbol, *limit).second)
      limits.complain(value, key, "this symbol has a limit already (EP and ES are the same): keep one of the two");
  }
  limits.finish();
}

} // namespace

max_contracts_per_instrument::max_contracts_per_instrument(terms agreed, const common_parameters& common)
  : terms_{std::move(agreed)}, rungs_{common.warn_at}, responder_{common.on_breach} {}

int64_t max_contracts_per_instrument::limit_of(const symbol_name& symbol) const {
  if (const auto own = terms_.limits.find(symbol); own != terms_.limits.end())
    return own->second;
  return terms_.block_unknown ? 0 : terms_.default_limit;
}

void max_contracts_per_instrument::list(const symbol_name& symbol, const account_view& view) {
  const auto is_of = [&](const contract_id& contract) {
    const auto* facts = view.facts_of(contract);
    return facts && facts->symbol == symbol;
  };
  for (const auto& p : view.positions)
    if (is_of(p.contract)) {
      held_.push_back(p);
      held_.back().size = std::clamp(p.size, -absurd, absurd);
    }
  for (const auto& o : view.orders)
    if (is_of(o.contract))
      orders_.push_back(o);
}

bool max_contracts_per_instrument::judge(const symbol_name& symbol, const contract_id* only, const account_view& view, verdict& out, finding& worst) {
  const auto is_of = [&](const contract_id& contract) {
    if (only)
      return contract == *only;
    const auto* facts = view.facts_of(contract);
    return facts && facts->symbol == symbol;
  };
  const int64_t limit = limit_of(symbol);
  int64_t held = 0, wanted = 0;
  for (const auto& p : view.positions)
    if (is_of(p.contract))
      held += std::abs(std::clamp(p.size, -absurd, absurd));
  for (const auto& o : view.orders)
    if (o.increases && is_of(o.contract))
      wanted += std::min(o.remaining, absurd);
  // Nearly always everything together fits; then nothing need be listed.
  held_.clear();
  orders_.clear();
  if (held > limit || (wanted > 0 && held + wanted > limit))
    list(symbol, view);
  level found = held > limit ? level::breach : level::ok;
  if (limit > 0) {
    auto& measure = measures_.try_emplace(symbol, limit, limit + 1, rungs_).first->second;
    found = measure.read(held);
    out.rung = std::max(out.rung, measure.rung());
  }
  std::string reason;
  if (found == level::breach) {
    reduce_newest(memory_.lots(), held - limit, [&](const auto& lot) { return is_of(lot.contract); }, held_, out.targets);
    reason = std::to_string(held) + " contracts of " + symbol.str() + " are more than the limit of " + std::to_string(limit);
  } else if (found == level::warn) {
    reason = std::to_string(held) + " contracts of " + symbol.str() + " are near the limit of " + std::to_string(limit);
  }
  int64_t reached = 0;
  const auto too_many = orders_beyond(limit, size_count::gross, held_, orders_, reached);
  out.cancel.insert(out.cancel.end(), too_many.begin(), too_many.end());
  if (!too_many.empty() && found != level::breach) {
    found = level::breach;
    reason = "working orders would make it " + std::to_string(reached) + " contracts of " + symbol.str() + ", more than the limit of " + std::to_string(limit);
  }
  if (found == level::breach || (found == level::warn && out.level == level::ok))
    out.level = found;
  const int64_t share = limit > 0 ? share_used(held, limit) : held > 0 ? 1'000'000 : 0;
  const bool graver = !reason.empty() && found == out.level && worst.reason.empty();
  if (share > worst.share || graver)
    worst = {held, limit, std::max(share, worst.share), reason.empty() ? worst.reason : reason};
  return limit > 0;
}

verdict max_contracts_per_instrument::evaluate(const account_view& view) {
  memory_.follow(view);
  verdict out;
  out.memory = memory_.news();
  finding worst;
  std::size_t measured = 0;
  for (auto c = view.contracts.begin(); c != view.contracts.end(); ++c) {
    const auto same = [&](const contract_facts& other) { return other.symbol == c->symbol; };
    if (std::any_of(view.contracts.begin(), c, same))
      continue;
    const bool alone = std::none_of(c + 1, view.contracts.end(), same);
    measured += judge(c->symbol, alone ? &c->contract : nullptr, view, out, worst);
  }
  if (measures_.size() > measured) // some are of symbols that are no longer there
    std::erase_if(measures_, [&](auto& m) { return std::none_of(view.contracts.begin(), view.contracts.end(), [&](auto& c) { return c.symbol == m.first; }); });
  out.used = std::to_string(worst.used);
  out.limit = std::to_string(worst.share < 0 ? terms_.default_limit : worst.limit);
  out.fraction = std::max<int64_t>(0, worst.share);
  out.reason = std::move(worst.reason);
  set_endless_band(out);
  if (out.level == level::breach) {
    if (out.targets.empty()) {
      responder_.rest();
      out.action = action::cancel_order; // the limit was kept
    } else {
      responder_.answer(out, view);
      out.band.until = end_of_lock(out);
    }
    return out;
  }
  responder_.rest();
  if (!view.evaluable)
    make_blind(out, view.why);
  return out;
}

rule_entry max_contracts_per_instrument::entry() {
  return {"max_contracts_per_instrument", "RULE-002", {wake::fill, wake::position, wake::order},
          {action::reduce_to_limit, {lock_mode::none, lock_end::daily_reset}},
          {action::reduce_to_limit, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            terms agreed;
            const auto standard = reader.count("default_limit", 1, most, 3);
            read_limits(reader, agreed);
            const auto unknown = reader.choice("unknown", {"default", "block"}, 0);
            if (!standard || !unknown)
              return nullptr;
            agreed.default_limit = *standard;
            agreed.block_unknown = *unknown == 1;
            return std::make_unique<max_contracts_per_instrument>(std::move(agreed), common);
          }};
}

} // namespace rm
