#include "tools/risk-manager/first_config.hpp"

#include <stdexcept>

namespace rm {
namespace {

/// Puts `text` in the place of the value after `key: `, to the end of the line or the comment. A comment stays.
void put(std::string& all, const std::string& key, const std::string& text) {
  const auto at = all.find(key);
  if (at == std::string::npos)
    throw std::runtime_error{"the example configuration has no line '" + key + "'"};
  const auto begin = at + key.size();
  auto end = all.find('\n', begin);
  if (const auto comment = all.find(" #", begin); comment < end)
    end = comment;
  all.replace(begin, end - begin, text);
}

/// In single quotes YAML takes everything as it is, backslashes too.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? "''" : std::string{c};
  return out + "'";
}

} // namespace

std::string first_config(const std::string& example, const std::filesystem::path& root, const std::string& socket, const std::string& user_name) {
  std::string out = example;
  put(out, "\n  data_dir: ", quoted((root / "data").string()));
  put(out, "\n  socket: ", quoted(socket));
  put(out, "\n  log: ", "{ folder: " + quoted((root / "logs").string()) + ", level: info, max_size_mb: 20, keep: 10, format: text }");
  if (!user_name.empty())
    put(out, "\n    user_name: ", quoted(user_name));
  put(out, "\n    api_key: ", "x");
  const std::string key = "\n    api_key: x";
  const auto at = out.find(key);
  const auto end = out.find('\n', at + 1);
  out.replace(at, end - at, "\n    api_key_file: secrets/topstepx.key   # made with: risk-admin key set topstepx; administrators and the service read it");
  return out;
}

} // namespace rm
