#include "rest_body.hpp"

#include "json_writer.hpp"

#include <algorithm>
#include <cctype>

namespace gateway_sim {

namespace json = boost::json;

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

} // namespace

rest_body::rest_body(std::string_view text, bool optional_body) {
  if (text.empty()) {
    if (!optional_body)
      errors_->emplace_back("", "A non-empty request body is required.");
    return;
  }
  json::error_code error;
  document_ = json::parse(json::string_view{text.data(), text.size()}, error);
  if (error)
    errors_->emplace_back("$", "The request body is not valid JSON. Path: $.");
  else if (document_.is_object())
    object_ = &document_.as_object();
  else
    errors_->emplace_back("$", "The JSON value could not be converted to the request. Path: $.");
}

rest_body::rest_body(rest_body& parent, std::string_view name, bool required)
  : prefix_(std::string{name} + "."), errors_(parent.errors_) {
  const auto* v = parent.find(name);
  if (!v) {
    if (required)
      parent.missing(name);
    return;
  }
  if (v->is_object())
    object_ = &v->as_object();
  else
    parent.wrong(name, "an object");
}

const json::value* rest_body::find(std::string_view name) const {
  if (!object_)
    return nullptr;
  for (const auto& member : *object_)
    if (same_name({member.key().data(), member.key().size()}, name))
      return member.value().is_null() ? nullptr : &member.value();
  return nullptr;
}

bool rest_body::has(std::string_view name) const {
  return find(name) != nullptr;
}

void rest_body::missing(std::string_view name) {
  if (object_)
    errors_->emplace_back(prefix_ + std::string{name}, "The " + std::string{name} + " field is required.");
}

void rest_body::wrong(std::string_view name, std::string_view type) {
  errors_->emplace_back("$." + prefix_ + std::string{name},
                        "The JSON value could not be converted to " + std::string{type} + ". Path: $." + prefix_
                          + std::string{name});
}

std::optional<int64_t> rest_body::find_int(std::string_view name, int64_t low, int64_t high) {
  const auto* v = find(name);
  if (!v)
    return std::nullopt;
  if (v->is_int64() && v->as_int64() >= low && v->as_int64() <= high)
    return v->as_int64();
  wrong(name, high > int32_high ? "System.Int64" : "System.Int32");
  return std::nullopt;
}

std::optional<bool> rest_body::find_bool(std::string_view name) {
  const auto* v = find(name);
  if (!v)
    return std::nullopt;
  if (v->is_bool())
    return v->as_bool();
  wrong(name, "System.Boolean");
  return std::nullopt;
}

std::optional<std::string> rest_body::find_text(std::string_view name) {
  const auto* v = find(name);
  if (!v)
    return std::nullopt;
  if (v->is_string())
    return std::string{v->as_string().data(), v->as_string().size()};
  wrong(name, "System.String");
  return std::nullopt;
}

std::optional<decimal> rest_body::find_decimal(std::string_view name) {
  const auto* v = find(name);
  if (!v)
    return std::nullopt;
  std::optional<decimal> read;
  if (v->is_int64() && std::abs(v->as_int64()) < 9'000'000'000)
    read = decimal::from_int(v->as_int64());
  else if (v->is_double())
    read = decimal::from_json_number(v->as_double());
  if (!read)
    wrong(name, "System.Decimal");
  return read;
}

std::optional<wall_time> rest_body::find_time(std::string_view name) {
  auto text = find_text(name);
  if (!text)
    return std::nullopt;
  auto t = parse_time(*text);
  if (!t)
    wrong(name, "System.DateTimeOffset");
  return t;
}

std::optional<std::vector<int64_t>> rest_body::find_ints(std::string_view name) {
  const auto* v = find(name);
  if (!v)
    return std::nullopt;
  std::vector<int64_t> out;
  if (v->is_array())
    for (const auto& each : v->as_array())
      if (each.is_int64())
        out.push_back(each.as_int64());
  if (!v->is_array() || out.size() != v->as_array().size()) {
    wrong(name, "a list of System.Int32");
    return std::nullopt;
  }
  return out;
}

int64_t rest_body::need_int(std::string_view name, int64_t low, int64_t high) {
  if (!has(name))
    missing(name);
  return find_int(name, low, high).value_or(0);
}

std::string rest_body::need_text(std::string_view name) {
  if (!has(name))
    missing(name);
  return find_text(name).value_or("");
}

bool rest_body::need_bool(std::string_view name) {
  if (!has(name))
    missing(name);
  return find_bool(name).value_or(false);
}

wall_time rest_body::need_time(std::string_view name) {
  if (!has(name))
    missing(name);
  return find_time(name).value_or(wall_time{});
}

std::string rest_body::problem() const {
  json_writer out;
  out.object()
    .field("type", "https://tools.ietf.org/html/rfc9110#section-15.5.1")
    .field("title", "One or more validation errors occurred.")
    .field("status", 400)
    .key("errors")
    .object();
  for (const auto& [path, text] : *errors_)
    out.key(path).array().value(text).end_array();
  out.end_object().field("traceId", "00-00000000000000000000000000000000-0000000000000000-00").end_object();
  return out.take();
}

} // namespace gateway_sim
