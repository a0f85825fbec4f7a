#include "tools/risk-manager/host_files.hpp"
#include "tools/risk-manager/settings_parts.hpp"
#include "tools/risk-manager/text_encoding.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace rm {
namespace {

/// The host of "https://host:port/path"; empty when the text is no such thing.
std::string host_of(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos)
    return "";
  url.remove_prefix(begin + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (url.find_first_of("@ \t\\") != std::string_view::npos)
    return ""; // a name and password do not belong here
  if (!url.empty() && url[0] == '[') {
    const auto end = url.find(']');
    return end == std::string_view::npos ? "" : std::string{url.substr(0, end + 1)};
  }
  const auto colon = url.find(':');
  if (colon != std::string_view::npos) {
    const auto port = url.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos || std::stoi(std::string{port}) > 65535 || std::stoi(std::string{port}) == 0)
      return "";
  }
  return std::string{url.substr(0, colon)};
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]")
    return true;
  return host.rfind("127.", 0) == 0 && host.find_first_not_of("0123456789.") == std::string::npos && std::count(host.begin(), host.end(), '.') == 3;
}

std::string read_url(parameter_reader& reader, std::string_view key) {
  const auto url = reader.word(key);
  if (!url)
    return "";
  const parameter& at = *reader.get(key);
  const std::string host = host_of(*url);
  const bool plain = url->rfind("http://", 0) == 0, safe = url->rfind("https://", 0) == 0;
  if (host.empty() || (!plain && !safe))
    reader.complain(at, key, "must be an address such as https://api.topstepx.com, without a user name or password");
  else if (plain && !is_loopback(host))
    reader.complain(at, key, "must begin with https:// (http:// sends the key readable for all, and is allowed on this machine only)");
  return *url;
}

std::string read_key_file(parameter_reader& reader, const reading& r, broker_settings& out) {
  const auto name = reader.word("api_key_file");
  if (!name)
    return "";
  const parameter& at = *reader.get("api_key_file");
  const auto path = out.api_key_file = r.resolve(*name);
  std::ifstream in{path, std::ios::binary};
  std::string key;
  if (!in || !std::getline(in, key)) {
    reader.complain(at, "api_key_file", "cannot be read, or is empty: it must hold the key in its first line");
    return "";
  }
  if (const auto why = exposure_of(path))
    reader.complain(at, "api_key_file", "the file with the key " + *why);
  if (const auto wrong = encoding_problem(key)) {
    reader.complain(at, "api_key_file", "the file with the key: " + wrong->text);
    return "";
  }
  key = without_mark(key);
  while (!key.empty() && (key.back() == '\r' || key.back() == ' ' || key.back() == '\t'))
    key.pop_back();
  if (key.empty())
    reader.complain(at, "api_key_file", "the file's first line is empty: it must hold the key");
  return key;
}

std::string read_key(parameter_reader& reader, const reading& r, broker_settings& out) {
  const bool in_file = reader.has("api_key_file");
  if (!reader.has("api_key") && !in_file) {
    reader.miss("api_key", "api_key: ${NAME} with an environment variable, or api_key_file: PATH");
    return "";
  }
  if (reader.has("api_key") && in_file)
    reader.complain(*reader.get("api_key_file"), "api_key_file", "stands beside api_key: keep one of the two");
  return in_file ? read_key_file(reader, r, out) : reader.word("api_key").value_or("");
}

void read_timeouts(parameter_reader& reader, broker_settings& out) {
  const parameter* block = reader.get("timeouts");
  if (!block)
    return;
  parameter_reader timeouts{*block, reader.where() + ".timeouts", reader.found()};
  for (auto& [key, slot] : {std::pair<const char*, duration*>{"connect", &out.connect_timeout}, {"request", &out.request_timeout}}) {
    *slot = timeouts.length(key, *slot).value_or(*slot);
    if (*slot <= duration{} || *slot > std::chrono::minutes{5})
      timeouts.complain(*timeouts.get(key), key, "must be longer than 0s and at most 5m");
  }
  timeouts.finish();
}

void read_commissions(parameter_reader& reader, broker_settings& out) {
  const parameter* block = reader.get("commissions");
  if (!block)
    return;
  parameter_reader commissions{*block, "brokers.commissions", reader.found()};
  for (const auto& [symbol, value] : commissions.map().entries)
    if (const auto amount = commissions.amount(symbol); amount && symbol_name::fits(symbol))
      out.commissions[symbol_name{symbol}] = *amount;
    else if (amount)
      commissions.complain(value, symbol, "is no symbol");
  commissions.finish();
}

broker_settings read_broker(const parameter& block, reading& r) {
  parameter_reader reader{block, "brokers", r.found};
  broker_settings out;
  std::string id = reader.word("id").value_or("");
  if (const parameter* given = reader.get("id"); given && given->hidden) {
    reader.complain(*given, "id", "is shown to everybody: write it here, not into a variable");
    id.clear();
  }
  if (!broker_id::fits(id))
    reader.complain(*reader.get("id"), "id", "must have at most " + std::to_string(broker_id::capacity) + " characters");
  out.id = id;
  if (reader.choice("kind", {"projectx"}, 0))
    out.kind = "projectx";
  out.api_url = read_url(reader, "api_url");
  out.user_hub_url = read_url(reader, "user_hub_url");
  out.market_hub_url = read_url(reader, "market_hub_url");
  out.user_name = reader.word("user_name").value_or("");
  out.api_key = read_key(reader, r, out);
  if (const auto file = reader.has("ca_file") ? reader.word("ca_file") : std::nullopt) {
    out.ca_file = r.resolve(*file);
    std::ifstream in{out.ca_file};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in)
      reader.complain(*reader.get("ca_file"), "ca_file", "cannot be read: give the path of a file with trusted certificates, or remove the key");
    else if (text.find("CERTIFICATE-----") == std::string::npos)
      reader.complain(*reader.get("ca_file"), "ca_file", "holds no certificate: it must have at least one in PEM form (-----BEGIN CERTIFICATE-----), or remove the key");
  }
  out.requests_per_minute = reader.count("requests_per_minute", 60, 1'000'000, out.requests_per_minute).value_or(out.requests_per_minute);
  read_timeouts(reader, out);
  read_commissions(reader, out);
  reader.finish();
  return out;
}

void hide(parameter& p) {
  p.hidden = true;
  for (auto& item : p.items)
    hide(item);
  for (auto& [key, value] : p.entries)
    hide(value);
}

} // namespace

std::vector<const parameter*> maps_of(parameter_reader& reader, std::string_view key, const char* what) {
  std::vector<const parameter*> out;
  const parameter* list = reader.get(key);
  if (!list) {
    reader.miss(key, std::string{key} + ": a list of " + what);
    return out;
  }
  if (list->type != parameter::kind::list || list->items.empty()) {
    reader.complain(*list, key, "must be a list with at least one of the " + std::string{what} + "; " +
                                  (list->items.empty() && list->type == parameter::kind::list ? "found an empty one" : found_text(*list)));
    return out;
  }
  for (const auto& item : list->items)
    out.push_back(&item);
  return out;
}

std::vector<broker_settings> read_brokers(parameter_reader& top, reading& r) {
  std::vector<broker_settings> out;
  for (const parameter* block : maps_of(top, "brokers", "logins at venues")) {
    auto next = read_broker(*block, r);
    const bool twice = !next.id.empty() && std::any_of(out.begin(), out.end(), [&](const auto& b) { return b.id == next.id; });
    if (twice)
      top.complain(*block->find("id"), "id", "another broker has the id " + next.id.str() + " already: give each its own");
    else
      out.push_back(std::move(next));
  }
  return out;
}

void hide_secrets(parameter& root) {
  for (auto& [key, brokers] : root.entries) {
    if (key != "brokers")
      continue;
    if (brokers.type == parameter::kind::scalar)
      hide(brokers);
    for (auto& broker : brokers.items) {
      if (broker.type != parameter::kind::map)
        hide(broker);
      for (auto& [name, value] : broker.entries)
        if (name != "id" && name != "kind" && name != "timeouts" && name != "commissions")
          hide(value);
    }
    for (auto& [name, value] : brokers.entries) // brokers written as a map by mistake
      hide(value);
  }
}

} // namespace rm
