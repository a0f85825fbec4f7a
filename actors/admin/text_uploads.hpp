// Texts that are longer than a request may be: a client gives them in parts, and then names the whole. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rm {

/// Parts come in order, each saying how many bytes it follows. What nobody has added to for a while is forgotten, and of too many the oldest.
class text_uploads {
public:
  static constexpr std::size_t longest = 1024 * 1024; // bytes of one text
  static constexpr std::size_t most = 4;
  static constexpr int64_t kept_ns = 60'000'000'000;

  /// Adds `part` to what `owner` has begun under `name`; `at` 0 begins anew. Says why not: then that text is forgotten.
  std::optional<std::string> add(const std::string& owner, const std::string& name, int64_t at, const std::string& part, int64_t now_ns);
  /// The whole text, once; nothing where there is none of that owner and name.
  std::optional<std::string> take(const std::string& owner, const std::string& name, int64_t now_ns);

private:
  struct upload {
    std::string owner, name, text;
    int64_t touched_ns = 0;
  };
  std::vector<upload>::iterator find(const std::string& owner, const std::string& name);
  void forget_old(int64_t now_ns);

  std::vector<upload> uploads_; // the one that was added to last stands last
};

} // namespace rm
