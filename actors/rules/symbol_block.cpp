#include "actors/rules/symbol_block.hpp"

#include <algorithm>
#include <cctype>

namespace rm {
namespace {

char capital(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }

bool is_pattern(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '*' || c == '?'; });
}

} // namespace

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || capital(pattern[p]) == capital(text[t]))) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1; // the star takes one more
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

symbol_block::symbol_block(std::vector<std::string> patterns, const common_parameters& common)
  : patterns_{std::move(patterns)}, responder_{common.on_breach} {}

/// What was found out about a contract is kept: patterns do not change, and the same few contracts come with every view.
bool symbol_block::blocked(const contract_facts& facts) {
  constexpr std::size_t most_known = 64;
  for (const auto& known : known_)
    if (known.contract == facts.contract && known.symbol == facts.symbol)
      return known.blocked;
  if (known_.size() == most_known)
    known_.clear();
  known_.push_back({facts.contract, facts.symbol, is_match(facts)});
  return known_.back().blocked;
}

bool symbol_block::is_match(const contract_facts& facts) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
    if (matches(pattern, facts.symbol.view()) || matches(pattern, symbol_of(facts.contract).view()))
      return true;
    std::string_view root = facts.contract.view(); // CON.F.US.<root>.<expiry>
    if (const auto end = root.rfind('.'); end != std::string_view::npos)
      root = root.substr(0, end);
    if (const auto begin = root.rfind('.'); begin != std::string_view::npos)
      root = root.substr(begin + 1);
    return matches(pattern, root);
  });
}

verdict symbol_block::evaluate(const account_view& view) {
  verdict out;
  set_endless_band(out);
  for (const auto& facts : view.contracts) {
    if (!blocked(facts))
      continue;
    const bool held = std::any_of(view.positions.begin(), view.positions.end(), [&](auto& p) { return p.contract == facts.contract; });
    if (held)
      out.targets.push_back({facts.contract, 0});
    for (const auto& order : view.orders) // what protects a position goes when the position is gone
      if (order.contract == facts.contract && (!held || order.increases))
        out.cancel.push_back(order.id);
    if (out.reason.empty() && (held || !out.cancel.empty()))
      out.reason = facts.symbol.str() + " may not be traded";
  }
  if (!out.reason.empty()) {
    out.level = level::breach;
    out.fraction = 1'000'000;
    responder_.answer(out, view);
    if (out.targets.empty() && out.action == action::close_position)
      out.action = action::cancel_order;
    out.band.until = end_of_lock(out);
    return out;
  }
  responder_.rest();
  if (!view.evaluable)
    make_blind(out, view.why);
  return out;
}

rule_entry symbol_block::entry() {
  return {"symbol_block", "", {wake::order, wake::fill, wake::position},
          {action::close_position, {lock_mode::none, lock_end::daily_reset}},
          {action::warn, action::close_position, action::flatten},
          [](parameter_reader& reader, const common_parameters& common) -> std::unique_ptr<rule> {
            const parameter* list = reader.get("symbols");
            if (!list) {
              reader.miss("symbols", "symbols: [\"CL\", \"M6*\"]");
              return nullptr;
            }
            std::vector<std::string> patterns;
            if (list->type != parameter::kind::list || list->items.empty())
              reader.complain(*list, "symbols", "must be a list of symbols such as [\"CL\", \"M6*\"]; " + found_text(*list));
            for (const auto& item : list->items) {
              if (item.type == parameter::kind::scalar && is_pattern(item.text))
                patterns.push_back(item.text);
              else
                reader.complain(item, "symbols", "must be a symbol such as CL, or a pattern with * and ? such as M6*; " + found_text(item));
            }
            return patterns.empty() ? nullptr : std::make_unique<symbol_block>(std::move(patterns), common);
          }};
}

} // namespace rm
