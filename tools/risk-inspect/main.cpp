// risk-inspect: looks inside the running actors.
#include "tools/risk-inspect/console.hpp"
#include "tools/screen/program.hpp"
#include "tools/screen/terminal.hpp"

#include <iostream>
#include <thread>

namespace {

using namespace rm;

constexpr std::size_t file_width = 160; // where nobody looks at a terminal

exit_code run(CLI::App& app, int argc, char** argv) {
  inspection how;
  how.socket = default_socket_path();
  std::string actor;
  int64_t count = 100, seconds = 30;
  app.set_version_flag("--version", std::string{"risk-inspect " RISK_MANAGER_VERSION});
  app.fallthrough();
  app.add_option("--socket", how.socket, "Where the service listens")->capture_default_str();
  app.add_flag("--json", how.json, "Print the service's answers as JSON; watch and trace: one object per line");
  const auto* tree = app.add_subcommand("tree", "Who is there, who watches whom, how often each came back");
  auto* show = app.add_subcommand("show", "One actor closely: its state in words, whom it talks to, what was last written down of it");
  const auto* watch = app.add_subcommand("watch", "The tree, live, until q");
  auto* trace = app.add_subcommand("trace", "The messages of an actor as they pass, with how long each waited and took");
  auto* crash = app.add_subcommand("crash", "A drill: the actor crashes, and its supervisor must bring it back (administrators)");
  for (auto* command : {show, trace, crash})
    command->add_option("ACTOR", actor, "As much of its name as no other has, e.g. account/126244, timers, max_contracts")->required();
  trace->add_option("--count", count, "At most so many messages")->capture_default_str()->check(CLI::Range(1, 1000));
  trace->add_option("--seconds", seconds, "For so long at most")->capture_default_str()->check(CLI::Range(1, 600));
  app.require_subcommand(0, 1);
  app.parse(argc, argv);

  const bool seen = on_terminal();
  how.colour = seen && wants_colour();
  how.width = seen ? terminal_columns() : file_width;
  how.folds = seen;
  how.pause = [](std::chrono::milliseconds longest) {
    std::this_thread::sleep_for(longest);
    return true;
  };
  how.frame = [](const std::string& frame) { std::cout << frame << "\n" << std::flush; };
  if (tree->parsed())
    return print_tree(how);
  if (show->parsed())
    return print_actor(how, actor);
  if (watch->parsed())
    return seen && !how.json ? watch_on_terminal(how) : watch_tree(how);
  if (trace->parsed())
    return trace_actor(how, actor, count, seconds);
  if (crash->parsed())
    return crash_actor(how, actor);
  if (!seen)
    throw wrong_use{"say what to do: tree, show, watch, trace or crash (the prompt needs a terminal)"};
  return run_console(how);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Looks inside the running risk manager: its actors, what each does, how often it came back.", "risk-inspect"};
  return rm::run_program(app, [&] { return run(app, argc, argv); });
}
