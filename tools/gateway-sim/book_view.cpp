#include "book_view.hpp"

#include "json_writer.hpp"

namespace gateway_sim::book_view {

namespace {

using records::place;

/// Open profit of a position at the last price.
decimal unrealized(const world& w, const position& p) {
  auto last = w.book.last_price(p.contract);
  if (!last || p.size == 0)
    return {};
  return profit(*w.book.find_contract(p.contract), p.average, *last, std::abs(p.size), p.size > 0 ? 1 : -1);
}

void write_account(json_writer& out, const world& w, const account& a) {
  decimal open;
  for (const auto& p : w.book.positions(a.id))
    open += unrealized(w, p);
  out.object()
    .field("id", a.id)
    .field("name", a.name)
    .field("balance", a.balance)
    .field("canTrade", a.can_trade)
    .field("isVisible", a.visible)
    .field("simulated", a.simulated)
    .field("start_balance", a.start_balance)
    .field("realized_gross", a.gross)
    .field("fees", a.fees)
    .field("commissions", a.commissions)
    .field("adjustments", a.adjustments)
    .field("net_pnl", a.gross - a.fees - a.commissions)
    .field("unrealized", open)
    .end_object();
}

void write_order(json_writer& out, const world& w, const order& o) {
  json_writer inner;
  records::write(inner, o, *w.book.find_contract(o.contract), place::rest, w.knobs);
  auto text = inner.take();
  text.pop_back(); // the closing brace: our own members follow
  text += ",\"why\":" + json_quoted(o.why) + ",\"byClose\":" + (o.protects ? "true" : "false") + "}";
  out.raw(text);
}

template <class List, class Wanted, class Write>
void write_list(json_writer& out, const char* name, const List& list, Wanted&& wanted, Write&& write) {
  out.key(name).array();
  for (const auto& each : list)
    if (wanted(each))
      write(each);
  out.end_array();
}

void write_accounts(json_writer& out, const world& w) {
  write_list(out, "accounts", w.book.accounts(), [](auto&) { return true; },
             [&](const auto& a) { write_account(out, w, a.second); });
}

void write_orders(json_writer& out, const world& w, std::optional<int64_t> account, bool live_only) {
  write_list(
    out, "orders", w.book.orders(),
    [&](const auto& entry) {
      const auto& o = entry.second;
      return (!account || o.account == *account)
             && (!live_only || o.working() || o.status == order_status::suspended);
    },
    [&](const auto& entry) { write_order(out, w, entry.second); });
}

void write_positions(json_writer& out, const world& w, std::optional<int64_t> account) {
  out.key("positions").array();
  for (const auto& [id, a] : w.book.accounts()) {
    if (account && *account != id)
      continue;
    for (const auto& p : w.book.positions(id)) {
      const auto& c = *w.book.find_contract(p.contract);
      auto last = w.book.last_price(p.contract);
      out.object()
        .field("id", p.id)
        .field("accountId", p.account)
        .field("contractId", p.contract)
        .field("size", p.size)
        .field("averagePrice", average_price(c, p.average));
      out.key("lastPrice");
      if (last)
        out.value(c.price(*last));
      else
        out.null();
      out.field("unrealized", unrealized(w, p)).end_object();
    }
  }
  out.end_array();
}

void write_ids(json_writer& out, const char* name, const std::multiset<int64_t>& ids) {
  out.key(name).array();
  for (auto id : ids)
    out.value(id);
  out.end_array();
}

void write_names(json_writer& out, const char* name, const std::multiset<std::string>& names) {
  out.key(name).array();
  for (const auto& n : names)
    out.value(n);
  out.end_array();
}

template <class F>
std::string document(F&& fill) {
  json_writer out;
  out.object();
  fill(out);
  out.end_object();
  return out.take();
}

} // namespace

std::string accounts(const world& w) {
  return document([&](json_writer& out) { write_accounts(out, w); });
}

std::string orders(const world& w, std::optional<int64_t> account, bool live_only) {
  return document([&](json_writer& out) { write_orders(out, w, account, live_only); });
}

std::string positions(const world& w, std::optional<int64_t> account) {
  return document([&](json_writer& out) { write_positions(out, w, account); });
}

std::string trades(const world& w, std::optional<int64_t> account) {
  auto all = w.knobs;
  all.live2026 = all.rest_commissions = true; // commissions are always shown here
  return document([&](json_writer& out) {
    write_list(out, "trades", w.book.trades(), [&](const auto& t) { return !account || t.second.account == *account; },
               [&](const auto& t) {
                 records::write(out, t.second, *w.book.find_contract(t.second.contract), place::rest, all);
               });
  });
}

std::string prices(const world& w) {
  return document([&](json_writer& out) {
    out.key("prices").array();
    for (const auto& c : w.book.contracts()) {
      static constexpr const char* states[] = {"open", "closed", "paused"};
      out.object().field("contractId", c.id).key("lastPrice");
      if (auto last = w.book.last_price(c.id))
        out.value(c.price(*last));
      else
        out.null();
      out.field("state", states[static_cast<int>(w.book.market(c.id))]).end_object();
    }
    out.end_array();
  });
}

std::string requests(const world& w, uint64_t since) {
  return document([&](json_writer& out) {
    write_list(out, "requests", w.log.requests(), [&](const request_entry& e) { return e.seq > since; },
               [&](const request_entry& e) {
                 out.object()
                   .field("seq", e.seq)
                   .field("time", rest_text(e.at))
                   .field("steady_ns", e.steady_ns)
                   .field("method", e.method)
                   .field("path", e.path)
                   .field("status", e.status);
                 out.key("body").raw(e.body);
                 if (e.success)
                   out.field("success", *e.success).field("errorCode", e.error_code.value_or(0));
                 if (e.error_message)
                   out.field("errorMessage", *e.error_message);
                 if (!e.fault.empty())
                   out.field("fault", e.fault);
                 out.end_object();
               });
  });
}

std::string events(const world& w, uint64_t since, std::string_view hub) {
  constexpr std::size_t longest = 4096;
  return document([&](json_writer& out) {
    write_list(out, "events", w.log.events(), [&](const event_entry& e) { return e.seq > since && (hub.empty() || e.hub == hub); },
               [&](const event_entry& e) {
                 out.object()
                   .field("seq", e.seq)
                   .field("time", rest_text(e.at))
                   .field("steady_ns", e.steady_ns)
                   .field("hub", e.hub)
                   .field("connection", e.connection)
                   .field("bytes", static_cast<uint64_t>(e.text->size()))
                   .field("text", e.text->substr(0, longest))
                   .end_object();
               });
  });
}

std::string clients(const world& w) {
  return document([&](json_writer& out) {
    out.key("clients").array();
    for (const auto& [id, c] : w.hubs.clients()) {
      const auto& wants = c.session.wants();
      out.object()
        .field("connection", id)
        .field("hub", name_of(c.session.hub()))
        .field("user", c.user)
        .field("since", rest_text(c.since))
        .field("ready", c.session.ready())
        .field("ended", c.ended)
        .field("accounts", wants.accounts > 0);
      write_ids(out, "orders", wants.orders);
      write_ids(out, "positions", wants.positions);
      write_ids(out, "trades", wants.trades);
      write_names(out, "quotes", wants.quotes);
      write_names(out, "market_trades", wants.market_trades);
      write_names(out, "depth", wants.depth);
      out.end_object();
    }
    out.end_array();
  });
}

std::string script(const world& w) {
  return document([&](json_writer& out) {
    static constexpr const char* states[] = {"waiting", "armed", "done", "failed"};
    out.field("started", w.plan.started()).field("finished", w.plan.finished()).key("items").array();
    for (const auto& item : w.plan.items()) {
      out.object()
        .field("name", item.name)
        .field("do", item.what.name)
        .field("line", item.what.line)
        .field("state", states[static_cast<int>(item.now)])
        .field("runs", item.runs);
      out.key("result").raw(item.result.empty() ? "null" : item.result);
      out.end_object();
    }
    out.end_array();
  });
}

std::string switch_values(const world& w) {
  return document([&](json_writer& out) {
    out.key("switches").object();
    for (const auto& name : switch_names())
      out.field(name, switch_text(w.knobs, name));
    out.end_object();
  });
}

std::string everything(const world& w) {
  return document([&](json_writer& out) {
    out.field("time", rest_text(w.now()));
    write_accounts(out, w);
    write_positions(out, w, std::nullopt);
    write_orders(out, w, std::nullopt, true);
  });
}

} // namespace gateway_sim::book_view
