// Who may come in: user names, keys, and tokens that look like a JWT and expire.
#pragma once
#include "wall_time.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace gateway_sim {

/// base64url without padding.
std::string base64url(std::string_view bytes);

class auth {
public:
  auth();

  void add_user(std::string name, std::string key) { users_[std::move(name)] = std::move(key); }
  void set_token_life(std::chrono::nanoseconds life) { life_ = life; }
  bool has_users() const { return !users_.empty(); }

  bool knows(const std::string& name, const std::string& key) const {
    auto found = users_.find(name);
    return found != users_.end() && found->second == key;
  }

  /// A new token, or nothing when name or key is wrong.
  std::optional<std::string> login(const std::string& name, const std::string& key, wall_time now);

  /// The user a live token belongs to; nothing when it is unknown or expired.
  std::optional<std::string> user_of(std::string_view token, wall_time now) const;

  /// A fresh token for the same user.
  std::optional<std::string> renew(std::string_view token, wall_time now);

  void logout(std::string_view token);

  /// Ends every token of this user.
  void expire(const std::string& user) { std::erase_if(tokens_, [&](const auto& t) { return t.second.user == user; }); }

  /// Ends every token now.
  void expire_all() { tokens_.clear(); }

private:
  struct grant {
    std::string user;
    wall_time expires;
  };
  std::string issue(const std::string& user, wall_time now);

  std::map<std::string, std::string> users_;
  std::map<std::string, grant, std::less<>> tokens_;
  std::chrono::nanoseconds life_ = std::chrono::hours{24};
  std::mt19937_64 random_;
};

} // namespace gateway_sim
