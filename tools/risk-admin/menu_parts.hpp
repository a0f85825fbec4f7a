// What the pages of the menu share.
#pragma once

#include "actors/admin/local_client.hpp"
#include "tools/risk-admin/config_change.hpp"
#include "tools/risk-admin/menu.hpp"

namespace rm {

/// A text for people, cut into lines that fit a narrow terminal.
std::vector<std::string> wrapped(const std::string& text, std::size_t width = 72);

/// Runs a step; what the service cannot be asked is shown.
void guarded_step(const menu_parts& parts, const std::string& title, const std::function<void()>& step);

/// Asks for a typed reason until there is one; nothing: the person goes back.
std::optional<std::string> ask_reason(const menu_parts& parts, const std::string& title, std::vector<std::string> above);

/// Lets an account be chosen; its number as text.
std::optional<std::string> choose_account(const menu_parts& parts, const std::string& title);

/// Calls a method that changes something, and shows what came of it.
void order(const menu_parts& parts, const std::string& title, std::string_view method, const parameters& params);

/// Shows what a new text would change and mean, asks, and has it applied. `before` is what the service has.
void offer_change(const menu_parts& parts, const std::string& title, const shown_config& before, const std::string& after);

/// Pages (menu_pages.cpp).
void accounts_page(const menu_parts& parts);
void service_page(const menu_parts& parts);
void unlock_page(const menu_parts& parts);
void reset_page(const menu_parts& parts);
void logs_page(const menu_parts& parts);

} // namespace rm
