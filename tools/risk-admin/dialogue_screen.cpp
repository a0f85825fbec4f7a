#include "tools/risk-admin/dialogue_screen.hpp"

#include "tools/risk-admin/menu_parts.hpp"

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

constexpr int frame_and_margins = 4, rows_around = 6; // border, title, lines, keys

/// Nothing of a line is cut off: what is too long for the terminal goes on in the next one.
std::vector<std::string> fitted(const std::vector<std::string>& lines) {
  const auto width = std::max(Terminal::Size().dimx - frame_and_margins, 20);
  std::vector<std::string> out;
  for (const auto& line : lines)
    for (auto& part : wrapped(line, static_cast<std::size_t>(width)))
      out.push_back(std::move(part));
  return out;
}

int most_first(const std::vector<std::string>& lines, int rows) { return std::max(static_cast<int>(lines.size()) - std::max(rows, 1), 0); }

/// As many lines as there is room for, from `first` on.
Element lines_of(const std::vector<std::string>& lines, int first, int rows) {
  Elements out;
  const auto begin = static_cast<std::size_t>(std::clamp(first, 0, most_first(lines, rows)));
  for (auto i = begin; i < lines.size() && i < begin + static_cast<std::size_t>(std::max(rows, 1)); ++i)
    out.push_back(line_of(lines[i]));
  return vbox(std::move(out));
}

int scroll_of(const Event& event) { return event == Event::PageDown ? 10 : event == Event::PageUp ? -10 : 0; }

Element page(const std::string& title, Element above, Element middle, const std::string& keys) {
  return vbox({text(" risk-admin: " + title) | bold, separator(), std::move(above), std::move(middle) | flex, separator(), text(" " + keys) | dim}) | border;
}

class on_screen : public dialogue {
public:
  std::optional<std::size_t> choose(const std::string& title, const std::vector<std::string>& above, const std::vector<std::string>& entries) override {
    auto screen = ScreenInteractive::Fullscreen();
    int chosen = 0;
    bool taken = false;
    int first = 0;
    auto menu = Menu(&entries, &chosen);
    const auto room = [&] { return Terminal::Size().dimy - rows_around - std::min(static_cast<int>(entries.size()), std::max(Terminal::Size().dimy / 2, 3)); };
    auto all = CatchEvent(Renderer(menu, [&] {
                            const auto lines = fitted(above);
                            first = std::clamp(first, 0, most_first(lines, room()));
                            const std::string more = most_first(lines, room()) > 0 ? "page keys: the lines above   " : "";
                            return page(title, lines_of(lines, first, room()), menu->Render() | vscroll_indicator | frame, more + "arrows or number: choose   Enter: take   q, Esc: back");
                          }),
                          [&](const Event& event) {
                            if (const int step = scroll_of(event)) {
                              first += step;
                              return true;
                            }
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
    auto all = CatchEvent(Renderer(input, [&] { return page(title, lines_of(fitted(above), 0, Terminal::Size().dimy - rows_around - 1), hbox({text(" > "), input->Render() | flex}), "Enter: take   Esc: back"); }),
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
    auto all = CatchEvent(Renderer([&] {
                            const int rows = Terminal::Size().dimy - rows_around;
                            const auto shown = fitted(lines);
                            first = std::clamp(first, 0, most_first(shown, rows));
                            return page(title, text(""), lines_of(shown, first, rows), most_first(shown, rows) > 0 ? "arrows, page keys: scroll   any other key: back" : "any key: back");
                          }),
                          [&](const Event& event) {
                            const int step = event == Event::ArrowDown ? 1 : event == Event::ArrowUp ? -1 : scroll_of(event);
                            first += step;
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
