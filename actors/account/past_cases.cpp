#include "actors/account/past_cases.hpp"

#include <map>

namespace rm {
namespace {

template <class Word>
std::optional<Word> word_of(std::string_view text, Word last) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (name_of(static_cast<Word>(i)) == text)
      return static_cast<Word>(i);
  return std::nullopt;
}

} // namespace

void add_report(std::vector<enforcement_report>& reports, const enforcement_report& report) {
  if (!reports.empty() && reports.back().phase == enforcement_phase::working && reports.back().rule == report.rule) {
    const auto latency = reports.back().latency_ns;
    reports.back() = report;
    if (report.latency_ns < 0)
      reports.back().latency_ns = latency;
    return;
  }
  reports.push_back(report);
  if (reports.size() > most_reports)
    reports.erase(reports.begin());
}

std::vector<enforcement_report> reports_of(account_id account, const std::vector<journal_entry>& lines) {
  std::vector<enforcement_report> out;
  std::map<rule_name, action> begun;
  for (const auto& line : lines) {
    const auto colon = line.text.find(": ");
    if (line.kind != "case" || colon == std::string::npos)
      continue;
    const auto word = std::string_view{line.text}.substr(0, colon);
    if (const auto what = word_of(word, action::flatten)) { // a case was opened
      begun[line.rule] = *what;
    } else if (const auto phase = word_of(word, enforcement_phase::done)) {
      enforcement_report report;
      report.account = account;
      report.rule = line.rule;
      report.action = begun[line.rule];
      report.phase = *phase;
      report.detail = line.text.substr(colon + 2);
      report.latency_ns = line.latency_ns;
      report.at = line.at;
      add_report(out, report);
    }
  }
  return out;
}

} // namespace rm
