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
  out.proof = std::string{silence};
  out.done = std::string{silence};
  out.actors = std::string{silence};
  out.host.text = "the service cannot do that here";
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

/// What a subscription is for, or why there is none of that kind.
or_error<const command*> find_topic(const subscription& wanted, bool administrator, const std::vector<command>& catalogue, const house& known) {
  std::vector<std::string> names;
  for (const auto& each : catalogue)
    if (each.push_within.count() > 0)
      names.emplace_back(each.name);
  const auto topic = std::find_if(catalogue.begin(), catalogue.end(), [&](const command& c) { return c.name == wanted.topic && c.push_within.count() > 0; });
  if (topic == catalogue.end())
    return rpc_error{rpc_code::invalid_params, "there is no topic '" + wanted.topic.substr(0, 60) + "'" + hint_for(wanted.topic, names)};
  if (wanted.ends)
    return &*topic;
  if (topic->administrator && !administrator)
    return rpc_error{rpc_code::not_permitted, std::string{topic->name} + " needs an administrator"};
  if (auto error = check_parameters(*topic, wanted.params))
    return *error;
  const auto planned = topic->plan(wanted.params, known);
  if (const auto* error = std::get_if<rpc_error>(&planned))
    return *error;
  return &*topic;
}

answered refuse_trader(const client_line& from, const rpc_request& request, std::string_view asked) {
  journal_entry entry;
  entry.at = from.received.utc;
  entry.kind = "admin";
  entry.text = "refused: " + (from.user.empty() ? std::string{"somebody"} : from.user) + " asked for " + std::string{asked} + " and is no administrator";
  const std::string message = std::string{asked} + " needs an administrator";
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
    return refuse_trader(from, request, asked->name);
  if (auto error = check_parameters(*asked, request.params))
    return refuse(request.id, std::move(*error));
  auto planned = asked->plan(request.params, known);
  if (auto* error = std::get_if<rpc_error>(&planned))
    return refuse(request.id, std::move(*error));

  const command* topic = nullptr;
  if (const auto& wanted = std::get<inquiry>(planned).subscribe) {
    const auto found = find_topic(*wanted, from.administrator, catalogue, known);
    if (const auto* error = std::get_if<rpc_error>(&found))
      return error->code == rpc_code::not_permitted ? refuse_trader(from, request, wanted->topic) : refuse(request.id, *error);
    topic = std::get<const command*>(found);
  }
  gathering out;
  out.topic = topic;
  out.connection = from.connection;
  out.request = std::move(request);
  out.asked = &*asked;
  out.known = known;
  out.questions = std::get<inquiry>(planned);
  out.found = assume_silence(out.questions, known);
  return out;
}

gathering gather_news(const command& topic, const parameters& params, const house& known) {
  gathering out;
  out.push = true;
  out.request.params = params;
  out.asked = &topic;
  out.known = known;
  auto planned = topic.plan(params, known);
  if (auto* questions = std::get_if<inquiry>(&planned)) // an account may be gone since: then there is nothing to ask, and the answer says so
    out.questions = std::move(*questions);
  out.found = assume_silence(out.questions, known);
  return out;
}

std::string finish(const gathering& done) {
  if (done.push) {
    // What was good when the client subscribed need not be so now.
    const auto planned = done.asked->plan(done.request.params, done.known);
    if (const auto* error = std::get_if<rpc_error>(&planned))
      return push_trouble_line(done.asked->name, *error);
    const auto made = done.asked->answer(done.request.params, done.known, done.found);
    if (const auto* error = std::get_if<rpc_error>(&made))
      return push_trouble_line(done.asked->name, *error);
    return push_line(done.asked->name, std::get<std::string>(made));
  }
  const auto made = done.asked->answer(done.request.params, done.known, done.found);
  if (const auto* error = std::get_if<rpc_error>(&made))
    return error_line(done.request.id, *error);
  return result_line(done.request.id, std::get<std::string>(made));
}

} // namespace rm
