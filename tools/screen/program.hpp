// What every program that asks the service does around its own work: it says in a sentence why it could not, and ends with the code for that.
#pragma once

#include "actors/admin/local_client.hpp"
#include "tools/screen/command_line.hpp"
#include "tools/screen/output.hpp"
#include "tools/screen/standard_streams.hpp"
#include "tools/screen/wrong_use.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace rm {

/// Runs `work` (which reads the command line with `app`); what main returns.
template <class Work>
int run_program(CLI::App& app, Work work) {
  hold_standard_streams();
  const auto name = app.get_name();
  auto code = exit_code::failed;
  try {
    code = work();
  } catch (const CLI::ParseError& wrong) {
    // Help and version end in success; every wrong use is 2.
    code = explain(app, wrong) ? exit_code::done : exit_code::bad_usage;
  } catch (const wrong_use& wrong) {
    std::cerr << name << ": " << wrong.what() << "; see " << name << " --help\n";
    code = exit_code::bad_usage;
  } catch (const not_reachable& why) {
    std::cerr << unreachable_text(name, why) << "\n";
    code = why.not_permitted ? exit_code::not_permitted : exit_code::not_reachable;
  } catch (const std::exception& why) {
    std::cerr << name << ": " << why.what() << "\n";
  }
  if (!output_arrived(name) && code == exit_code::done)
    code = exit_code::failed;
  return static_cast<int>(code);
}

} // namespace rm
