#include "actors/broker/projectx/requests.hpp"

#include "actors/broker/projectx/json.hpp"

#include <charconv>

namespace rm::projectx {
namespace {

void append(std::string& out, int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00");
      out += hex[c >> 4];
      out += hex[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string account_only(account_id account) {
  std::string out = R"({"accountId":)";
  append(out, account.value);
  return out + '}';
}

refusal cancel_refusal(int64_t code) {
  switch (code) {
    case 1: return refusal::account;
    case 2: return refusal::not_found;
    case 3: return refusal::rejected;
    case 4: return refusal::pending;
    case 6: return refusal::account; // followers of a copied account cannot cancel either
    case 7: return refusal::not_found; // a contract, of a modify
    default: return refusal::unknown;
  }
}

refusal place_refusal(int64_t code) {
  switch (code) {
    case 1:
    case 4:
    case 10: return refusal::account;
    case 2:
    case 3:
    case 9: return refusal::rejected;
    case 5: return refusal::outside_hours;
    case 6: return refusal::pending;
    case 8: return refusal::not_found;
    default: return refusal::unknown;
  }
}

refusal close_refusal(int64_t code) {
  switch (code) {
    case 1: return refusal::account;
    case 2:
    case 3: return refusal::not_found;
    case 4: return refusal::rejected;
    case 5: return refusal::rejected;
    case 6: return refusal::pending;
    case 8: return refusal::account;
    default: return refusal::unknown;
  }
}

refusal reduce_refusal(int64_t code) {
  switch (code) {
    case 5: return refusal::size;
    case 6: return refusal::rejected;
    case 7: return refusal::pending;
    case 8: return refusal::unknown;
    case 9: return refusal::account;
    default: return close_refusal(code);
  }
}

refusal refusal_for(request_kind kind, int64_t code) {
  switch (kind) {
    case request_kind::cancel_order:
    case request_kind::modify_order: return cancel_refusal(code);
    case request_kind::close_position: return close_refusal(code);
    case request_kind::reduce_position: return reduce_refusal(code);
    case request_kind::place_stop: return place_refusal(code);
  }
  return refusal::unknown;
}

bool sounds_like_closed_market(std::string_view text) {
  for (std::string_view words : {"unavailable", "trading status", "trading hours", "market is closed", "market closed", "halt"})
    if (text.find(words) != std::string_view::npos)
      return true;
  return false;
}

} // namespace

rest_call call_for(const venue_request& r) {
  rest_call call;
  std::string& out = call.body;
  out.reserve(160);
  out = R"({"accountId":)";
  append(out, r.account.value);
  switch (r.kind) {
    case request_kind::cancel_order:
    case request_kind::modify_order:
      call.path = r.kind == request_kind::cancel_order ? "/api/Order/cancel" : "/api/Order/modify";
      out += R"(,"orderId":)";
      append(out, r.order.value);
      if (r.kind == request_kind::cancel_order)
        break;
      if (r.size > 0) {
        out += R"(,"size":)";
        append(out, r.size);
      }
      if (r.limit_price)
        out += R"(,"limitPrice":)" + to_string(*r.limit_price);
      if (r.stop_price)
        out += R"(,"stopPrice":)" + to_string(*r.stop_price);
      break;
    case request_kind::close_position:
    case request_kind::reduce_position:
      call.path = r.kind == request_kind::close_position ? "/api/Position/closeContract" : "/api/Position/partialCloseContract";
      out += R"(,"contractId":)";
      append_quoted(out, r.contract.view());
      if (r.kind == request_kind::reduce_position) {
        out += R"(,"size":)";
        append(out, r.size);
      }
      break;
    case request_kind::place_stop: // types and sides: projectx.md 1.9; the tag must be new for ever
      call.path = "/api/Order/place";
      out += R"(,"contractId":)";
      append_quoted(out, r.contract.view());
      out += r.side == side::buy ? R"(,"type":4,"side":0,"size":)" : R"(,"type":4,"side":1,"size":)";
      append(out, r.size);
      if (r.stop_price)
        out += R"(,"stopPrice":)" + to_string(*r.stop_price);
      out += R"(,"customTag":)";
      append_quoted(out, r.tag.view());
      break;
  }
  out += '}';
  return call;
}

verdict_on_answer judge(request_kind kind, int http_status, std::string_view body) {
  verdict_on_answer v;
  if (http_status != 200) {
    v.detail = "HTTP " + std::to_string(http_status);
    if (http_status == 400 || http_status == 404) { // the request's form was refused before anything was done
      v.outcome = request_outcome::refused;
      v.refusal = refusal::unknown;
    } else if (http_status == 401 && kind != request_kind::cancel_order && kind != request_kind::modify_order) {
      v.detail += ": the login was not accepted; whether anything was done must be read";
    } else if (http_status == 401) {
      v.outcome = request_outcome::not_sent;
      v.detail += ": the login was not accepted, so nothing was done";
    } else if (http_status == 429) {
      v.outcome = request_outcome::not_sent;
      v.detail += ": too many requests, it was not let in";
    }
    return v;
  }
  json_reader reader;
  std::string why;
  if (!reader.parse(body, why)) {
    v.detail = why;
    return v;
  }
  const envelope e = read_envelope(reader.root());
  if (!e.readable) {
    v.detail = e.message;
    return v;
  }
  if (e.success && e.code == 0) {
    v.outcome = request_outcome::accepted;
    return v;
  }
  v.detail = "code " + std::to_string(e.code) + (e.message.empty() ? "" : ": " + e.message);
  if (e.success || e.code == 0) {
    v.detail += ", which contradicts its `success`";
    return v;
  }
  const refusal said = refusal_for(kind, e.code);
  if (said == refusal::unknown)
    return v; // the venue itself does not say what became of it
  v.outcome = request_outcome::refused;
  v.refusal = said == refusal::rejected && sounds_like_closed_market(e.message) ? refusal::outside_hours : said;
  return v;
}

std::string position_search(account_id account) { return account_only(account); }
std::string open_order_search(account_id account) { return account_only(account); }

std::string live_order_query(account_id account, std::size_t first_row) {
  std::string out = R"({"filter":{"accountId":)";
  append(out, account.value);
  out += R"(,"statuses":[1,6,7,8]},"pageSize":)";
  append(out, static_cast<int64_t>(order_page));
  out += R"(,"pageOffset":)";
  append(out, static_cast<int64_t>(first_row));
  out += R"(,"sortBy":1,"sortDirection":0})";
  return out;
}

std::string trade_search(account_id account, timestamp since) {
  std::string out = R"({"accountId":)";
  append(out, account.value);
  // The venue requires a start; epoch 0, our "none", is given as a day that is before every account.
  out += R"(,"startTimestamp":)" + quoted(since == timestamp{} ? "2015-01-01T00:00:00.000Z" : format_time(since)) + '}';
  return out;
}

std::string order_search(account_id account, timestamp since) { return trade_search(account, since); }

std::string newest_bar_search(const contract_id& contract, timestamp now) {
  using namespace std::chrono_literals;
  // Minutes of the last four days: a weekend lies in between. Newest first, so that the limit leaves the newest (projectx.md 1.8).
  return R"({"contractId":)" + quoted(contract.view()) + R"(,"live":false,"startTime":)" + quoted(format_time(now - 96h)) + R"(,"endTime":)" +
         quoted(format_time(now + 1min)) + R"(,"unit":2,"unitNumber":1,"limit":1,"includePartialBar":true})";
}

std::string contract_search(const contract_id& contract) { return R"({"contractId":)" + quoted(contract.view()) + '}'; }

std::string login(std::string_view user_name, std::string_view api_key) {
  return R"({"userName":)" + quoted(user_name) + R"(,"apiKey":)" + quoted(api_key) + '}';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

} // namespace rm::projectx
