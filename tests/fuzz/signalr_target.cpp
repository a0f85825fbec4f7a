// What a hub may send: a first byte that says how the stream is cut into frames, then the stream.
#include "actors/broker/projectx/json.hpp"
#include "actors/broker/projectx/signalr_codec.hpp"
#include "tests/fuzz/hearer.hpp"

#include <string>
#include <vector>

using namespace rm;
using namespace rm::projectx;
using rm::fuzz::require;

namespace {

std::vector<std::string> records_of(std::string_view stream, std::size_t frame) {
  record_splitter splitter;
  std::vector<std::string> out;
  while (!stream.empty()) {
    const auto piece = stream.substr(0, frame);
    require(splitter.feed(piece, [&](std::string_view record) { out.emplace_back(record); }), "a small record was taken for a huge one");
    stream.remove_prefix(piece.size());
  }
  return out;
}

void check(const reading& r) {
  require(r.usable || !r.why.empty(), "something was skipped without a word");
  require(r.why.find('\n') == std::string::npos && r.why.size() < 2000, "a reason that is no line");
}

template <class Update>
void hear_user(json_value arguments, reading (*read_it)(json_value, Update&), fuzz::hearer& account) {
  for_each_payload(arguments, [&](json_value payload) {
    Update update;
    const reading r = read_it(payload, update);
    check(r);
    if (r.usable) {
      update.account = fuzz::watched_account;
      update.seen = account.seen();
      account.tell(std::move(update));
    }
    if (!r.why.empty())
      account.tell(venue_nonsense{fuzz::watched_account, r.contract, r.why, account.seen()});
  });
}

void hear_market(const hub_record& r, bool is_quote, fuzz::hearer& account) {
  const auto name = r.arguments.at(0);
  if (!name.is_string() || name.text().empty() || !contract_id::fits(name.text()))
    return;
  quote_part part;
  const reading result = is_quote ? read_quote(r.arguments.at(1), part) : read_market_trades(r.arguments.at(1), part);
  check(result);
  if (!result.usable)
    return;
  quote q;
  q.contract = contract_id{name.text()};
  q.last = part.last;
  q.bid = part.bid;
  q.ask = part.ask;
  q.at = part.at;
  q.seen = account.seen();
  account.tell(std::move(q));
}

} // namespace

void run_target(std::string_view bytes) {
  const std::size_t frame = 1 + fuzz::take_byte(bytes);
  const auto records = records_of(bytes, frame);
  require(records == records_of(bytes, bytes.size() + 1), "the cut of the frames changed the records");

  fuzz::hearer account;
  hub_decoder decoder;
  for (const auto& record : records) {
    std::string why;
    hub_record r;
    read_handshake(record, why);
    why.clear();
    if (!decoder.read(record, r, why)) {
      require(!why.empty(), "a record was skipped without a word");
      continue;
    }
    if (r.kind != record_kind::invocation)
      continue;
    if (same_name(r.target, "GatewayUserTrade"))
      hear_user(r.arguments, &read_trade, account);
    else if (same_name(r.target, "GatewayUserPosition"))
      hear_user(r.arguments, &read_position, account);
    else if (same_name(r.target, "GatewayUserOrder"))
      hear_user(r.arguments, &read_order, account);
    else if (same_name(r.target, "GatewayUserAccount"))
      hear_user(r.arguments, &read_account_object, account);
    else if (same_name(r.target, "GatewayQuote") || same_name(r.target, "GatewayTrade"))
      hear_market(r, same_name(r.target, "GatewayQuote"), account);
  }
  account.finish();
}
