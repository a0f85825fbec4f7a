// Reading a request body the way the venue's model binding does: names in any case, missing required members
// and wrong types collected for one ProblemDetails answer.
#pragma once
#include "decimal.hpp"
#include "wall_time.hpp"

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway_sim {

class rest_body {
public:
  /// `text` may be empty where a body is optional.
  rest_body(std::string_view text, bool optional_body);
  /// A view on a member object; its errors go to `parent`.
  rest_body(rest_body& parent, std::string_view name, bool required);

  bool present() const { return object_ != nullptr; }
  bool has(std::string_view name) const;

  int64_t need_int(std::string_view name, int64_t low, int64_t high);
  std::string need_text(std::string_view name);
  bool need_bool(std::string_view name);
  wall_time need_time(std::string_view name);
  std::optional<int64_t> find_int(std::string_view name, int64_t low, int64_t high);
  std::optional<bool> find_bool(std::string_view name);
  std::optional<std::string> find_text(std::string_view name);
  std::optional<decimal> find_decimal(std::string_view name);
  std::optional<wall_time> find_time(std::string_view name);
  std::optional<std::vector<int64_t>> find_ints(std::string_view name);

  bool ok() const { return errors_->empty(); }

  /// The 400 answer's body.
  std::string problem() const;

private:
  const boost::json::value* find(std::string_view name) const; // null values count as absent
  void missing(std::string_view name);
  void wrong(std::string_view name, std::string_view type);

  boost::json::value document_;
  const boost::json::object* object_ = nullptr;
  std::string prefix_;
  std::vector<std::pair<std::string, std::string>> own_errors_; // path, text
  std::vector<std::pair<std::string, std::string>>* errors_ = &own_errors_;
};

constexpr int64_t int32_low = INT32_MIN;
constexpr int64_t int32_high = INT32_MAX;

} // namespace gateway_sim
