// The menu: what an administrator does by hand, one question after the other. Plain code over a dialogue and the service's methods.
#pragma once

#include "tools/risk-admin/dialogue.hpp"
#include "tools/risk-admin/service_call.hpp"

#include <functional>

namespace rm {

struct menu_parts {
  dialogue* talk = nullptr;
  service_call call;
  std::function<std::string(const std::string& verb)> control; // start, stop, restart, status of the service; a text for people
};

/// Until the person leaves. What the service cannot be asked, or refuses, is shown and the menu goes on.
void run_menu(const menu_parts& parts);

/// The first entry alone: rules, from the choice of a profile or account to the change in force.
void run_wizard(const menu_parts& parts);

} // namespace rm
