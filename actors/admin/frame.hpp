// Bytes from a client of the local socket, cut into lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rm {

/// The longest line that is read from a client, in bytes without its end.
constexpr std::size_t longest_request = 64 * 1024;

/// One line, or the word that one was too long.
struct framed_line {
  bool too_long = false;
  std::string text; // empty when too long
};

/// Cuts a stream of bytes into lines that end in LF or CRLF. Lines without any text are skipped. Of a line longer than
/// `longest_request` nothing is kept: it is told once, as soon as it is known, and the rest of it is skipped.
class line_reader {
public:
  /// Takes what was read and appends the lines that it completes.
  void feed(std::string_view bytes, std::vector<framed_line>& out);

  /// True while a line has begun and its end has not come.
  bool in_line() const { return skipping_ || !begun_.empty(); }

private:
  void take(std::string_view part, std::vector<framed_line>& out);

  std::string begun_;
  bool skipping_ = false;
};

} // namespace rm
