// reset: an account's day or week begins anew, now. Administrators only, with a reason.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/json_text.hpp"

namespace rm {
namespace {

constexpr std::size_t longest_reason = 1000;

or_error<inquiry> plan(const parameters& given, const house& known) {
  const auto found = find_account(*find_parameter(given, "account"), known);
  if (const auto* error = std::get_if<rpc_error>(&found))
    return *error;
  reset_order order;
  order.account = std::get<account_id>(found);
  const auto& kind = std::get<std::string>(*find_parameter(given, "kind"));
  if (kind != "daily" && kind != "weekly")
    return rpc_error{rpc_code::invalid_params, "kind must be daily or weekly"};
  order.kind = kind == "daily" ? reset_kind::daily : reset_kind::weekly;
  order.reason = std::get<std::string>(*find_parameter(given, "reason"));
  if (order.reason.find_first_not_of(" \t") == std::string::npos)
    return rpc_error{rpc_code::invalid_params, "say why: the reason goes into the journal and must not be empty"};
  if (order.reason.size() > longest_reason)
    return rpc_error{rpc_code::invalid_params, "the reason may have " + std::to_string(longest_reason) + " characters at most"};
  order.by = known.caller;
  order.now = known.now.utc;
  inquiry ask;
  ask.reset = order;
  return ask;
}

or_error<std::string> answer(const parameters&, const house&, const findings& found) {
  if (const auto* why = std::get_if<std::string>(&found.done))
    return rpc_error{rpc_code::no_answer, "not done: " + *why};
  json_writer out;
  out.begin_object().key("done").text(std::get<order_done>(found.done).what).end_object();
  return out.take();
}

} // namespace

command reset_command() {
  return {"reset",
          true,
          {{"account", parameter_kind::text_or_number, true}, {"kind", parameter_kind::text, true}, {"reason", parameter_kind::text, true}},
          plan,
          answer};
}

} // namespace rm
