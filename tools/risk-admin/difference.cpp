#include "actors/admin/hidden_keys.hpp"
#include "tools/risk-admin/config_edit.hpp"
#include "tools/risk-admin/config_lines.hpp"

#include <algorithm>
#include <cstdint>

namespace rm {

std::vector<std::string> difference(std::string_view before, std::string_view after) {
  const auto old = document{before}.lines, fresh = document{after}.lines;
  std::size_t head = 0, tail = 0;
  while (head < old.size() && head < fresh.size() && old[head] == fresh[head])
    ++head;
  while (tail < old.size() - head && tail < fresh.size() - head && old[old.size() - 1 - tail] == fresh[fresh.size() - 1 - tail])
    ++tail;
  const std::size_t n = old.size() - head - tail, m = fresh.size() - head - tail;
  if (n == 0 && m == 0)
    return {};
  struct row {
    char sign;
    std::string text;
  };
  std::vector<row> rows;
  const auto all = [&] { // too large to compare line by line
    for (std::size_t i = 0; i < n; ++i)
      rows.push_back({'-', old[head + i]});
    for (std::size_t i = 0; i < m; ++i)
      rows.push_back({'+', fresh[head + i]});
  };
  if (n * m > 4'000'000) {
    all();
  } else { // the longest common part
    std::vector<std::vector<uint32_t>> common(n + 1, std::vector<uint32_t>(m + 1));
    for (std::size_t i = n; i-- > 0;)
      for (std::size_t j = m; j-- > 0;)
        common[i][j] = old[head + i] == fresh[head + j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    std::size_t i = 0, j = 0;
    while (i < n || j < m) {
      if (i < n && j < m && old[head + i] == fresh[head + j])
        rows.push_back({' ', old[head + i]}), ++i, ++j;
      else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1]))
        rows.push_back({'-', old[head + i++]});
      else
        rows.push_back({'+', fresh[head + j++]});
    }
  }
  constexpr std::size_t around = 2;
  for (std::size_t k = 1; k <= around && k <= head; ++k)
    rows.insert(rows.begin(), {' ', old[head - k]});
  for (std::size_t k = 0; k < around && k < tail; ++k)
    rows.push_back({' ', old[old.size() - tail + k]});
  std::vector<std::string> out;
  bool gap = false;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    bool near = false;
    for (std::size_t o = k >= around ? k - around : 0; o < std::min(rows.size(), k + around + 1); ++o)
      near |= rows[o].sign != ' ';
    if (near)
      out.push_back(std::string{rows[k].sign} + " " + rows[k].text);
    else if (!gap)
      out.push_back("  ...");
    gap = !near;
  }
  return out;
}

std::vector<std::string> shown_difference(std::string_view before, std::string_view after) {
  const std::string shown = without_keys(after);
  auto out = difference(without_keys(before), shown);
  if (shown != after)
    out.emplace_back("! a key that is written out is new; keys are not shown");
  return out;
}

} // namespace rm
