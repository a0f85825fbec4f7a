// What the service is called on Windows. The installer, the scripts and etc/attack-surface.md use the same names.
#pragma once

namespace rm {

constexpr wchar_t service_name_w[] = L"RiskManagerV34"; // of the event source too
constexpr wchar_t service_title_w[] = L"Risk Manager V34";
constexpr wchar_t service_text_w[] = L"Watches futures accounts and enforces their risk rules. Without it nobody does.";
constexpr char product_folder[] = "RiskManagerV34"; // below %ProgramData% and %ProgramFiles%

} // namespace rm
