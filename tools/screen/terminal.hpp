// The terminal in front of somebody: keys in, frames out.
#pragma once

#include "tools/screen/keys.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace rm {

/// True when standard input and output are both a terminal.
bool on_terminal();
/// True when standard output can show colours and nobody asked for none (NO_COLOR, TERM=dumb).
bool wants_colour();
/// How wide standard output's terminal is.
std::size_t terminal_columns();
/// True when the terminal says that its background is light (COLORFGBG).
bool light_background();

/// Takes the terminal over: keys come at once and are not shown. `full_screen` uses the other screen buffer and hides the cursor.
/// Everything is put back when this goes. One per process.
class terminal {
public:
  explicit terminal(bool full_screen);
  ~terminal();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  struct extent {
    std::size_t columns = 80, rows = 24;
    friend bool operator==(const extent&, const extent&) = default;
  };
  extent size() const;

  /// Puts a frame in place of the one before; `frame` has its lines separated by "\r\n" or "\n" and no newline at the end.
  void show(const std::string& frame);
  /// Writes at the cursor.
  void write(const std::string& text);

  /// Sleeps until a key, `wake`, another size of the terminal, or the end of `longest`. The input's end is one `end_of_input`.
  std::vector<key_press> wait(std::chrono::milliseconds longest);
  /// Ends the wait, or the next one. Any thread.
  void wake();

private:
  struct parts; // one per platform
  std::unique_ptr<parts> parts_;
};

} // namespace rm
