// One line typed by somebody: cursor, history and completion. Pure: keys in, text and cursor out.
#pragma once

#include "tools/screen/keys.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rm {

/// What could stand in place of the last word of the line so far.
using completer = std::function<std::vector<std::string>(const std::string& line)>;

class line_editor {
public:
  explicit line_editor(completer complete) : complete_{std::move(complete)} {}

  struct outcome {
    std::optional<std::string> line;     // entered
    bool left = false;                   // nothing more will be typed here
    std::vector<std::string> candidates; // to be shown: the last word could be any of these
  };
  outcome press(const key_press& pressed);

  const std::string& text() const { return text_; }
  /// In columns, for text without wide characters.
  std::size_t cursor() const;

private:
  void erase(std::size_t from, std::size_t to);
  void recall(std::size_t which);
  outcome complete_word();
  std::size_t before(std::size_t at) const;
  std::size_t after(std::size_t at) const;

  completer complete_;
  std::string text_, draft_; // the draft waits while older lines are looked at
  std::size_t at_ = 0;       // cursor, in bytes
  std::vector<std::string> past_;
  std::size_t shown_ = 0;    // of the past; its size: the draft
};

} // namespace rm
