// How the menu speaks with a person: three kinds of screens, one after the other. The menu itself is plain code over these, and tests play
// the person.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rm {

class dialogue {
public:
  virtual ~dialogue() = default;

  /// Lets one entry be chosen; nothing: back.
  virtual std::optional<std::size_t> choose(const std::string& title, const std::vector<std::string>& above, const std::vector<std::string>& entries) = 0;

  /// Asks for one line of text; nothing: back. `hidden`: what is typed is not shown.
  virtual std::optional<std::string> ask(const std::string& title, const std::vector<std::string>& above, const std::string& initial, bool hidden) = 0;

  /// Shows lines until a key is pressed.
  virtual void show(const std::string& title, const std::vector<std::string>& lines) = 0;
};

} // namespace rm
