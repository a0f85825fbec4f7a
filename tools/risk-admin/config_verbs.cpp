// config show, check, apply, edit, wizard.
#include "actors/admin/json_text.hpp"
#include "tools/risk-admin/config_change.hpp"
#include "tools/risk-admin/config_edit.hpp"
#include "tools/risk-admin/platform.hpp"
#include "tools/risk-admin/verbs.hpp"
#include "tools/screen/terminal.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace rm {
namespace {

constexpr std::uintmax_t largest_file = 1u << 20;

std::string read_file(const std::string& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed || !std::filesystem::is_regular_file(file, failed))
    throw wrong_use{file + " cannot be read: give the path of a configuration file"};
  if (size > largest_file)
    throw wrong_use{file + " is too large to be sent: at most 1 MiB; " + std::string{instead_of_sending}};
  std::ifstream in{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  if (!in && !in.eof())
    throw wrong_use{file + " cannot be read"};
  return text;
}

service_call calls_of(const options& chosen) {
  return [socket = chosen.socket](std::string_view method, const parameters& params) { return local_client{socket, patience}.call(method, params); };
}

void print_today(const config_judgement& judged) {
  if (!judged.today.empty())
    std::cout << "what it would have meant for today:\n";
  for (const auto& line : judged.today)
    std::cout << line << "\n";
}

/// The service says of a text what it would say of its own file; people look into the one that they gave.
void name_file(config_judgement& judged, const std::string& theirs, const std::string& given) {
  for (auto* list : {&judged.problems, &judged.warnings})
    for (auto& line : *list)
      if (!given.empty() && line.starts_with(theirs + ":"))
        line.replace(0, theirs.size(), given);
}

void print(const options& chosen, const config_judgement& judged) {
  if (chosen.json) {
    json_writer out;
    out.begin_object().key("ok").flag(judged.ok);
    for (const auto& [name, list] : {std::pair{"problems", &judged.problems}, {"warnings", &judged.warnings}, {"changes", &judged.changes}, {"today", &judged.today}}) {
      out.key(name).begin_array();
      for (const auto& each : *list)
        out.text(each);
      out.end_array();
    }
    std::cout << out.end_object().take() << "\n";
    return;
  }
  for (const auto& problem : judged.problems)
    std::cerr << problem << "\n";
  for (const auto& warning : judged.warnings)
    std::cerr << "warning: " << warning << "\n";
  for (const auto& change : judged.changes)
    std::cout << change << "\n";
  print_today(judged);
  if (judged.ok && judged.changes.empty())
    std::cout << "no errors; nothing would be different from what is in force\n";
}

exit_code show(const options& chosen) {
  const auto answer = calls_of(chosen)("config_show", {});
  if (!answer.done)
    return refused(answer);
  const auto shown = fetch_config([&](std::string_view, const parameters&) { return answer; });
  std::cout << (chosen.json ? answer.result + "\n" : shown.value->text);
  return exit_code::done;
}

exit_code check(const options& chosen) {
  const std::string text = read_file(chosen.file);
  const auto now = fetch_config(calls_of(chosen));
  if (!now.value)
    return refused(now.refused);
  auto judged = check_config(calls_of(chosen), text);
  if (!judged.value)
    return refused(judged.refused);
  name_file(*judged.value, now.value->file, chosen.file);
  print(chosen, *judged.value);
  return judged.value->ok ? exit_code::done : exit_code::bad_usage;
}

/// Checks, shows the difference, asks why, applies.
exit_code bring_in(const options& chosen, const shown_config& now, const std::string& text) {
  const auto call = calls_of(chosen);
  auto judged = check_config(call, text);
  if (!judged.value)
    return refused(judged.refused);
  name_file(*judged.value, now.file, chosen.file);
  if (!judged.value->ok) {
    print(chosen, *judged.value);
    return exit_code::bad_usage;
  }
  if (!chosen.json)
    for (const auto& line : shown_difference(now.text, text))
      std::cout << line << "\n";
  if (!chosen.json)
    print_today(*judged.value);
  const auto reason = reason_for(chosen, loosens(now.text, text) ? "This switches off something that protects an account." : "This changes the configuration in force.");
  const auto applied = apply_config(call, text, now.base, reason);
  if (!applied.value)
    return refused(applied.refused);
  print(chosen, *applied.value);
  return exit_code::done;
}

exit_code apply(const options& chosen) {
  const std::string text = read_file(chosen.file);
  const auto now = fetch_config(calls_of(chosen));
  return now.value ? bring_in(chosen, *now.value, text) : refused(now.refused);
}

exit_code edit(const options& chosen) {
  if (!on_terminal())
    throw wrong_use{"config edit needs a terminal: in scripts use config show, and config apply FILE"};
  const auto now = fetch_config(calls_of(chosen));
  if (!now.value)
    return refused(now.refused);
  const auto file = private_file(now.value->text);
  exit_code code = exit_code::failed;
  try {
    for (;;) {
      if (!edit_file(file)) {
        std::cerr << "risk-admin: the editor failed; nothing was changed\n";
        break;
      }
      const std::string text = read_file(file.string());
      if (text == now.value->text) {
        std::cout << "nothing was changed\n";
        code = exit_code::done;
        break;
      }
      code = bring_in(chosen, *now.value, text);
      if (code != exit_code::bad_usage || ask_on_terminal("Edit it again? [y/n] ") != "y")
        break;
    }
  } catch (...) {
    std::filesystem::remove(file);
    throw;
  }
  std::filesystem::remove(file);
  return code;
}

} // namespace

exit_code configure(const options& chosen) {
  const bool needs_file = chosen.what == "check" || chosen.what == "apply";
  if (needs_file == chosen.file.empty())
    throw wrong_use{needs_file ? "config " + chosen.what + " needs a FILE" : "config " + chosen.what + " takes no file"};
  if (chosen.what == "show")
    return show(chosen);
  if (chosen.what == "check")
    return check(chosen);
  if (chosen.what == "apply")
    return apply(chosen);
  return chosen.what == "edit" ? edit(chosen) : open_menu(chosen, "config show, check, apply");
}

} // namespace rm
