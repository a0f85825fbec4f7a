// Changes members of JSON text without reading its numbers, so that every other digit stays as it was; what is put in
// need not be valid JSON.
#pragma once
#include <string>
#include <string_view>

namespace gateway_sim {

/// Every member `name`, at any depth, gets this value (JSON text, not checked). Where there is none, each record (an
/// object that begins with id, symbol, symbolId, t or timestamp) gets it.
std::string with_member(std::string_view json, std::string_view name, std::string_view value);

/// Every member `name` is taken out.
std::string without_member(std::string_view json, std::string_view name);

/// Two members that no client knows, at the front of every record.
std::string with_unknown_members(std::string_view json);

} // namespace gateway_sim
