#include "actors/broker/projectx/url.hpp"

#include <algorithm>

namespace rm::projectx {

bool url::is_loopback() const { return host == "localhost" || host == "::1" || (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos); }

std::string url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return port == (tls ? "443" : "80") ? name : name + ':' + port;
}

std::optional<url> parse_url(std::string_view text) {
  url out;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto scheme = text.substr(0, colon);
  if (scheme == "https" || scheme == "wss")
    out.tls = true;
  else if (scheme == "http" || scheme == "ws")
    out.tls = false;
  else
    return std::nullopt;
  text.remove_prefix(colon + 3);
  if (text.find_first_of("?# @\\") != std::string_view::npos)
    return std::nullopt;
  const auto slash = std::min(text.find('/'), text.size());
  auto authority = text.substr(0, slash);
  out.path = text.substr(slash);
  while (!out.path.empty() && out.path.back() == '/')
    out.path.pop_back();
  out.port = out.tls ? "443" : "80";
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos)
      return std::nullopt;
    out.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    if (!authority.empty() && authority.front() != ':')
      return std::nullopt;
  } else {
    const auto port = std::min(authority.find(':'), authority.size());
    out.host = authority.substr(0, port);
    authority.remove_prefix(port);
  }
  if (!authority.empty()) {
    authority.remove_prefix(1);
    if (authority.empty() || authority.size() > 5 || authority.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    out.port = authority;
  }
  if (out.host.empty())
    return std::nullopt;
  return out;
}

std::string query_escaped(std::string_view text) {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

} // namespace rm::projectx
