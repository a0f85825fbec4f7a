// What the gateway may answer: a first byte for the call, a second for the HTTP status, then the body.
#include "actors/broker/projectx/json.hpp"
#include "actors/broker/projectx/requests.hpp"
#include "actors/broker/projectx/token.hpp"
#include "tests/fuzz/hearer.hpp"

#include <array>

using namespace rm;
using namespace rm::projectx;
using rm::fuzz::require;

namespace {

constexpr std::array statuses{200, 200, 200, 400, 401, 404, 429, 500, 503};

enum class call : unsigned { cancel, modify, close, reduce, place, positions, orders, trades, account, contract, bars, login, count };

/// A list becomes part of an account's reading, as the gateway does it.
template <class T>
void hear_list(json_value list, reading (*read_row)(json_value, T&), std::vector<T>& into, bool& has) {
  std::string why;
  std::vector<reading> notes;
  has = read_list(list, read_row, into, why, notes);
  require(has || !why.empty(), "a list was dropped without a word");
  for (auto& row : into)
    row.account = fuzz::watched_account;
  if (!has)
    into.clear();
}

void hear_contract(json_value from, fuzz::hearer& account) {
  contract_spec spec;
  const reading r = read_contract(from, spec);
  require(r.usable || !r.why.empty(), "a contract was dropped without a word");
  if (!r.usable)
    return;
  require(spec.tick_size > price{} && spec.tick_value > money{}, "a contract without a tick");
  account.tell(std::move(spec));
}

void hear_bars(json_value from) {
  quote_part part;
  const reading r = read_newest_bar(from, part);
  require(r.usable || !r.why.empty(), "bars were dropped without a word");
}

} // namespace

void run_target(std::string_view bytes) {
  const auto what = static_cast<call>(fuzz::take_byte(bytes) % static_cast<unsigned>(call::count));
  const int status = statuses[fuzz::take_byte(bytes) % statuses.size()];
  json_reader reader;
  std::string why;
  const bool is_json = reader.parse(bytes, why);
  require(is_json || !why.empty(), "a text is no JSON and nobody says why");
  if (what <= call::place) {
    const auto verdict = judge(static_cast<request_kind>(what), status, bytes);
    require(verdict.detail.find('\n') == std::string::npos, "a detail that is no line");
    const bool taken = is_json && status == 200 && read_envelope(reader.root()).success;
    require((verdict.outcome == request_outcome::accepted) == taken, "an answer was taken for another one");
    return;
  }
  if (!is_json)
    return;
  const envelope e = read_envelope(reader.root());
  require(e.readable || !e.message.empty(), "an answer without an envelope, and nobody says so");
  const auto root = reader.root();
  fuzz::hearer account;
  venue_snapshot reading_of_all;
  auto& out = reading_of_all;
  out.account = fuzz::watched_account;
  out.generation = 1;
  out.read_at = account.seen().utc;
  out.sent_steady_ns = account.seen().steady_ns;
  switch (what) {
    case call::positions: hear_list(root["positions"], &read_position, out.positions, out.has_positions); break;
    case call::orders: hear_list(root["orders"], &read_order, out.orders, out.has_orders); break;
    case call::trades: hear_list(root["trades"], &read_trade, out.trades, out.has_trades); break;
    case call::account: {
      std::vector<account_update> accounts;
      hear_list(root["accounts"], &read_account_object, accounts, out.has_account);
      if (out.has_account && !accounts.empty())
        out.info = accounts.front();
      else
        out.has_account = false;
      break;
    }
    case call::contract: hear_contract(root["contract"], account); break;
    case call::bars: hear_bars(root["bars"]); break;
    default: require(token_life(root["token"].text(), out.read_at) >= std::chrono::seconds{1}, "a token that is over before it began"); break;
  }
  account.tell(out);
  account.finish();
}
