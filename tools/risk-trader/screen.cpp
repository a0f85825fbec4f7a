#include "tools/risk-trader/screen.hpp"

#include "actors/admin/status_frame.hpp"

#include <ftxui/component/component.hpp>
#include <ftxui/component/event.hpp>
#include <ftxui/component/loop.hpp>
#include <ftxui/component/screen_interactive.hpp>
#include <ftxui/dom/elements.hpp>
#include <ftxui/screen/terminal.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace rm {
namespace {

constexpr auto refresh = std::chrono::seconds{1};
constexpr auto glance = std::chrono::milliseconds{30}; // between looks for keys and news

ftxui::Element draw(const frame_piece& piece) {
  const auto element = ftxui::text(piece.text);
  switch (piece.tone) {
    case tone::plain: return element;
    case tone::faint: return element | ftxui::dim;
    case tone::heading: return element | ftxui::bold;
    case tone::good: return element | ftxui::color(ftxui::Color::Green);
    case tone::caution: return element | ftxui::color(ftxui::Color::Yellow);
    case tone::bad: return element | ftxui::bold | ftxui::color(ftxui::Color::Red);
  }
  return element;
}

ftxui::Element draw(const frame_line& line) {
  ftxui::Elements pieces;
  for (const auto& piece : line)
    pieces.push_back(draw(piece));
  return ftxui::hbox(std::move(pieces));
}

/// What the asking thread found and the drawing thread shows.
class board {
public:
  void put(std::optional<status_view> status, std::string trouble) {
    const std::lock_guard hold{guard_};
    if (status) {
      status_ = std::move(status);
      read_ = std::chrono::steady_clock::now();
    }
    trouble_ = std::move(trouble);
    ++changes_;
  }

  uint64_t changes() const {
    const std::lock_guard hold{guard_};
    return changes_;
  }

  ftxui::Element draw_all(int first_line) const {
    const std::lock_guard hold{guard_};
    const auto size = ftxui::Terminal::Size();
    ftxui::Elements lines;
    if (status_) {
      const auto frame = status_frame(*status_, static_cast<std::size_t>(std::max(size.dimx - 2, 0)));
      // Always leaves the last lines in view, however far somebody scrolled.
      const std::size_t first = std::min(static_cast<std::size_t>(std::max(first_line, 0)), frame.empty() ? 0 : frame.size() - 1);
      for (std::size_t i = first; i < frame.size(); ++i)
        lines.push_back(draw(frame[i]));
    }
    return ftxui::vbox({ftxui::vbox(std::move(lines)) | ftxui::flex, foot()}) | ftxui::border;
  }

private:
  ftxui::Element foot() const {
    const auto age = status_ ? std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - read_).count() : 0;
    ftxui::Elements out;
    if (!trouble_.empty()) {
      out.push_back(ftxui::paragraph("[!!] " + trouble_) | ftxui::bold | ftxui::color(ftxui::Color::Red));
      if (status_)
        out.push_back(ftxui::text("     What is shown above is " + std::to_string(age) + " s old. Trying again.") | ftxui::color(ftxui::Color::Yellow));
    } else if (!status_) {
      out.push_back(ftxui::text("asking the service ..."));
    }
    out.push_back(ftxui::text("r refresh | up, down scroll | q quit") | ftxui::dim);
    return ftxui::vbox(std::move(out));
  }

  mutable std::mutex guard_;
  std::optional<status_view> status_;
  std::chrono::steady_clock::time_point read_{};
  std::string trouble_;
  uint64_t changes_ = 0;
};

/// Asks every second, or at once when told to, until told to stop.
class asker {
public:
  asker(const ask_status& ask, board& found) : ask_{ask}, found_{found}, thread_{[this] { work(); }} {}

  ~asker() {
    {
      const std::lock_guard hold{guard_};
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void hurry() {
    {
      const std::lock_guard hold{guard_};
      hurried_ = true;
    }
    changed_.notify_one();
  }

private:
  void work() {
    std::unique_lock hold{guard_};
    while (!stopping_) {
      hurried_ = false;
      hold.unlock();
      ask_once();
      hold.lock();
      changed_.wait_for(hold, refresh, [this] { return stopping_ || hurried_; });
    }
  }

  void ask_once() {
    try {
      auto status = read_status(ask_());
      const bool understood = status.has_value();
      found_.put(std::move(status), understood ? "" : "the service sent a status that this program does not understand");
    } catch (const not_reachable& why) {
      found_.put(std::nullopt, unreachable_text("risk-trader", why));
    } catch (const std::exception& why) {
      found_.put(std::nullopt, why.what());
    }
  }

  const ask_status& ask_;
  board& found_;
  std::mutex guard_;
  std::condition_variable changed_;
  bool stopping_ = false, hurried_ = false;
  std::thread thread_; // last: starts when all else stands
};

} // namespace

exit_code show_screen(const ask_status& ask) {
  auto screen = ftxui::ScreenInteractive::Fullscreen();
  board found;
  int first_line = 0;
  auto view = ftxui::Renderer([&] { return found.draw_all(first_line); });
  asker asking{ask, found};
  auto keys = ftxui::CatchEvent(view, [&](const ftxui::Event& event) {
    if (event == ftxui::Event::Character('q') || event == ftxui::Event::Escape)
      screen.Exit();
    else if (event == ftxui::Event::Character('r'))
      asking.hurry();
    else if (event == ftxui::Event::ArrowDown)
      ++first_line;
    else if (event == ftxui::Event::ArrowUp)
      first_line = std::max(0, first_line - 1);
    else
      return false;
    return true;
  });
  // Not screen.Loop(): FTXUI's PostEvent may not be called from another thread while the loop begins or ends, so news are looked for here.
  ftxui::Loop loop{&screen, keys};
  for (uint64_t shown = 0; !loop.HasQuitted(); std::this_thread::sleep_for(glance)) {
    if (const uint64_t now = found.changes(); now != shown) {
      shown = now;
      screen.PostEvent(ftxui::Event::Custom);
    }
    loop.RunOnce();
  }
  return exit_code::done;
}

} // namespace rm
