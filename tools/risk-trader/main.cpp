// risk-trader: what the risk manager sees, for the trader. Reads only.
#include "actors/admin/local_client.hpp"
#include "actors/admin/status_frame.hpp"
#include "tools/risk-trader/screen.hpp"
#include "tools/risk-trader/terminal.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <optional>
#include <stdexcept>

namespace {

using namespace rm;

constexpr std::string_view program = "risk-trader";
constexpr std::size_t frame_width = 80;
constexpr auto patience = std::chrono::seconds{3};

/// One connection, made again when it has failed.
class questioner {
public:
  explicit questioner(std::string path) : path_{std::move(path)} {}

  rpc_answer ask() {
    if (!client_)
      client_.emplace(path_, patience);
    try {
      return client_->call("status", {});
    } catch (...) {
      client_.reset();
      throw;
    }
  }

private:
  std::string path_;
  std::optional<local_client> client_;
};

exit_code print_once(questioner& service, bool json) {
  const rpc_answer answer = service.ask();
  if (!answer.done) {
    std::cerr << program << ": " << answer.message << "\n";
    return exit_code_of(answer);
  }
  if (json) {
    std::cout << answer.result << "\n";
    return exit_code::done;
  }
  const auto status = read_status(answer.result);
  if (!status)
    throw std::runtime_error{"the service sent a status that this program does not understand; are both of one version?"};
  std::cout << plain_text(status_frame(*status, frame_width));
  return exit_code::done;
}

exit_code run(CLI::App& app, int argc, char** argv) {
  std::string socket = default_socket_path();
  bool once = false, json = false;
  app.set_version_flag("--version", std::string{"risk-trader " RISK_MANAGER_VERSION});
  app.add_option("--socket", socket, "Where the service listens")->capture_default_str();
  auto* once_flag = app.add_flag("--once", once, "Print one frame, 80 columns wide, and end");
  app.add_flag("--json", json, "Print the status object and end")->excludes(once_flag);
  app.parse(argc, argv);

  questioner service{socket};
  if (once || json || !on_terminal())
    return print_once(service, json);
  return show_screen([&service] {
    const rpc_answer answer = service.ask();
    if (!answer.done)
      throw std::runtime_error{answer.message};
    return answer.result;
  });
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Shows what the risk manager sees: accounts, locks, rules, positions. Changes nothing.", "risk-trader"};
  rm::exit_code code = rm::exit_code::failed;
  try {
    code = run(app, argc, argv);
  } catch (const CLI::ParseError& wrong) {
    code = app.exit(wrong) == 0 ? rm::exit_code::done : rm::exit_code::bad_usage;
  } catch (const rm::not_reachable& why) {
    std::cerr << rm::unreachable_text(program, why) << "\n";
    code = why.not_permitted ? rm::exit_code::not_permitted : rm::exit_code::not_reachable;
  } catch (const std::exception& why) {
    std::cerr << program << ": " << why.what() << "\n";
  }
  return static_cast<int>(code);
}
