#include "tools/screen/terminal.hpp"

#include <windows.h>

#include <io.h>

#include <cstdio>
#include <stdexcept>

namespace rm {
namespace {

std::string utf8_of(wchar_t unit) {
  char out[8];
  const int size = ::WideCharToMultiByte(CP_UTF8, 0, &unit, 1, out, sizeof out, nullptr, nullptr);
  return {out, static_cast<std::size_t>(size > 0 ? size : 0)};
}

/// As a terminal would send it.
std::string bytes_of(const KEY_EVENT_RECORD& event) {
  switch (event.wVirtualKeyCode) {
    case VK_UP: return "\x1b[A";
    case VK_DOWN: return "\x1b[B";
    case VK_RIGHT: return "\x1b[C";
    case VK_LEFT: return "\x1b[D";
    case VK_HOME: return "\x1b[H";
    case VK_END: return "\x1b[F";
    case VK_DELETE: return "\x1b[3~";
    case VK_PRIOR: return "\x1b[5~";
    case VK_NEXT: return "\x1b[6~";
    default: return event.uChar.UnicodeChar == 0 ? std::string{} : utf8_of(event.uChar.UnicodeChar);
  }
}

} // namespace

bool on_terminal() { return ::_isatty(::_fileno(stdin)) != 0 && ::_isatty(::_fileno(stdout)) != 0; }

std::size_t terminal_columns() {
  CONSOLE_SCREEN_BUFFER_INFO found{};
  if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_OUTPUT_HANDLE), &found) == 0)
    return 80;
  return static_cast<std::size_t>(found.srWindow.Right - found.srWindow.Left + 1);
}

struct terminal::parts {
  HANDLE in = ::GetStdHandle(STD_INPUT_HANDLE), out = ::GetStdHandle(STD_OUTPUT_HANDLE), woken = nullptr;
  DWORD in_before = 0, out_before = 0;
  UINT page_before = 0;
  bool full_screen = false;
  std::string read;
};

terminal::terminal(bool full_screen) : parts_{std::make_unique<parts>()} {
  parts_->full_screen = full_screen;
  if (::GetConsoleMode(parts_->in, &parts_->in_before) == 0 || ::GetConsoleMode(parts_->out, &parts_->out_before) == 0)
    throw std::runtime_error{"this is no console"};
  parts_->woken = ::CreateEventW(nullptr, FALSE, FALSE, nullptr);
  parts_->page_before = ::GetConsoleOutputCP();
  ::SetConsoleOutputCP(CP_UTF8);
  ::SetConsoleMode(parts_->in, ENABLE_WINDOW_INPUT);
  ::SetConsoleMode(parts_->out, ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
  if (full_screen)
    write("\x1b[?1049h\x1b[?25l\x1b[2J");
}

terminal::~terminal() {
  if (parts_->full_screen)
    write("\x1b[?25h\x1b[?1049l");
  ::SetConsoleMode(parts_->in, parts_->in_before);
  ::SetConsoleMode(parts_->out, parts_->out_before);
  ::SetConsoleOutputCP(parts_->page_before);
  ::CloseHandle(parts_->woken);
}

terminal::extent terminal::size() const {
  CONSOLE_SCREEN_BUFFER_INFO found{};
  if (::GetConsoleScreenBufferInfo(parts_->out, &found) == 0)
    return {};
  return {static_cast<std::size_t>(found.srWindow.Right - found.srWindow.Left + 1), static_cast<std::size_t>(found.srWindow.Bottom - found.srWindow.Top + 1)};
}

void terminal::write(const std::string& text) {
  DWORD written = 0;
  ::WriteFile(parts_->out, text.data(), static_cast<DWORD>(text.size()), &written, nullptr);
}

std::vector<key_press> terminal::wait(std::chrono::milliseconds longest) {
  const HANDLE what[2] = {parts_->in, parts_->woken};
  if (::WaitForMultipleObjects(2, what, FALSE, static_cast<DWORD>(longest.count())) != WAIT_OBJECT_0)
    return {};
  INPUT_RECORD events[64];
  DWORD count = 0;
  if (::ReadConsoleInputW(parts_->in, events, 64, &count) == 0)
    return {{key::end_of_input, ""}};
  for (DWORD i = 0; i < count; ++i)
    if (events[i].EventType == KEY_EVENT && events[i].Event.KeyEvent.bKeyDown != 0)
      parts_->read += bytes_of(events[i].Event.KeyEvent);
  return take_keys(parts_->read);
}

void terminal::wake() { ::SetEvent(parts_->woken); }

} // namespace rm
