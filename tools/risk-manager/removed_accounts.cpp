#include "tools/risk-manager/removed_accounts.hpp"

#include "actors/admin/hidden_keys.hpp"
#include "actors/persistence/disk.hpp"
#include "actors/persistence/lock_rows.hpp"

#include <algorithm>
#include <charconv>

namespace rm {
namespace {

constexpr std::string_view before_number = "last-good-", after_number = ".config";

const configured_account* account_in(const settings& all, account_id id) {
  const auto found = std::find_if(all.accounts.begin(), all.accounts.end(), [&](auto& a) { return a.id == id; });
  return found == all.accounts.end() ? nullptr : &*found;
}

std::string words_of_locks(const std::vector<lock>& locks) {
  std::string out;
  for (const auto& each : locks) {
    out += (out.empty() ? "locked by " : ", by ") + each.rule.str();
    if (each.until != timestamp{})
      out += " until " + format_time(each.until);
    if (!each.reason.empty())
      out += " (" + each.reason + ")";
  }
  return out;
}

std::filesystem::path place_of(const std::filesystem::path& data_dir, account_id account) {
  return data_dir / (std::string{before_number} + to_string(account) + std::string{after_number});
}

/// The accounts for which something is kept.
std::vector<account_id> accounts_kept_in(const std::filesystem::path& data_dir) {
  std::vector<account_id> out;
  std::error_code failed;
  for (std::filesystem::directory_iterator i{data_dir, failed}, end; !failed && i != end; i.increment(failed)) {
    const std::string name = i->path().filename().string();
    if (!name.starts_with(before_number) || !name.ends_with(after_number))
      continue;
    const char* from = name.data() + before_number.size();
    const char* to = name.data() + name.size() - after_number.size();
    int64_t number = 0;
    if (const auto [stop, wrong] = std::from_chars(from, to, number); from < to && stop == to && wrong == std::errc{})
      out.push_back(account_id{number});
  }
  return out;
}

/// Where an account's settings come from when the configuration lacks it.
struct origin_of_account {
  kept_config from;
  std::shared_ptr<const settings> read;
};

using origins = std::map<account_id, origin_of_account>;

void note_lacking(const settings& next, kept_config from, std::optional<account_id> only, origins& out) {
  auto read = read_kept_settings(from);
  if (!read.value)
    return;
  const auto all = std::make_shared<const settings>(std::move(*read.value));
  for (const auto& account : all->accounts)
    if ((!only || account.id == *only) && !account_in(next, account.id))
      out.try_emplace(account.id, origin_of_account{from, all});
}

void add(settings& next, const settings& from, account_id id, std::string why) {
  auto account = *account_in(from, id);
  account.carried = std::move(why);
  const auto has_login = [&](const auto& all) { return std::find_if(all.begin(), all.end(), [&](auto& b) { return b.id == account.broker; }); };
  if (has_login(next.brokers) == next.brokers.end())
    if (const auto login = has_login(from.brokers); login != from.brokers.end())
      next.brokers.push_back(*login);
  next.accounts.push_back(std::move(account));
}

} // namespace

std::map<account_id, std::string> locked_of(const settings& where, const std::vector<account_id>& accounts) {
  std::map<account_id, std::string> out;
  try {
    for (auto& [account, locks] : locks_in(where.service.data_dir / "riskmanager.db", accounts)) {
      std::erase_if(locks, [](auto& l) { return l.end == lock_end::can_trade; });
      if (!locks.empty())
        out[account] = words_of_locks(locks);
    }
  } catch (const disk_failure& why) {
    for (const auto account : accounts)
      out[account] = std::string{"perhaps locked: "} + why.what();
  }
  return out;
}

problems removed_while_locked(const settings& in_force, const settings& next) {
  std::vector<account_id> lacking;
  for (const auto& account : in_force.accounts)
    if (account.carried.empty() && !account_in(next, account.id))
      lacking.push_back(account.id);
  problems out;
  for (const auto& [account, how] : locked_of(in_force, lacking))
    out.push_back({0, "accounts", "account " + to_string(account) + " cannot be taken out while it is " + how + ": wait for its end, or take the lock away first with risk-admin unlock " + to_string(account)});
  return out;
}

std::vector<account_id> carried_in(const settings& in_force) {
  std::vector<account_id> out;
  for (const auto& account : in_force.accounts)
    if (!account.carried.empty())
      out.push_back(account.id);
  return out;
}

void carry_on(settings& next, const settings& in_force) {
  auto carried = carried_in(in_force);
  std::erase_if(carried, [&](account_id id) { return account_in(next, id) != nullptr; });
  for (const auto& [account, how] : locked_of(in_force, carried))
    add(next, in_force, account, how);
}

std::map<account_id, kept_config> carry_on_at_start(settings& next, const std::filesystem::path& file) {
  const auto& data_dir = next.service.data_dir;
  origins lacking;
  if (auto kept = find_kept(file, {data_dir}); kept && kept->sources.text != without_keys(next.sources->text))
    note_lacking(next, std::move(*kept), std::nullopt, lacking);
  for (const auto account : accounts_kept_in(data_dir))
    if (auto kept = read_kept_file(place_of(data_dir, account)); kept && kept->file == full_name(file))
      note_lacking(next, std::move(*kept), account, lacking);
  std::vector<account_id> ids;
  for (const auto& [account, from] : lacking)
    ids.push_back(account);
  std::map<account_id, kept_config> out;
  for (const auto& [account, how] : locked_of(next, ids)) {
    auto& from = lacking.at(account);
    add(next, *from.read, account, how);
    out.emplace(account, std::move(from.from));
  }
  return out;
}

void keep_account(const std::filesystem::path& data_dir, account_id account, const kept_config& config) { put_kept_file(place_of(data_dir, account), config); }

void forget_account(const std::filesystem::path& data_dir, account_id account) {
  std::error_code ignored;
  std::filesystem::remove(place_of(data_dir, account), ignored);
}

void forget_listed(const settings& in_force) {
  for (const auto account : accounts_kept_in(in_force.service.data_dir))
    if (const auto* listed = account_in(in_force, account); listed && listed->carried.empty())
      forget_account(in_force.service.data_dir, account);
}

std::string words_of_carried(const configured_account& account) {
  return "account " + to_string(account.id) + " is not in the configuration any more, and is " + account.carried +
         ": it is guarded as it was until its locks end; put it back, or take the lock away with risk-admin unlock " + to_string(account.id);
}

} // namespace rm
