// What people call the venue's roots. For display only: tick data always comes from the venue.
#include "actors/broker/projectx/json.hpp"

#include <utility>

namespace rm::projectx {

std::string symbol_for_people(std::string_view symbol_id) {
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
    {"EP", "ES"},   {"ENQ", "NQ"},  {"CLE", "CL"}, {"MCLE", "MCL"}, {"NQM", "QM"},  {"NGE", "NG"},  {"NQG", "QG"}, {"RBE", "RB"},
    {"HOE", "HO"},  {"GCE", "GC"},  {"SIE", "SI"}, {"CPE", "HG"},   {"PLE", "PL"},  {"EU6", "6E"},  {"EEU", "E7"}, {"BP6", "6B"},
    {"DA6", "6A"},  {"CA6", "6C"},  {"JY6", "6J"}, {"SF6", "6S"},   {"NE6", "6N"},  {"MX6", "6M"},  {"USA", "ZB"}, {"ULA", "UB"},
    {"TYA", "ZN"},  {"TNA", "TN"},  {"FVA", "ZF"}, {"TUA", "ZT"},   {"GMET", "MET"}, {"GLE", "LE"}, {"ZCE", "ZC"}, {"ZWA", "ZW"},
    {"ZSE", "ZS"},  {"ZME", "ZM"},  {"ZLE", "ZL"},
  };
  const auto dot = symbol_id.rfind('.');
  const auto root = dot == std::string_view::npos ? symbol_id : symbol_id.substr(dot + 1);
  for (const auto& [venue, people] : names)
    if (venue == root)
      return std::string{people};
  return std::string{root};
}

} // namespace rm::projectx
