#include "actors/admin/host_orders.hpp"

#include <utility>

namespace rm {
namespace {

journal_entry line_of(const gathering& g, std::string text) { return {g.known.now.utc, {}, "admin", {}, g.known.caller + " " + std::move(text), -1}; }

} // namespace

std::optional<journal_entry> host_orders::ask(const gathering_ptr& g) {
  if (g->questions.part)
    take_part(*g);
  if (g->questions.key)
    put(g, host_.set_key, *g->questions.key);
  if (g->questions.log && host_.log)
    g->found.log = host_.log(g->questions.log->lines);
  return g->questions.log_level && host_.set_log_level ? change_log_level(*g) : std::nullopt;
}

void host_orders::order_config(const gathering_ptr& g) {
  if (!g->questions.upload.empty()) {
    auto text = uploads_.take(g->known.caller, g->questions.upload, g->known.now.steady_ns);
    if (!text) {
      g->found.host.text = "the text that was sent in parts is not here any more: send it again";
      return;
    }
    g->questions.config->text = std::move(*text);
  }
  put(g, host_.config, *g->questions.config);
}

/// The host answers in its own time and from its own thread; nobody else waits for that.
template <class Carry, class Order>
void host_orders::put(const gathering_ptr& g, const Carry& carry, const Order& order) {
  if (!carry)
    return;
  if (tickets_.size() >= most) {
    g->found.host.text = "too many such orders are under way: try again in a moment";
    return;
  }
  ++g->outstanding;
  const auto ticket = ++last_ticket_;
  tickets_[ticket] = g;
  carry(order, [answer = answer_, ticket](bool done, std::string text) { answer({ticket, done, std::move(text)}); });
}

host_orders::settled host_orders::take(const host_answer& answer) {
  const auto found = tickets_.find(answer.ticket);
  if (found == tickets_.end())
    return {};
  settled out{std::move(found->second), {}};
  tickets_.erase(found);
  auto& g = *out.of;
  g.found.host = answer;
  const std::string outcome = answer.done ? "done" : "refused: " + answer.text;
  if (g.questions.config && g.questions.config->step == config_step::apply)
    out.line = line_of(g, "changes the configuration (" + g.questions.config->reason + "): " + outcome);
  if (g.questions.key)
    out.line = line_of(g, "changes the key of " + g.questions.key->broker.str() + " (" + g.questions.key->reason + "): " + outcome);
  return out;
}

void host_orders::take_part(gathering& g) {
  const auto& part = *g.questions.part;
  const auto why_not = uploads_.add(g.known.caller, part.upload, part.at, part.text, g.known.now.steady_ns);
  g.found.host = {0, !why_not, why_not ? *why_not : "{\"bytes\":" + std::to_string(part.at + static_cast<int64_t>(part.text.size())) + "}"};
}

std::optional<journal_entry> host_orders::change_log_level(gathering& g) {
  const auto& wish = *g.questions.log_level;
  const auto why_not = host_.set_log_level(wish.room, wish.level);
  g.found.host = {0, !why_not, why_not ? *why_not : "{\"done\":\"the log's level is " + wish.level + "\"}"};
  if (why_not)
    return std::nullopt;
  return line_of(g, "sets the log's level to " + wish.level + (wish.room.empty() ? "" : " for " + wish.room));
}

} // namespace rm
