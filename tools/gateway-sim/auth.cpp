#include "auth.hpp"

#include "json_writer.hpp"

namespace gateway_sim {

std::string base64url(std::string_view bytes) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t pending = 0;
  int bits = 0;
  for (char c : bytes) {
    pending = (pending << 8) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += letters[(pending >> bits) & 63];
    }
  }
  if (bits > 0)
    out += letters[(pending << (6 - bits)) & 63];
  return out;
}

auth::auth() : random_(std::random_device{}()) {
  // nop
}

std::string auth::issue(const std::string& user, wall_time now) {
  auto expires = now.plus(life_);
  json_writer claims;
  claims.object()
    .field("sub", user)
    .field("jti", std::to_string(random_()))
    .field("iat", now.seconds())
    .field("exp", expires.seconds())
    .field("iss", "gateway-sim")
    .end_object();
  std::string signature;
  for (int i = 0; i < 4; ++i) {
    auto word = random_();
    for (int j = 0; j < 8; ++j)
      signature += static_cast<char>(word >> (8 * j));
  }
  auto token = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims.text()) + "."
               + base64url(signature);
  tokens_[token] = {user, expires};
  return token;
}

std::optional<std::string> auth::login(const std::string& name, const std::string& key, wall_time now) {
  auto found = users_.find(name);
  if (found == users_.end() || found->second != key)
    return std::nullopt;
  return issue(name, now);
}

std::optional<std::string> auth::user_of(std::string_view token, wall_time now) const {
  auto found = tokens_.find(token);
  if (found == tokens_.end() || found->second.expires <= now)
    return std::nullopt;
  return found->second.user;
}

std::optional<std::string> auth::renew(std::string_view token, wall_time now) {
  auto user = user_of(token, now);
  if (!user)
    return std::nullopt;
  return issue(*user, now);
}

void auth::logout(std::string_view token) {
  auto found = tokens_.find(token);
  if (found != tokens_.end())
    tokens_.erase(found);
}

} // namespace gateway_sim
