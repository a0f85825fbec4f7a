#include "actors/admin/json_rpc.hpp"

#include "actors/admin/json_text.hpp"
#include "actors/admin/nearest.hpp"

#include <boost/json.hpp>

namespace rm {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_id = 128;
constexpr std::size_t longest_shown = 60; // of what a client wrote, in an error

std::string shown(std::string_view text) {
  return text.size() <= longest_shown ? std::string{text} : std::string{text.substr(0, longest_shown)} + "...";
}

rpc_refused refuse(const std::string& id, rpc_code code, std::string message) { return {id, {code, std::move(message)}}; }

/// The id as JSON; nothing for what JSON-RPC does not allow, and for null, which no answer could be told by.
std::optional<std::string> id_of(const json::object& message) {
  const json::value* id = message.if_contains("id");
  if (id == nullptr)
    return std::nullopt;
  if (id->is_int64() || id->is_uint64())
    return json::serialize(*id);
  if (id->is_string() && id->get_string().size() <= longest_id)
    return quoted_json(std::string_view{id->get_string().data(), id->get_string().size()});
  return std::nullopt;
}

std::optional<rpc_value> parameter_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return rpc_value{};
    case json::kind::bool_: return rpc_value{value.get_bool()};
    case json::kind::int64: return rpc_value{value.get_int64()};
    case json::kind::string: return rpc_value{std::string{value.get_string().data(), value.get_string().size()}};
    default: return std::nullopt;
  }
}

std::optional<rpc_error> read_params(const json::value& value, parameters& out) {
  if (value.is_array() && value.get_array().empty())
    return std::nullopt;
  if (!value.is_object())
    return rpc_error{rpc_code::invalid_params, "params must be an object"};
  for (const auto& member : value.get_object()) {
    const std::string name{member.key().data(), member.key().size()};
    auto parsed = parameter_of(member.value());
    if (!parsed)
      return rpc_error{rpc_code::invalid_params, "parameter '" + shown(name) + "' must be text, a whole number, true, false or null"};
    out[name] = std::move(*parsed);
  }
  return std::nullopt;
}

} // namespace

std::variant<rpc_request, rpc_refused> parse_request(std::string_view line) {
  const std::string nobody = "null";
  json::error_code wrong;
  const json::value parsed = json::parse(json::string_view{line.data(), line.size()}, wrong);
  if (wrong)
    return refuse(nobody, rpc_code::parse_error, "this is not JSON: " + wrong.message());
  if (parsed.is_array())
    return refuse(nobody, rpc_code::invalid_request, "batches are not supported: send one request per line");
  if (!parsed.is_object())
    return refuse(nobody, rpc_code::invalid_request, "a request must be an object");

  const json::object& message = parsed.get_object();
  const auto id = id_of(message);
  const std::string answer_to = id.value_or(nobody);
  for (const auto& member : message) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (name != "jsonrpc" && name != "id" && name != "method" && name != "params")
      return refuse(answer_to, rpc_code::invalid_request,
                    "unknown member '" + shown(name) + "'" + hint_for(name, {"jsonrpc", "id", "method", "params"}));
  }
  const json::value* version = message.if_contains("jsonrpc");
  if (version == nullptr || !version->is_string() || version->get_string() != "2.0")
    return refuse(answer_to, rpc_code::invalid_request, "jsonrpc must be \"2.0\"");
  if (!id)
    return refuse(nobody, rpc_code::invalid_request, "a request needs an id: a whole number, or text of at most 128 bytes");
  const json::value* method = message.if_contains("method");
  if (method == nullptr || !method->is_string())
    return refuse(answer_to, rpc_code::invalid_request, "method must be text");

  rpc_request request{*id, std::string{method->get_string().data(), method->get_string().size()}, {}};
  if (const json::value* params = message.if_contains("params"))
    if (auto error = read_params(*params, request.params))
      return rpc_refused{answer_to, std::move(*error)};
  return request;
}

std::string result_line(std::string_view id, std::string_view result) {
  json_writer out;
  out.begin_object().key("jsonrpc").text("2.0").key("id").raw(id).key("result").raw(result).end_object();
  return out.take();
}

std::string error_line(std::string_view id, const rpc_error& error) {
  json_writer out;
  out.begin_object().key("jsonrpc").text("2.0").key("id").raw(id).key("error").begin_object();
  out.key("code").number(static_cast<int>(error.code)).key("message").text(error.message).end_object().end_object();
  return out.take();
}

std::string push_line(std::string_view topic, std::string_view result) {
  json_writer out;
  out.begin_object().key("jsonrpc").text("2.0").key("method").text(topic).key("params").raw(result).end_object();
  return out.take();
}

std::string push_trouble_line(std::string_view topic, const rpc_error& error) {
  json_writer out;
  out.begin_object().key("jsonrpc").text("2.0").key("method").text("trouble").key("params").begin_object().key("topic").text(topic);
  out.key("code").number(static_cast<int>(error.code)).key("message").text(error.message).end_object().end_object();
  return out.take();
}

std::string request_line(int64_t id, std::string_view method, const parameters& params) {
  json_writer out;
  out.begin_object().key("jsonrpc").text("2.0").key("id").number(id).key("method").text(method).key("params").begin_object();
  for (const auto& [name, value] : params) {
    out.key(name);
    if (const auto* text = std::get_if<std::string>(&value))
      out.text(*text);
    else if (const auto* number = std::get_if<int64_t>(&value))
      out.number(*number);
    else if (const auto* flag = std::get_if<bool>(&value))
      out.flag(*flag);
    else
      out.null();
  }
  out.end_object().end_object();
  return out.take();
}

std::optional<rpc_answer> parse_answer(int64_t id, std::string_view line) {
  json::error_code wrong;
  const json::value parsed = json::parse(json::string_view{line.data(), line.size()}, wrong);
  if (wrong || !parsed.is_object())
    return std::nullopt;
  const json::object& message = parsed.get_object();
  rpc_answer out;
  if (const json::value* error = message.if_contains("error"); error != nullptr && error->is_object()) {
    const json::value* code = error->get_object().if_contains("code");
    const json::value* text = error->get_object().if_contains("message");
    if (code == nullptr || !code->is_int64() || text == nullptr || !text->is_string())
      return std::nullopt;
    out.code = static_cast<int>(code->get_int64());
    out.message.assign(text->get_string().data(), text->get_string().size());
    return out;
  }
  const json::value* result = message.if_contains("result");
  const json::value* to = message.if_contains("id");
  if (result == nullptr || to == nullptr || !to->is_int64() || to->get_int64() != id)
    return std::nullopt;
  out.done = true;
  // The service's own text is handed on where it stands as expected, so that numbers keep their spelling.
  const std::string head = result_line(std::to_string(id), "");
  const std::string_view before{head.data(), head.size() - 1};
  if (line.starts_with(before) && line.ends_with('}'))
    out.result = line.substr(before.size(), line.size() - before.size() - 1);
  else
    out.result = json::serialize(*result);
  return out;
}

std::optional<rpc_push> parse_push(std::string_view line) {
  json::error_code wrong;
  const json::value parsed = json::parse(json::string_view{line.data(), line.size()}, wrong);
  if (wrong || !parsed.is_object())
    return std::nullopt;
  const auto text_in = [](const json::object& from, const char* name) -> std::string {
    const json::value* value = from.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string().data(), value->get_string().size()} : std::string{};
  };
  const json::object& message = parsed.get_object();
  const json::value* params = message.if_contains("params");
  rpc_push out{text_in(message, "method"), false, {}};
  if (out.topic.empty() || params == nullptr || message.contains("id"))
    return std::nullopt;
  if (out.topic == "trouble" && params->is_object())
    return rpc_push{text_in(params->get_object(), "topic"), true, text_in(params->get_object(), "message")};
  // As with answers: numbers keep their spelling.
  const std::string head = push_line(out.topic, "");
  const std::string_view before{head.data(), head.size() - 1};
  out.result = line.starts_with(before) && line.ends_with('}') ? std::string{line.substr(before.size(), line.size() - before.size() - 1)} : json::serialize(*params);
  return out;
}

} // namespace rm
