// What people call the venue's roots. For display and for patterns; tick data always comes from the venue.
#include "messages/market.hpp"

#include <utility>

namespace rm {

symbol_name symbol_of_root(std::string_view root) {
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
    {"EP", "ES"},   {"ENQ", "NQ"},  {"CLE", "CL"}, {"MCLE", "MCL"}, {"NQM", "QM"},  {"NGE", "NG"},  {"NQG", "QG"}, {"RBE", "RB"},
    {"HOE", "HO"},  {"GCE", "GC"},  {"SIE", "SI"}, {"CPE", "HG"},   {"PLE", "PL"},  {"EU6", "6E"},  {"EEU", "E7"}, {"BP6", "6B"},
    {"DA6", "6A"},  {"CA6", "6C"},  {"JY6", "6J"}, {"SF6", "6S"},   {"NE6", "6N"},  {"MX6", "6M"},  {"USA", "ZB"}, {"ULA", "UB"},
    {"TYA", "ZN"},  {"TNA", "TN"},  {"FVA", "ZF"}, {"TUA", "ZT"},   {"GMET", "MET"}, {"GLE", "LE"}, {"ZCE", "ZC"}, {"ZWA", "ZW"},
    {"ZSE", "ZS"},  {"ZME", "ZM"},  {"ZLE", "ZL"},
  };
  for (const auto& [venue, people] : names)
    if (venue == root)
      return people;
  return root;
}

symbol_name symbol_of(const contract_id& contract) {
  const auto text = contract.view(); // CON.F.US.<root>.<expiry>
  const auto last = text.rfind('.');
  if (last == std::string_view::npos || last == 0)
    return symbol_of_root(text);
  const auto before = text.rfind('.', last - 1);
  return symbol_of_root(text.substr(before + 1, last - before - 1));
}

} // namespace rm
