#include "actors/admin/commands/by_account.hpp"

namespace rm {

or_error<inquiry> ask_accounts(const parameters& given, const house& known) {
  inquiry ask;
  ask.accounts = true;
  return only_one(given, known, std::move(ask));
}

std::string list_by_account(const parameters& given, const house& known, const findings& found, std::string_view key,
                            const std::function<void(json_writer&, const account_status&)>& write_items) {
  json_writer out;
  out.begin_object().key("now").time(known.now.utc).key("accounts").begin_array();
  for (const auto& account : found.accounts) {
    if (!is_wanted(account.account, given, known))
      continue;
    out.begin_object().key("id").number(account.account.value).key("name").text(account.name);
    out.key("state").text(name_of(account.state)).key("why").text(account.why).key(key).begin_array();
    write_items(out, account);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return out.take();
}

} // namespace rm
