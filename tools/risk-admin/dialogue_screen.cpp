#include "tools/risk-admin/dialogue_screen.hpp"

#include <ftxui/component/component.hpp>
#include <ftxui/component/event.hpp>
#include <ftxui/component/screen_interactive.hpp>
#include <ftxui/dom/elements.hpp>
#include <ftxui/screen/terminal.hpp>

#include <algorithm>

namespace rm {
namespace {

using namespace ftxui;

Element line_of(const std::string& line) {
  const auto element = text(line);
  // The signs of a difference; the sign itself stays, for those who see no colours.
  if (line.starts_with("+ "))
    return element | color(Color::Green);
  if (line.starts_with("- ") || line.starts_with("! "))
    return element | color(Color::Red);
  return element;
}

Element lines_of(const std::vector<std::string>& lines, std::size_t first = 0) {
  Elements out;
  for (std::size_t i = first; i < lines.size(); ++i)
    out.push_back(line_of(lines[i]));
  return vbox(std::move(out));
}

Element page(const std::string& title, Element above, Element middle, const std::string& keys) {
  return vbox({text(" risk-admin: " + title) | bold, separator(), std::move(above), std::move(middle) | flex, separator(), text(" " + keys) | dim}) | border;
}

class on_screen : public dialogue {
public:
  std::optional<std::size_t> choose(const std::string& title, const std::vector<std::string>& above, const std::vector<std::string>& entries) override {
    auto screen = ScreenInteractive::Fullscreen();
    int chosen = 0;
    bool taken = false;
    auto menu = Menu(&entries, &chosen);
    auto all = CatchEvent(Renderer(menu, [&] { return page(title, lines_of(above), menu->Render() | vscroll_indicator | frame, "arrows or number: choose   Enter: take   q, Esc: back"); }),
                          [&](const Event& event) {
                            const bool number = event.is_character() && event.character().size() == 1 && event.character()[0] >= '1' && event.character()[0] <= '9';
                            if (number && static_cast<std::size_t>(event.character()[0] - '1') < entries.size())
                              chosen = event.character()[0] - '1';
                            if (event == Event::Return || (number && static_cast<std::size_t>(event.character()[0] - '1') < entries.size())) {
                              taken = true;
                              screen.Exit();
                              return true;
                            }
                            if (event == Event::Escape || event == Event::Character('q')) {
                              screen.Exit();
                              return true;
                            }
                            return false;
                          });
    screen.Loop(all);
    if (!taken || entries.empty())
      return std::nullopt;
    return static_cast<std::size_t>(std::clamp<int>(chosen, 0, static_cast<int>(entries.size()) - 1));
  }

  std::optional<std::string> ask(const std::string& title, const std::vector<std::string>& above, const std::string& initial, bool hidden) override {
    auto screen = ScreenInteractive::Fullscreen();
    std::string typed = initial;
    bool taken = false;
    InputOption option;
    option.password = hidden;
    option.multiline = false;
    option.cursor_position = static_cast<int>(initial.size());
    auto input = Input(&typed, "", option);
    auto all = CatchEvent(Renderer(input, [&] { return page(title, lines_of(above), hbox({text(" > "), input->Render() | flex}), "Enter: take   Esc: back"); }),
                          [&](const Event& event) {
                            if (event == Event::Return || event == Event::Escape) {
                              taken = event == Event::Return;
                              screen.Exit();
                              return true;
                            }
                            return false;
                          });
    screen.Loop(all);
    return taken ? std::optional<std::string>{typed} : std::nullopt;
  }

  void show(const std::string& title, const std::vector<std::string>& lines) override {
    auto screen = ScreenInteractive::Fullscreen();
    int first = 0;
    const auto most = static_cast<int>(lines.empty() ? 0 : lines.size() - 1);
    auto all = CatchEvent(Renderer([&] { return page(title, text(""), lines_of(lines, static_cast<std::size_t>(first)), "arrows, page keys: scroll   any other key: back"); }),
                          [&](const Event& event) {
                            const int step = event == Event::ArrowDown ? 1 : event == Event::ArrowUp ? -1 : event == Event::PageDown ? 10 : event == Event::PageUp ? -10 : 0;
                            first = std::clamp(first + step, 0, most);
                            if (step == 0 && (event.is_character() || event == Event::Return || event == Event::Escape))
                              screen.Exit();
                            return true;
                          });
    screen.Loop(all);
  }
};

} // namespace

std::unique_ptr<dialogue> screen_dialogue() { return std::make_unique<on_screen>(); }

} // namespace rm
