#include "actors/broker/projectx/signalr_codec.hpp"

#include "actors/broker/projectx/json.hpp"

namespace rm::projectx {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string with_end(std::string text) {
  text += record_splitter::terminator;
  return text;
}

} // namespace

bool hub_decoder::read(std::string_view record, hub_record& out, std::string& why) {
  out = {};
  if (!reader_.parse(record, why))
    return false;
  const auto root = reader_.root();
  const auto type = root["type"].integer();
  if (!root.is_object() || !type) {
    why = "a hub record without a type";
    return false;
  }
  const auto error = root["error"];
  out.failed = !error.is_absent();
  out.error = error.text();
  switch (*type) {
    case 1:
      out.kind = record_kind::invocation;
      out.target = root["target"].text();
      out.arguments = root["arguments"];
      if (out.target.empty() || !out.arguments.is_array()) {
        why = "a hub event without a name or without arguments";
        return false;
      }
      break;
    case 3:
      out.kind = record_kind::completion;
      out.id = root["invocationId"].text();
      break;
    case 6: out.kind = record_kind::ping; break;
    case 7: out.kind = record_kind::close; break;
    default: break;
  }
  return true;
}

std::string handshake_request() { return with_end(R"({"protocol":"json","version":1})"); }

bool read_handshake(std::string_view record, std::string& why) {
  json_reader reader;
  if (!reader.parse(record, why))
    return false;
  const auto root = reader.root();
  if (!root.is_object()) {
    why = "the handshake's answer is not an object";
    return false;
  }
  if (const auto error = root["error"]; !error.is_absent()) {
    why = "handshake refused: " + one_line(error.text());
    return false;
  }
  return true;
}

std::string invocation(std::string_view id, std::string_view method, std::string_view argument) {
  std::string out = R"({"type":1,"invocationId":")";
  out.append(id).append(R"(","target":")").append(method).append(R"(","arguments":[)").append(argument).append("]}");
  return with_end(std::move(out));
}

std::string ping_record() { return with_end(R"({"type":6})"); }

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i]))
      return false;
  return true;
}

void for_each_payload(json_value arguments, const std::function<void(json_value)>& each) {
  for (auto one = arguments.first(); one != arguments.end(); one = one.next()) {
    if (one.is_array()) {
      for_each_payload(one, each);
    } else if (const auto data = one["data"]; data.is_object()) {
      each(data);
    } else if (data.is_array()) {
      for_each_payload(data, each);
    } else {
      each(one); // bare, or nonsense that its reader will name
    }
  }
}

} // namespace rm::projectx
