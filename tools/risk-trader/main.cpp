// risk-trader: shows the trader what the risk manager sees and does. It can change nothing.
#include "tools/risk-trader/feed.hpp"
#include "tools/risk-trader/layout.hpp"
#include "tools/screen/program.hpp"
#include "tools/screen/terminal.hpp"

#include <ftxui/screen/terminal.hpp>

#include <atomic>
#include <stdexcept>

namespace {

using namespace rm;
using namespace std::chrono_literals;

constexpr std::string_view program = "risk-trader";
constexpr std::size_t frame_width = 80;
constexpr auto patience = 10s; // the service itself waits 1 s for its actors

exit_code print_once(const std::string& socket, bool json) {
  local_client service{socket, patience};
  const auto answer = service.call("status", {});
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

/// False: leave.
bool obey(const key_press& pressed, screen_state& shown, status_feed& feed) {
  const auto accounts = shown.status ? shown.status->accounts.size() : 0;
  const auto go_to = [&](std::size_t account) {
    if (account < accounts)
      shown.account = account, shown.scroll = 0;
  };
  switch (pressed.key) {
    case key::escape:
    case key::interrupt:
    case key::end_of_input: return false;
    case key::left: go_to(accounts == 0 ? 0 : (shown.account + accounts - 1) % accounts); break;
    case key::right: go_to(accounts == 0 ? 0 : (shown.account + 1) % accounts); break;
    case key::up: shown.scroll = std::max(0, shown.scroll - 1); break;
    case key::down: ++shown.scroll; break;
    case key::page_up: shown.scroll = std::max(0, shown.scroll - 10); break;
    case key::page_down: shown.scroll += 10; break;
    case key::home: shown.scroll = 0; break;
    case key::character:
      if (pressed.text == "q")
        return false;
      if (pressed.text == "r")
        feed.hurry();
      else if (pressed.text == "?")
        shown.help = !shown.help;
      else if (pressed.text >= "1" && pressed.text <= "9")
        go_to(static_cast<std::size_t>(pressed.text[0] - '1'));
      break;
    default: break;
  }
  return true;
}

/// Draws when something is new, and once a second for what counts down.
exit_code show(const std::string& socket, theme colours) {
  terminal screen{true};
  status_feed feed{socket, [&] { screen.wake(); }};
  screen_state shown;
  uint64_t heard = 0;
  std::string drawn;
  std::shared_ptr<const std::vector<shown_day>> days;
  for (bool staying = true; staying;) {
    const auto news = feed.newest();
    if (news.days && std::exchange(days, news.days) != news.days)
      shown.past.begin(*news.days);
    if (news.number != heard && news.status && (!shown.status || news.trouble.empty()))
      shown.past.take(*news.status);
    heard = news.number;
    shown.status = news.status;
    shown.trouble = news.trouble;
    shown.live = news.live;
    const auto since = news.status ? std::chrono::steady_clock::now() - news.heard : std::chrono::steady_clock::duration{};
    shown.age = since;
    shown.now = news.status ? news.status->now + since : timestamp{};
    const auto size = screen.size();
    shown.scroll = std::min(shown.scroll, most_scroll(shown, size.columns, size.rows));
    auto frame = render(shown, size.columns, size.rows, colours);
    if (frame != drawn)
      screen.show(drawn = std::move(frame));
    for (const auto& pressed : screen.wait(1000ms - std::chrono::duration_cast<std::chrono::milliseconds>(shown.now.time_since_epoch()) % 1000ms))
      staying = staying && obey(pressed, shown, feed);
  }
  return exit_code::done;
}

exit_code run(CLI::App& app, int argc, char** argv) {
  std::string socket = default_socket_path(), colours = "auto";
  bool once = false, json = false;
  app.set_version_flag("--version", std::string{"risk-trader " RISK_MANAGER_VERSION});
  app.add_option("--socket", socket, "Where the service listens")->capture_default_str();
  auto* once_flag = app.add_flag("--once", once, "Print one frame, 80 columns wide, and end");
  app.add_flag("--json", json, "Print the status object and end")->excludes(once_flag);
  app.add_option("--theme", colours, "For a dark or a light background; plain: no colours")->check(CLI::IsMember({"auto", "dark", "light", "plain"}))->capture_default_str();
  app.parse(argc, argv);

  if (once || json || !on_terminal())
    return print_once(socket, json);
  if (colours == "auto")
    colours = !wants_colour() ? "plain" : light_background() ? "light" : "dark";
  ftxui::Terminal::SetColorSupport(colours == "plain" ? ftxui::Terminal::Color::Palette1 : ftxui::Terminal::Color::Palette16);
  return show(socket, colours == "plain" ? theme::plain : colours == "light" ? theme::light : theme::dark);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Shows what the risk manager sees: accounts, locks, rules, positions. Changes nothing.", "risk-trader"};
  return rm::run_program(app, [&] { return run(app, argc, argv); });
}
