#include "actors/persistence/run_words.hpp"

namespace rm {
namespace {

/// "2 d 3:04:05"; never negative.
std::string span_text(duration d) {
  using namespace std::chrono;
  auto s = std::max<int64_t>(duration_cast<seconds>(d).count(), 0);
  const auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return (s >= 86400 ? std::to_string(s / 86400) + " d " : "") + std::to_string(s % 86400 / 3600) + ":" + two(s % 3600 / 60) + ":" + two(s % 60);
}

} // namespace

std::vector<std::string> words_of_start(const service_run& now, const std::optional<service_run>& before) {
  std::vector<std::string> out;
  if (!before) {
    out.push_back("version " + now.version + " started; it is the first start with this database");
    return out;
  }
  const auto gap = span_text(now.started - before->alive);
  if (now.started < before->alive)
    out.push_back("version " + now.version + " started; the clock is behind the last sign of life of the run before, " + format_time(before->alive));
  else if (before->ordered)
    out.push_back("version " + now.version + " started; it was stopped in order at " + format_time(before->alive) + " and did not protect for " + gap);
  else
    out.push_back("version " + now.version + " started after an unclean end (killed, crashed, or the power went): the last sign of life was at " + format_time(before->alive) +
                  ", it did not protect for up to " + gap);
  if (before->version != now.version)
    out.push_back("the version before was " + before->version);
  if (!before->config_mark.empty() && before->config_mark != now.config_mark)
    out.push_back("the configuration is not the one that was in force at " + format_time(before->alive) + ": it was changed while the service did not run, outside risk-admin");
  return out;
}

} // namespace rm
