#include "hub_session.hpp"

#include <boost/json.hpp>

#include <cctype>

namespace gateway_sim {

namespace json = boost::json;

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

enum class argument_kind { none, account, contract };

struct method {
  hub_kind hub;
  std::string_view subject; // what follows (un)subscribe, in lower case
  argument_kind takes;
  stream to;
  std::multiset<int64_t> subscriptions::*accounts;
  std::multiset<std::string> subscriptions::*contracts;
};

constexpr method methods[] = {
  {hub_kind::user, "accounts", argument_kind::none, stream::accounts, nullptr, nullptr},
  {hub_kind::user, "orders", argument_kind::account, stream::orders, &subscriptions::orders, nullptr},
  {hub_kind::user, "positions", argument_kind::account, stream::positions, &subscriptions::positions, nullptr},
  {hub_kind::user, "trades", argument_kind::account, stream::trades, &subscriptions::trades, nullptr},
  {hub_kind::market, "contractquotes", argument_kind::contract, stream::quotes, nullptr, &subscriptions::quotes},
  {hub_kind::market, "contracttrades", argument_kind::contract, stream::market_trades, nullptr, &subscriptions::market_trades},
  {hub_kind::market, "contractmarketdepth", argument_kind::contract, stream::depth, nullptr, &subscriptions::depth},
};

template <class T>
void put(std::multiset<T>& set, const T& value, bool add) {
  if (add)
    set.insert(value);
  else
    set.erase(value);
}

enum class call_result { done, unknown, failed };

/// Runs one hub method. Unsubscribing tolerates surplus arguments, as clients send them.
call_result call(hub_kind hub, std::string_view target, const json::array& arguments, subscriptions& wants,
                 std::vector<new_subscription>& made) {
  auto name = lower(target);
  bool remove = name.starts_with("unsubscribe");
  if (!remove && !name.starts_with("subscribe"))
    return call_result::unknown;
  auto subject = std::string_view{name}.substr(remove ? 11 : 9);
  for (const auto& m : methods) {
    if (m.hub != hub || m.subject != subject)
      continue;
    if (m.takes == argument_kind::none) {
      if (!remove && !arguments.empty())
        return call_result::failed;
      wants.accounts = remove ? 0 : wants.accounts + 1;
      if (!remove)
        made.push_back({m.to, 0, {}});
      return call_result::done;
    }
    if (arguments.empty() || (!remove && arguments.size() != 1))
      return call_result::failed;
    for (const auto& argument : arguments) {
      if (m.takes == argument_kind::account) {
        if (!argument.is_int64())
          return call_result::failed;
        put(wants.*m.accounts, argument.as_int64(), !remove);
        if (!remove)
          made.push_back({m.to, argument.as_int64(), {}});
      } else {
        if (!argument.is_string())
          return call_result::failed;
        put(wants.*m.contracts, std::string{argument.as_string()}, !remove);
        if (!remove)
          made.push_back({m.to, 0, std::string{argument.as_string()}});
      }
    }
    return call_result::done;
  }
  return call_result::unknown;
}

const json::value* member(const json::object& object, std::string_view name) {
  auto found = object.find(name);
  return found == object.end() ? nullptr : &found->value();
}

} // namespace

hub_session::reaction hub_session::on_text(std::string_view text) {
  reaction out;
  buffer_.append(text);
  while (!out.close) {
    auto record = buffer_.next();
    if (!record)
      break;
    if (ready_)
      on_record(*record, out);
    else
      on_handshake(*record, out);
  }
  return out;
}

void hub_session::on_handshake(std::string_view record, reaction& out) {
  json::error_code error;
  auto parsed = json::parse(json::string_view{record.data(), record.size()}, error);
  auto refuse = [&](std::string_view why) {
    out.records.push_back(signalr::handshake_error(why));
    out.close = true;
  };
  if (error || !parsed.is_object())
    return refuse("An error occurred while reading the handshake.");
  auto* protocol = member(parsed.as_object(), "protocol");
  auto* version = member(parsed.as_object(), "version");
  if (!protocol || !protocol->is_string() || protocol->as_string() != "json")
    return refuse("The protocol is not supported.");
  if (!version || !version->is_int64() || version->as_int64() < 0 || version->as_int64() > 1)
    return refuse("The server does not support this version of the protocol 'json'.");
  ready_ = true;
  out.records.push_back(signalr::handshake_ok());
}

void hub_session::on_record(std::string_view record, reaction& out) {
  json::error_code error;
  auto parsed = json::parse(json::string_view{record.data(), record.size()}, error);
  auto* type = !error && parsed.is_object() ? member(parsed.as_object(), "type") : nullptr;
  if (!type || !type->is_int64()) {
    out.records.push_back(signalr::close("Connection closed with an error.", false));
    out.close = true;
    return;
  }
  const auto& object = parsed.as_object();
  if (type->as_int64() == 7) {
    out.close = true;
    return;
  }
  if (type->as_int64() != 1)
    return; // a ping, or something a plain hub has no use for
  auto* target = member(object, "target");
  auto* arguments = member(object, "arguments");
  auto* id = member(object, "invocationId");
  std::string name = target && target->is_string() ? std::string{target->as_string()} : std::string{};
  static const json::array nothing;
  auto result = call(hub_, name, arguments && arguments->is_array() ? arguments->as_array() : nothing, wants_,
                     out.made);
  out.subscribed |= result == call_result::done;
  if (!id || !id->is_string())
    return;
  std::string_view invocation{id->as_string().data(), id->as_string().size()};
  if (result == call_result::done)
    out.records.push_back(signalr::completion(invocation, null_results_));
  else if (result == call_result::unknown)
    out.records.push_back(signalr::completion_error(invocation, "Unknown hub method '" + name + "'"));
  else
    out.records.push_back(signalr::completion_error(
      invocation, "Failed to invoke '" + name + "' due to an error on the server."));
}

} // namespace gateway_sim
