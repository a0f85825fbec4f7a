// A text of several parts, in one piece of memory from the start: what an event leads to is told in lines of the journal before it is done.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace rm {

inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts)
    size += part.size();
  std::string out(size, ' ');
  auto at = out.begin();
  for (const auto part : parts)
    at = std::copy(part.begin(), part.end(), at);
  return out;
}

} // namespace rm
