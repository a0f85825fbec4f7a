#include "control.hpp"

#include "book_view.hpp"
#include "json_writer.hpp"
#include "yaml_reader.hpp"

#include <charconv>

namespace gateway_sim {

namespace {

control_reply error(int status, const std::string& why) {
  return {status, "{\"success\":false,\"errorMessage\":" + json_quoted(why) + "}"};
}

std::string_view query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    auto end = query.find('&');
    auto part = query.substr(0, end);
    if (part.size() > key.size() && part.starts_with(key) && part[key.size()] == '=')
      return part.substr(key.size() + 1);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  return {};
}

template <class T>
std::optional<T> query_number(std::string_view query, std::string_view key) {
  auto text = query_value(query, key);
  T value{};
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} && !text.empty() && end == text.data() + text.size() ? std::optional{value}
                                                                                  : std::nullopt;
}

control_reply look(world& venue, std::string_view what, std::string_view query) {
  auto account = query_number<int64_t>(query, "account");
  auto since = query_number<uint64_t>(query, "since").value_or(0);
  if (what == "accounts")
    return {200, book_view::accounts(venue)};
  if (what == "orders")
    return {200, book_view::orders(venue, account, false)};
  if (what == "positions")
    return {200, book_view::positions(venue, account)};
  if (what == "trades")
    return {200, book_view::trades(venue, account)};
  if (what == "prices")
    return {200, book_view::prices(venue)};
  if (what == "requests")
    return {200, book_view::requests(venue, since)};
  if (what == "events")
    return {200, book_view::events(venue, since, query_value(query, "hub"))};
  if (what == "clients")
    return {200, book_view::clients(venue)};
  if (what == "script")
    return {200, book_view::script(venue)};
  if (what == "switches")
    return {200, book_view::switch_values(venue)};
  if (what == "view")
    return {200, book_view::everything(venue)};
  return error(404, "there is no GET /sim/" + std::string{what}
                      + "; there are accounts, orders, positions, trades, prices, requests, events, clients, script, "
                        "switches, view");
}

control_reply extend_script(world& venue, const YAML::Node& body) {
  std::vector<script_item> items;
  if (body.IsSequence())
    for (const auto& each : body)
      items.push_back(read_item(each));
  else
    items.push_back(read_item(body));
  auto all = venue.plan.items();
  all.insert(all.end(), items.begin(), items.end());
  check_names(all, body);
  venue.add_to_script(std::move(items));
  return {200, "{\"success\":true}"};
}

} // namespace

control_reply control(world& venue, std::string_view method, std::string_view path, std::string_view query,
                      const std::string& body) {
  auto what = path.substr(std::string_view{"/sim/"}.size());
  if (method == "GET")
    return look(venue, what, query);
  if (method != "POST")
    return error(405, "only GET and POST");
  try {
    auto node = YAML::Load(body); // JSON is YAML
    if (what == "script")
      return extend_script(venue, node);
    auto result = venue.perform(read_action(std::string{what}, node, {}));
    return {result.ok ? 200 : 409, std::move(result.json)};
  } catch (const scenario_error& e) {
    return error(400, e.what());
  } catch (const YAML::Exception& e) {
    return error(400, "the body is neither JSON nor YAML: " + e.msg);
  }
}

} // namespace gateway_sim
