// What is written to the gateway, byte for byte, and what its answers mean. Pure.
#pragma once

#include "messages/enforcement.hpp"

namespace rm::projectx {

/// Where and what to POST.
struct rest_call {
  std::string_view path; // of static storage
  std::string body;
};

/// `trail_price` moves are never made; a modify without any change is still a valid call.
rest_call call_for(const venue_request& request);

/// What an HTTP answer to a request says. `code` is the envelope's.
struct verdict_on_answer {
  request_outcome outcome = request_outcome::unclear;
  rm::refusal refusal = rm::refusal::none;
  std::string detail;
};
/// Reads an answer that arrived; the codes mean something else for every kind of request. Anything but 200 with a readable envelope is
/// unclear, except for what was surely not carried out: 400 and 404 are refused; 429 was not let in and counts as not sent, as does a
/// 401 to what does no harm twice; to a close or a new stop it is unclear (projectx.md 4). A code that nobody knows, the venue's own UnknownError and an envelope that contradicts itself are unclear, too.
verdict_on_answer judge(request_kind kind, int http_status, std::string_view body);

std::string position_search(account_id account);
std::string open_order_search(account_id account);
/// Live orders of every kind, suspended ones included: 100 rows a page.
std::string live_order_query(account_id account, std::size_t first_row);
constexpr std::size_t order_page = 100;
std::string trade_search(account_id account, timestamp since);
std::string order_search(account_id account, timestamp since);
std::string contract_search(const contract_id& contract);
/// The newest minute bar, partial or not.
std::string newest_bar_search(const contract_id& contract, timestamp now);
std::string login(std::string_view user_name, std::string_view api_key);
/// A JSON string with its quotes.
std::string quoted(std::string_view text);

} // namespace rm::projectx
