#include "actors/broker/projectx/json.hpp"

#include <algorithm>

namespace rm::projectx {
namespace {

constexpr int64_t largest_size = 1'000'000; // contracts; nothing real comes near

/// Reads the fields of one object and remembers the first thing that is wrong with it.
class field_reader {
public:
  field_reader(json_value object, std::string_view what, reading& result) : object_{object}, what_{what}, result_{result} {
    if (!object.is_object())
      fail("is not an object");
    else
      result_.account = account_id{object_["accountId"].integer().value_or(0)};
    if (const auto id = object_["contractId"]; id.is_string() && contract_id::fits(id.text()))
      result_.contract = contract_id{id.text()};
  }

  json_value operator[](std::string_view field) const { return object_[field]; }
  bool ok() const { return !failed_; }

  /// Notes what makes the result unusable.
  void fail(std::string_view problem) {
    if (failed_)
      return;
    failed_ = true;
    result_.why = std::string{what_} + " " + std::string{problem};
  }
  void note(std::string problem) {
    if (!failed_ && result_.why.empty())
      result_.why = std::string{what_} + " " + std::move(problem);
  }
  void fail_field(std::string_view field, std::string_view problem) {
    fail(name_ + "has " + std::string{problem} + " as " + std::string{field} + shown(object_[field]));
  }
  void note_field(std::string_view field) { note(name_ + "has no usable number as " + std::string{field} + shown(object_[field])); }
  /// From now on the object is named by its number.
  void name_by(int64_t id) { name_ = std::to_string(id) + " "; }

  int64_t integer(std::string_view field, int64_t least = INT64_MIN, int64_t most = INT64_MAX) {
    const auto n = object_[field].integer();
    if (!n || *n < least || *n > most) {
      fail_field(field, n ? "an impossible number" : missing(field));
      return 0;
    }
    return *n;
  }
  int64_t integer_or(std::string_view field, int64_t otherwise, int64_t least = INT64_MIN) {
    return object_[field].is_absent() ? otherwise : integer(field, least);
  }
  contract_id contract(std::string_view field) {
    const auto v = object_[field];
    if (!v.is_string() || v.text().empty() || !contract_id::fits(v.text()))
      fail_field(field, missing(field));
    return contract_id{v.text()};
  }
  template <class Amount>
  std::optional<Amount> amount(std::string_view field) {
    const auto v = object_[field];
    if (v.is_absent())
      return std::nullopt;
    auto out = v.is_number() ? Amount::parse_rounded(v.text()) : std::nullopt;
    if (!out)
      fail_field(field, "no usable number");
    return out;
  }
  /// The same for what the rest can do without: an unusable one is only noted.
  template <class Amount>
  std::optional<Amount> amount_or_note(std::string_view field) {
    const auto v = object_[field];
    auto out = v.is_number() ? Amount::parse_rounded(v.text()) : std::nullopt;
    if (!out && !v.is_absent())
      note_field(field);
    return out;
  }
  /// Never rounded: everything is multiplied by it.
  template <class Amount>
  Amount exact(std::string_view field) {
    const auto v = object_[field];
    const auto out = v.is_number() ? Amount::parse(v.text()) : std::nullopt;
    if (!out)
      fail_field(field, v.is_absent() ? "nothing" : "no usable number");
    return out.value_or(Amount{});
  }
  template <class Amount>
  Amount required(std::string_view field) {
    if (object_[field].is_absent())
      fail_field(field, "nothing");
    return amount<Amount>(field).value_or(Amount{});
  }
  bool flag(std::string_view field) {
    const auto b = object_[field].boolean();
    if (!b)
      fail_field(field, missing(field));
    return b.value_or(false);
  }
  /// A time; a bad or absent one is only noted.
  timestamp time_or_note(std::string_view field) {
    timestamp t{};
    const auto v = object_[field];
    if (!v.is_string() || !parse_time(v.text(), t))
      note(name_ + "has no readable " + std::string{field});
    return t;
  }
  timestamp time_or_nothing(std::string_view field) {
    timestamp t{};
    if (object_[field].is_string())
      parse_time(object_[field].text(), t);
    return t;
  }

private:
  std::string_view missing(std::string_view field) const { return object_[field].is_absent() ? "nothing" : "something unusable"; }
  static std::string shown(json_value v) {
    if (v.is_number() || v.is_string() || v.kind() == json_kind::boolean)
      return " (" + one_line(v.text().substr(0, 40)) + ")";
    return "";
  }

  json_members object_;
  std::string_view what_;
  std::string name_;
  reading& result_;
  bool failed_ = false;
};

order_status status_of(int64_t number) {
  switch (number) {
    case 1: return order_status::open;
    case 2: return order_status::filled;
    case 3: return order_status::cancelled;
    case 4: return order_status::expired;
    case 5: return order_status::rejected;
    case 6:
    case 7: return order_status::pending;
    case 8: return order_status::suspended;
    default: return order_status::unknown;
  }
}

order_type type_of(int64_t number) {
  constexpr order_type types[] = {order_type::unknown, order_type::limit,         order_type::market,   order_type::stop_limit,
                                  order_type::stop,    order_type::trailing_stop, order_type::join_bid, order_type::join_ask};
  return number >= 0 && number < 8 ? types[number] : order_type::unknown;
}

void read_market_price(field_reader& in, std::string_view field, std::optional<price>& out, bool& none) {
  out = in.amount<price>(field);
  none = out && out->is_zero();
  if (none)
    out.reset();
}

} // namespace

reading read_order(json_value from, order_update& out) {
  reading r;
  field_reader in{from, "an order", r};
  if (!in.ok())
    return r;
  out.id = order_id{in.integer(in["id"].is_absent() ? "orderId" : "id", 1)};
  in.name_by(out.id.value);
  r.order = out.id;
  out.account = account_id{in.integer("accountId", 1)};
  out.contract = in.contract("contractId");
  const int64_t status = in.integer("status"), type = in.integer("type"), side = in.integer("side", 0, 1);
  out.status = status_of(status);
  r.over = !is_live(out.status);
  out.type = type_of(type);
  out.side = side == 0 ? side::buy : side::sell;
  out.size = in.integer("size", 1, largest_size);
  out.filled = in.integer_or("fillVolume", 0, 0);
  out.limit_price = in.amount_or_note<price>("limitPrice");
  out.stop_price = in.amount_or_note<price>("stopPrice");
  if (const auto average = in["filledPrice"]; average.is_number())
    out.filled_price = price::parse_rounded(average.text()); // for people; an order means the same without it
  out.parent = order_id{in.integer_or("parentOrderId", 0, 0)};
  out.linked = order_id{in.integer_or("linkedOrderId", 0, 0)};
  out.tagged = in["customTag"].is_string() && !in["customTag"].text().empty();
  out.ours = out.tagged && in["customTag"].text().starts_with(own_stop_tag);
  out.created = in.time_or_note("creationTimestamp");
  out.updated = in.time_or_nothing("updateTimestamp");
  if (out.status == order_status::unknown)
    in.note(std::to_string(out.id.value) + " has the unknown status " + std::to_string(status) + " and counts as live");
  if (out.type == order_type::unknown)
    in.note(std::to_string(out.id.value) + " has the unknown type " + std::to_string(type));
  r.usable = in.ok();
  return r;
}

reading read_position(json_value from, position_update& out) {
  reading r;
  r.position = true;
  field_reader in{from, "a position", r};
  if (!in.ok())
    return r;
  out.account = account_id{in.integer("accountId", 1)};
  out.contract = in.contract("contractId");
  const int64_t size = in.integer("size", 0, largest_size);
  const int64_t type = in.integer_or("type", 0);
  if (size == 0) {
    out.size = 0;
  } else {
    if (type != 1 && type != 2)
      in.fail_field("type", "an unknown direction");
    out.size = type == 2 ? -size : size;
    out.average_price = in.amount_or_note<price>("averagePrice").value_or(price{});
    if (out.average_price.is_zero())
      in.note_field("averagePrice"); // it is held all the same, and can be closed
  }
  out.created = in.time_or_nothing("creationTimestamp");
  r.usable = in.ok();
  return r;
}

reading read_trade(json_value from, trade_update& out) {
  reading r;
  field_reader in{from, "a trade", r};
  if (!in.ok())
    return r;
  out.id = trade_id{in.integer("id", 1)};
  in.name_by(out.id.value);
  out.account = account_id{in.integer("accountId", 1)};
  out.order = order_id{in.integer_or("orderId", 0, 0)};
  out.contract = in.contract("contractId");
  out.side = in.integer("side", 0, 1) == 0 ? side::buy : side::sell;
  out.size = in.integer("size", 1, largest_size);
  out.price = in.required<price>("price");
  if (in.ok() && out.price.is_zero())
    in.fail_field("price", "no usable number");
  out.profit_and_loss = in.amount<money>("profitAndLoss");
  const auto fees = in.amount<money>("fees");
  out.fees = fees.value_or(money{});
  out.commissions = in.amount<money>("commissions");
  out.voided = in["voided"].boolean().value_or(false);
  out.executed = in.time_or_note("creationTimestamp");
  if (out.executed == timestamp{})
    in.fail_field("creationTimestamp", "no readable time");
  if (!fees)
    in.note(std::to_string(out.id.value) + " has no fees, so its cost is understated");
  r.usable = in.ok();
  return r;
}

reading read_account_object(json_value from, account_update& out) {
  reading r;
  field_reader in{from, "an account", r};
  if (!in.ok())
    return r;
  out.account = account_id{in.integer("id", 1)};
  r.account = out.account;
  in.name_by(out.account.value);
  out.name = one_line(in["name"].text());
  out.balance = in.required<money>("balance");
  out.can_trade = in.flag("canTrade");
  out.visible = in["isVisible"].boolean().value_or(true);
  out.simulated = in["simulated"].boolean().value_or(true);
  r.usable = in.ok();
  return r;
}

reading read_contract(json_value from, contract_spec& out) {
  reading r;
  field_reader in{from, "a contract", r};
  if (!in.ok())
    return r;
  out.id = in.contract("id");
  r.contract = out.id;
  out.name = one_line(in["name"].text());
  out.symbol_id = one_line(in["symbolId"].text());
  const auto dot = out.symbol_id.rfind('.');
  out.symbol = symbol_of_root(std::string_view{out.symbol_id}.substr(dot == std::string::npos ? 0 : dot + 1)).str();
  out.tick_size = in.exact<price>("tickSize");
  out.tick_value = in.exact<money>("tickValue");
  if (in.ok() && !out.tick_size.is_positive())
    in.fail_field("tickSize", "no usable number");
  if (in.ok() && !out.tick_value.is_positive())
    in.fail_field("tickValue", "no usable number");
  out.active = in["activeContract"].boolean().value_or(true);
  r.usable = in.ok();
  return r;
}

reading read_quote(json_value from, quote_part& out) {
  reading r;
  field_reader in{from, "a quote", r};
  if (!in.ok())
    return r;
  bool no_last = false;
  read_market_price(in, "lastPrice", out.last, no_last);
  read_market_price(in, "bestBid", out.bid, out.no_bid);
  read_market_price(in, "bestAsk", out.ask, out.no_ask);
  if (no_last)
    in.fail_field("lastPrice", "no usable price");
  out.at = std::max(in.time_or_nothing("timestamp"), in.time_or_nothing("lastUpdated"));
  r.usable = in.ok();
  return r;
}

reading read_newest_bar(json_value from, quote_part& out) {
  reading r;
  if (!from.is_array() || from.first() == from.end()) {
    r.why = "there are no bars";
    return r;
  }
  field_reader in{from.first(), "a bar", r};
  const price close = in.ok() ? in.required<price>("c") : price{};
  if (in.ok() && close.is_zero())
    in.fail_field("c", "no usable price");
  if (in.ok()) {
    out.last = close;
    out.at = in.time_or_nothing("t");
  }
  r.usable = in.ok();
  return r;
}

reading read_market_trades(json_value from, quote_part& out) {
  reading r;
  const auto take = [&](json_value one) {
    field_reader in{one, "a market trade", r};
    const price p = in.ok() ? in.required<price>("price") : price{};
    if (in.ok() && p.is_zero())
      in.fail_field("price", "no usable price");
    if (!in.ok())
      return false;
    const timestamp at = in.time_or_nothing("timestamp");
    if (!out.last || at >= out.at) {
      out.last = p;
      out.at = at;
    }
    return true;
  };
  r.usable = true;
  if (!from.is_array()) {
    r.usable = take(from);
    return r;
  }
  for (auto one = from.first(); one != from.end() && r.usable; one = one.next())
    r.usable = one.is_absent() || take(one);
  return r;
}

envelope read_envelope(json_value root) {
  envelope e;
  const auto success = root["success"].boolean();
  if (!root.is_object() || !success) {
    e.message = "the answer has no readable `success`";
    return e;
  }
  e.readable = true;
  e.success = *success;
  e.code = root["errorCode"].integer().value_or(e.success ? 0 : -1);
  e.message = one_line(root["errorMessage"].text());
  return e;
}

std::size_t rows_of(json_value list) {
  std::size_t out = 0;
  if (list.is_array())
    for (auto row = list.first(); row != list.end(); row = row.next())
      ++out;
  return out;
}

std::string one_line(std::string_view text) {
  std::string out{text.substr(0, 200)};
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = ' ';
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80 && text.size() > out.size())
    out.pop_back(); // no half character at the cut
  if (text.size() > 200 && !out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0)
    out.pop_back();
  return out;
}

} // namespace rm::projectx
