#include "actors/admin/dispatch.hpp"

#include "actors/admin/nearest.hpp"

#include <algorithm>

namespace rm {
namespace {

constexpr std::string_view silence = "no answer from its actor";

std::string excuse_text(std::string_view why) {
  return why.empty() ? std::string{silence} : std::string{silence} + " (" + std::string{why} + ")";
}

// Since when somebody is silent is not known: the times below stay empty.
account_status silent_account(const known_account& who) {
  account_status out;
  out.account = who.account;
  out.name = who.name;
  out.state = account_state_name::not_evaluable;
  out.why = silence;
  out.alarms.push_back({"silent", severity::critical, "the account's actor does not answer: nobody knows whether it is guarded", {}});
  return out;
}

broker_status silent_broker(broker_id who) {
  broker_status out;
  out.broker = who;
  out.status = link_status::blind;
  out.why = silence;
  return out;
}

findings assume_silence(const inquiry& questions, const house& known) {
  findings out;
  if (questions.accounts)
    for (const auto& account : known.accounts)
      out.accounts.push_back(silent_account(account));
  if (questions.brokers)
    for (const auto& broker : known.brokers)
      out.brokers.push_back(silent_broker(broker));
  if (questions.storage)
    out.storage = {false, std::string{silence}, {}, 0};
  if (questions.journal)
    out.journal = std::string{silence};
  out.done = std::string{silence};
  return out;
}

answered refuse(const std::string& id, rpc_error error) { return {error_line(id, error), std::nullopt}; }

rpc_error unknown_method(const std::string& method, const std::vector<command>& catalogue) {
  std::vector<std::string> names;
  for (const auto& candidate : catalogue)
    names.emplace_back(candidate.name);
  std::string message = "there is no method '" + method.substr(0, 60) + "'";
  std::string hint = hint_for(method, names);
  if (hint.empty()) {
    hint = "; there are: ";
    for (std::size_t i = 0; i < names.size(); ++i)
      hint += (i == 0 ? "" : ", ") + names[i];
  }
  return {rpc_code::unknown_method, message + hint};
}

answered refuse_trader(const client_line& from, const rpc_request& request, const command& asked) {
  journal_entry entry;
  entry.at = from.received.utc;
  entry.kind = "admin";
  entry.text = "refused: " + (from.user.empty() ? std::string{"somebody"} : from.user) + " asked for " + std::string{asked.name} + " and is no administrator";
  const std::string message = std::string{asked.name} + " needs an administrator";
  return {error_line(request.id, {rpc_code::not_permitted, message}), entry};
}

} // namespace

void add_running(house& known, account_id account) {
  const auto place = std::find_if(known.accounts.begin(), known.accounts.end(), [&](const known_account& k) { return k.account >= account; });
  if (place == known.accounts.end() || place->account != account)
    known.accounts.insert(place, {account, ""});
}

void add_running(house& known, broker_id broker) {
  const auto place = std::lower_bound(known.brokers.begin(), known.brokers.end(), broker);
  if (place == known.brokers.end() || *place != broker)
    known.brokers.insert(place, broker);
}

void gathering::put(account_status status) {
  for (auto& place : found.accounts)
    if (place.account == status.account) {
      // The account names itself as the venue does, once it has heard; until then the configuration's name stands.
      if (status.name.empty())
        status.name = place.name;
      place = std::move(status);
      return;
    }
}

void gathering::put(broker_status status) {
  for (auto& place : found.brokers)
    if (place.broker == status.broker) {
      place = std::move(status);
      return;
    }
}

void gathering::excuse(account_id account, std::string_view why) {
  for (auto& place : found.accounts)
    if (place.account == account)
      place.why = excuse_text(why);
}

void gathering::excuse(broker_id broker, std::string_view why) {
  for (auto& place : found.brokers)
    if (place.broker == broker)
      place.why = excuse_text(why);
}

void gathering::excuse_storage(std::string_view why) { found.storage.why = excuse_text(why); }
void gathering::excuse_journal(std::string_view why) { found.journal = excuse_text(why); }

std::variant<answered, gathering> receive_line(const client_line& from, const std::vector<command>& catalogue, const house& known) {
  auto parsed = parse_request(from.line);
  if (const auto* refused = std::get_if<rpc_refused>(&parsed))
    return refuse(refused->id, refused->error);
  auto& request = std::get<rpc_request>(parsed);
  const auto asked = std::find_if(catalogue.begin(), catalogue.end(), [&](const command& c) { return c.name == request.method; });
  if (asked == catalogue.end())
    return refuse(request.id, unknown_method(request.method, catalogue));
  if (asked->administrator && !from.administrator)
    return refuse_trader(from, request, *asked);
  if (auto error = check_parameters(*asked, request.params))
    return refuse(request.id, std::move(*error));
  auto planned = asked->plan(request.params, known);
  if (auto* error = std::get_if<rpc_error>(&planned))
    return refuse(request.id, std::move(*error));

  gathering out;
  out.connection = from.connection;
  out.request = std::move(request);
  out.asked = &*asked;
  out.known = known;
  out.questions = std::get<inquiry>(planned);
  out.found = assume_silence(out.questions, known);
  return out;
}

std::string finish(const gathering& done) {
  const auto made = done.asked->answer(done.request.params, done.known, done.found);
  if (const auto* error = std::get_if<rpc_error>(&made))
    return error_line(done.request.id, *error);
  return result_line(done.request.id, std::get<std::string>(made));
}

} // namespace rm
