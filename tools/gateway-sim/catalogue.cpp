#include "catalogue.hpp"

namespace gateway_sim {

const std::vector<product>& products() {
  static const std::vector<product> table = {
    {"ES", "EP", "0.25", "12.50", false},       {"MES", "MES", "0.25", "1.25", true},
    {"NQ", "ENQ", "0.25", "5.00", false},       {"MNQ", "MNQ", "0.25", "0.50", true},
    {"RTY", "RTY", "0.1", "5.00", false},       {"M2K", "M2K", "0.1", "0.50", true},
    {"YM", "YM", "1", "5.00", false},           {"MYM", "MYM", "1", "0.50", true},
    {"NKD", "NKD", "5", "25", false},           {"CL", "CLE", "0.01", "10", false},
    {"MCL", "MCLE", "0.01", "1", true},         {"QM", "NQM", "0.025", "12.50", false},
    {"NG", "NGE", "0.001", "10", false},        {"MNG", "MNG", "0.001", "1", true},
    {"QG", "NQG", "0.005", "12.50", false},     {"RB", "RBE", "0.0001", "4.20", false},
    {"HO", "HOE", "0.0001", "4.20", false},     {"GC", "GCE", "0.1", "10", false},
    {"MGC", "MGC", "0.1", "1", true},           {"SI", "SIE", "0.005", "25", false},
    {"SIL", "SIL", "0.005", "5", true},         {"HG", "CPE", "0.0005", "12.50", false},
    {"MHG", "MHG", "0.0005", "1.25", true},     {"PL", "PLE", "0.1", "5", false},
    {"6E", "EU6", "0.00005", "6.25", false},    {"M6E", "M6E", "0.0001", "1.25", true},
    {"E7", "EEU", "0.0001", "6.25", false},     {"6B", "BP6", "0.0001", "6.25", false},
    {"M6B", "M6B", "0.0001", "0.625", true},    {"6A", "DA6", "0.00005", "5", false},
    {"M6A", "M6A", "0.0001", "1", true},        {"6C", "CA6", "0.00005", "5", false},
    {"6J", "JY6", "0.0000005", "6.25", false},  {"6S", "SF6", "0.00005", "6.25", false},
    {"6N", "NE6", "0.00005", "5", false},       {"6M", "MX6", "0.00001", "5", false},
    {"ZB", "USA", "0.03125", "31.25", false},   {"UB", "ULA", "0.03125", "31.25", false},
    {"ZN", "TYA", "0.015625", "15.625", false}, {"TN", "TNA", "0.015625", "15.625", false},
    {"ZF", "FVA", "0.0078125", "7.8125", false}, {"ZT", "TUA", "0.00390625", "7.8125", false},
    {"MBT", "MBT", "5", "0.50", true},          {"MET", "GMET", "0.5", "0.05", true},
    {"HE", "HE", "0.025", "10", false},         {"LE", "GLE", "0.025", "10", false},
    {"ZC", "ZCE", "0.25", "12.50", false},      {"ZW", "ZWA", "0.25", "12.50", false},
    {"ZS", "ZSE", "0.25", "12.50", false},      {"ZM", "ZME", "0.1", "10", false},
    {"ZL", "ZLE", "0.01", "6", false},
  };
  return table;
}

const product* find_product(std::string_view root) {
  for (const auto& p : products())
    if (p.root == root)
      return &p;
  for (const auto& p : products())
    if (p.exchange_root == root)
      return &p;
  return nullptr;
}

bool contract::goes_by(std::string_view word) const {
  if (word == id || word == name || word == display || word == root || word == symbol_id)
    return true;
  const auto* p = find_product(word);
  return p && p->root == root;
}

std::optional<int64_t> contract::ticks(decimal price) const {
  if (price.nanos() % tick_size.nanos() != 0)
    return std::nullopt;
  return price.nanos() / tick_size.nanos();
}

int64_t contract::nearest_ticks(decimal price) const {
  return divide_rounded(price.nanos(), tick_size.nanos());
}

std::optional<contract> make_contract(std::string_view root, std::string_view month, int decade) {
  const auto* p = find_product(root);
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!p || month.size() < 2 || month.size() > 3
      || std::string_view{"FGHJKMNQUVXZ"}.find(month[0]) == std::string_view::npos)
    return std::nullopt;
  for (char c : month.substr(1))
    if (!is_digit(c))
      return std::nullopt;
  int year = std::stoi(std::string{month.substr(1)});
  if (month.size() == 2)
    year += decade % 100;
  std::string letter{month[0]};
  auto two = std::to_string(year);
  two.insert(0, 2 - two.size(), '0');
  contract c;
  c.root = p->root;
  c.id = "CON.F.US." + c.root + "." + letter + two;
  c.symbol_id = "F.US." + c.root;
  c.name = std::string{p->exchange_root} + letter + two.substr(1);
  c.display = std::string{p->exchange_root} + letter + two;
  c.description = (p->micro ? "Micro contract " : "Contract ") + std::string{p->exchange_root} + " 20" + two;
  c.tick_size = *decimal::parse(p->tick_size);
  c.tick_value = *decimal::parse(p->tick_value);
  c.fee = *decimal::parse(p->micro ? "0.36" : "1.40");
  c.commission = *decimal::parse(p->micro ? "0.25" : "0.50");
  return c;
}

} // namespace gateway_sim
