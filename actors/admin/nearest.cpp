#include "actors/admin/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace rm {
namespace {

constexpr std::size_t longest_compared = 64; // what a client sends must not cost more than this squared

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

} // namespace

std::string nearest_name(std::string_view word, const std::vector<std::string>& names) {
  std::string best;
  std::size_t fewest = 0;
  if (word.size() > longest_compared)
    return best;
  for (const auto& candidate : names) {
    const std::size_t edits = edits_between(word, candidate);
    const std::size_t allowed = std::max<std::size_t>(2, std::max(word.size(), candidate.size()) / 3);
    if (edits <= allowed && edits < candidate.size() && (best.empty() || edits < fewest)) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

std::string hint_for(std::string_view word, const std::vector<std::string>& names) {
  const std::string meant = nearest_name(word, names);
  return meant.empty() ? "" : ", did you mean '" + meant + "'?";
}

} // namespace rm
