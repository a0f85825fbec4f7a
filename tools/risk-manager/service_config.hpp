// The configuration of a running service: what is in force, read again, changed by administrators.
#pragma once

#include "actors/app.hpp"
#include "tools/risk-manager/host_parts.hpp"
#include "tools/risk-manager/service_log.hpp"
#include "tools/risk-manager/start_config.hpp"

#include <algorithm>

namespace rm {

/// What an administrator has changed with risk-admin.
struct admin_change {
  std::string by, reason;
  std::string mark;           // of the configuration's file as it was left
  bool others_before = false; // the files were not those in force: somebody had changed them outside risk-admin
};

/// The configuration that is in force, and who brought the next one.
struct config_state {
  settings in_force;
  config_in_force record;
  std::optional<admin_change> change = {}; // not read yet
  std::optional<config_trouble> trouble = {}; // the files are not in force, or not all of them
  int freed_looks = 0; // at accounts that are not in the configuration any more: so often in a row one was not locked

  /// Something has to be looked at again and again.
  bool unsettled() const { return trouble || std::any_of(in_force.accounts.begin(), in_force.accounts.end(), [](auto& a) { return !a.carried.empty(); }); }
};

/// Keeps what is in force whole for a start at which its files cannot be used. What hinders that is logged.
void keep(const config_state& state, const service_origin& origin);
/// The same at the start, with what is not in the configuration any more. Gives what the journal is to be told.
std::vector<journal_entry> keep_and_say(const start_config& start, const config_state& state, const service_origin& origin);
/// While it is `unsettled`, every `look_again`.
void look_again_at_all(app& service, service_log& log, const std::string& file, config_state& state, const service_origin& origin, boost::asio::io_context& io);

/// Into the log, and as lines for the journal: what is not in force, or that all is.
std::vector<journal_entry> say_trouble(const std::optional<config_trouble>& trouble, timestamp now);

/// Reads the configuration again: the whole of it comes into force, or nothing does. What is in force goes on in any case. `asked`: somebody
/// wants it; otherwise nothing is said where nothing has changed.
void reload(app& service, service_log& log, const std::string& file, config_state& state, const service_origin& origin, boost::asio::io_context& io, bool asked);

/// Carries out an administrator's order about the configuration. True: it is to be read again. Answered first: what comes into force may
/// start the socket again, and with it the client's connection.
bool carry_out(const config_order& order, const std::function<void(bool, std::string)>& answer, const std::string& file, config_state& state);
/// The same for a login's key.
bool carry_out(const key_order& order, const std::function<void(bool, std::string)>& answer, const std::string& file, config_state& state);

} // namespace rm
