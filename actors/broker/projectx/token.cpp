#include "actors/broker/projectx/token.hpp"

#include "actors/broker/projectx/json_reader.hpp"

#include <algorithm>

namespace rm::projectx {
namespace {

/// Decodes base64 with the web's alphabet, with or without padding; stops at anything else.
std::string decoded(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<uint32_t>(c - 'a' + 26);
    else if (c >= '0' && c <= '9')
      value = static_cast<uint32_t>(c - '0' + 52);
    else if (c == '-' || c == '+')
      value = 62;
    else if (c == '_' || c == '/')
      value = 63;
    else
      break;
    bits = (bits << 6 | value) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return out;
}

} // namespace

duration token_life(std::string_view token, timestamp now) {
  constexpr duration usual = std::chrono::hours{24};
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos)
    return usual;
  json_reader reader;
  std::string why;
  if (!reader.parse(decoded(token.substr(first + 1, second - first - 1)), why))
    return usual;
  const auto ends = reader.root()["exp"].integer();
  if (!ends || *ends <= 0 || *ends > 4'000'000'000)
    return usual;
  // The issue time is on the same clock as the end: a wrong clock on this machine does not matter where it is given.
  const auto issued = reader.root()["iat"].integer();
  const timestamp end{std::chrono::seconds{*ends}};
  if (issued && *issued > 0 && *issued < *ends)
    return std::min<duration>(end - timestamp{std::chrono::seconds{*issued}}, usual);
  // A token that has just been issued has not ended: by a clock that says so nothing can be planned.
  return end - now < std::chrono::minutes{1} ? usual : std::min<duration>(end - now, usual);
}

} // namespace rm::projectx
