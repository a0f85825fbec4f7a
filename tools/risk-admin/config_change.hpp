// A change of the configuration on its way: what the service has, what it would become, and what the service says of that.
#pragma once

#include "tools/risk-admin/service_call.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rm {

/// The configuration as the service shows it: keys that are written out in it are hidden, and stay so when it is sent back.
struct shown_config {
  std::string file, base, text;
  std::vector<std::string> presets; // names of the firms' limits that it knows
};

/// What the service says of a text.
struct config_judgement {
  bool ok = false;
  std::vector<std::string> problems, warnings, changes;
  std::vector<std::string> today; // what it would have meant for the day so far
};

/// The service's answer, or why there is none.
template <class Value>
struct told {
  std::optional<Value> value;
  rpc_answer refused; // when there is no value
};

told<shown_config> fetch_config(const service_call& call);
told<config_judgement> check_config(const service_call& call, const std::string& text);
/// Puts it in place and in force. `base` is of the text that was changed: whoever was faster wins.
told<config_judgement> apply_config(const service_call& call, const std::string& text, const std::string& base, const std::string& reason);

/// What to do with a configuration that is too large to be sent (1 MiB).
constexpr std::string_view instead_of_sending = "change the file itself, try it with risk-manager check-config, then have it read: risk-admin service restart, or systemctl reload risk-manager";

/// Whether the change switches off or removes a rule, or an account: then a person has to say why in his own words.
bool loosens(const std::string& before, const std::string& after);

} // namespace rm
