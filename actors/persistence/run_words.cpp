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

std::vector<start_words> words_of_start(const service_run& now, const std::optional<service_run>& before, const lines_differ& differ) {
  std::vector<start_words> out;
  const auto say = [&](std::string text) { out.push_back({"service", std::move(text)}); };
  if (!before) {
    say("version " + now.version + " started; it is the first start with this database");
    return out;
  }
  const auto gap = span_text(now.started - before->alive);
  if (now.started < before->alive)
    say("version " + now.version + " started; the clock is behind the last sign of life of the run before, " + format_time(before->alive));
  else if (before->ordered)
    say("version " + now.version + " started; it was stopped in order at " + format_time(before->alive) + " and did not protect for " + gap);
  else
    say("version " + now.version + " started after an unclean end (killed, crashed, or the power went): the last sign of life was at " + format_time(before->alive) +
        ", it did not protect for up to " + gap);
  if (before->version != now.version)
    say("the version before was " + before->version);
  if (before->config.mark.empty() || before->config.mark == now.config.mark)
    return out;
  out.push_back({"config", "the configuration is not the one that was in force at " + format_time(before->alive) + ": it was changed while the service did not run, outside risk-admin" +
                             (now.config_file.empty() ? "" : "; " + now.config_file)});
  const auto changes = differ && !before->config.lines.empty() ? differ(before->config.lines, now.config.lines) : std::vector<std::string>{};
  for (const auto& change : changes)
    out.push_back({"config", "changed outside risk-admin: " + change});
  if (changes.empty() && differ && !before->config.lines.empty())
    out.push_back({"config", "changed outside risk-admin: only what does not act, e.g. a comment, or a key"});
  return out;
}

} // namespace rm
