#include "actors/admin/text_uploads.hpp"

#include <algorithm>

namespace rm {

std::vector<text_uploads::upload>::iterator text_uploads::find(const std::string& owner, const std::string& name) {
  return std::find_if(uploads_.begin(), uploads_.end(), [&](const upload& u) { return u.owner == owner && u.name == name; });
}

void text_uploads::forget_old(int64_t now_ns) {
  std::erase_if(uploads_, [&](const upload& u) { return now_ns - u.touched_ns > kept_ns; });
}

std::optional<std::string> text_uploads::add(const std::string& owner, const std::string& name, int64_t at, const std::string& part, int64_t now_ns) {
  forget_old(now_ns);
  upload grown{owner, name, {}, now_ns};
  if (const auto begun = find(owner, name); begun != uploads_.end()) {
    grown.text = at == 0 ? std::string{} : std::move(begun->text);
    uploads_.erase(begun);
  }
  if (at < 0 || static_cast<uint64_t>(at) != grown.text.size())
    return "this part follows " + std::to_string(at) + " bytes, and " + std::to_string(grown.text.size()) + " are here: send the text from its beginning";
  if (grown.text.size() + part.size() > longest)
    return "a text may have " + std::to_string(longest / 1024) + " KiB at most";
  grown.text += part;
  if (uploads_.size() >= most)
    uploads_.erase(uploads_.begin());
  uploads_.push_back(std::move(grown));
  return std::nullopt;
}

std::optional<std::string> text_uploads::take(const std::string& owner, const std::string& name, int64_t now_ns) {
  forget_old(now_ns);
  const auto found = find(owner, name);
  if (found == uploads_.end())
    return std::nullopt;
  auto out = std::move(found->text);
  uploads_.erase(found);
  return out;
}

} // namespace rm
