#include "actors/inspector/message_words.hpp"

namespace rm {
namespace {

std::string text(std::string_view v) { return std::string{v}; }

template <class Price>
std::string at(const std::optional<Price>& price) {
  return price ? " at " + to_string(*price) : "";
}

std::string event_words(const order_update& o) {
  return "order " + to_string(o.id) + " " + text(name_of(o.status)) + ": " + text(name_of(o.side)) + " " + std::to_string(o.size) + " " + o.contract.str();
}
std::string event_words(const position_update& p) { return "position " + std::to_string(p.size) + " " + p.contract.str(); }
std::string event_words(const trade_update& t) {
  return "fill " + text(name_of(t.side)) + " " + std::to_string(t.size) + " " + t.contract.str() + " at " + to_string(t.price) + (t.voided ? ", voided" : "");
}
std::string event_words(const account_update& a) { return "account, balance " + to_string(a.balance) + (a.can_trade ? "" : ", may not trade"); }
std::string event_words(const quote& q) { return "quote " + q.contract.str() + at(q.mark()); }
std::string event_words(const contract_spec& c) { return "contract " + c.id.str(); }
std::string event_words(const link_changed& l) { return "link " + text(name_of(l.status)) + (l.why.empty() ? "" : ": " + l.why); }
std::string event_words(const venue_snapshot& s) {
  return "snapshot: " + std::to_string(s.positions.size()) + " positions, " + std::to_string(s.orders.size()) + " orders, " + std::to_string(s.trades.size()) + " trades";
}
std::string event_words(const venue_nonsense& n) { return "not understood: " + n.what; }

} // namespace

std::string words_of(const venue_event& event) {
  return std::visit([](const auto& e) { return event_words(e); }, event.what);
}

std::string words_of(const evaluate& question) { return question.view ? "after a " + text(name_of(question.view->cause)) : ""; }

std::string words_of(const verdict& spoken) {
  return spoken.rule.str() + " " + text(name_of(spoken.level)) + (spoken.reason.empty() ? "" : ": " + spoken.reason);
}

std::string words_of(const enforce& order) { return text(name_of(order.action)) + " by " + order.rule.str() + ": " + order.reason; }

std::string words_of(const enforcement_report& report) {
  return text(name_of(report.action)) + " " + text(name_of(report.phase)) + (report.detail.empty() ? "" : ": " + report.detail);
}

std::string words_of(const venue_request& request) {
  return text(name_of(request.kind)) + " " + (request.order == order_id{} ? request.contract.str() : to_string(request.order));
}

std::string words_of(const venue_answer& answer) {
  return text(name_of(answer.kind)) + " " + text(name_of(answer.outcome)) + (answer.detail.empty() ? "" : ": " + answer.detail);
}

std::string words_of(const timer_fired& fired) { return fired.name; }
std::string words_of(const arm_timer& timer) { return timer.name + " due " + format_time(timer.due); }
std::string words_of(const session_reset& reset) { return text(name_of(reset.kind)) + " " + format_date(reset.day); }
std::string words_of(const journal_entry& line) { return line.kind + ": " + line.text; }

} // namespace rm
