// What is wrong with a command line, in one sentence; the same in every program.
#pragma once

#include "actors/admin/nearest.hpp"
#include "tools/screen/wrong_use.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace rm {

/// What nobody understood, with the name that was probably meant; or nothing.
inline std::string unknown_words(const CLI::App& app) {
  const auto unknown = app.remaining(true);
  if (unknown.empty())
    return "";
  std::vector<std::string> known;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(sub->get_name());
    if (sub->parsed())
      for (const CLI::Option* option : sub->get_options())
        known.push_back(option->get_name());
  }
  for (const CLI::Option* option : app.get_options())
    known.push_back(option->get_name());
  return "there is no command or argument '" + unknown.front() + "'" + hint_for(unknown.front(), known);
}

/// Where the parser lets everything pass.
inline void refuse_unknown(const CLI::App& app) {
  if (const auto said = unknown_words(app); !said.empty())
    throw wrong_use{said};
}

/// Prints help or version, or says on standard error what is wrong. True: nothing was wrong.
inline bool explain(const CLI::App& app, const CLI::ParseError& why) {
  if (why.get_exit_code() == 0)
    return app.exit(why) == 0;
  const auto unknown = unknown_words(app); // first: what the parser then misses often follows from it
  std::cerr << app.get_name() << ": " << (unknown.empty() ? why.what() : unknown) << "; see " << app.get_name() << " --help\n";
  return false;
}

} // namespace rm
