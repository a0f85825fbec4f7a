#include "tools/risk-manager/start_config.hpp"

#include "tools/risk-manager/removed_accounts.hpp"

namespace rm {
namespace {

std::string every_look() { return std::to_string(look_again.count()) + " s"; }

std::string words_on_file(const config_trouble& t) {
  return "the configuration cannot be used: " + t.file + ". The accounts are guarded by the one that was in force since " + format_time(t.kept) +
         ". Mend the file (risk-manager check-config lists what is wrong); it is looked at every " + every_look() + ", and is in force once it can be used";
}

std::string words_on_logins(const config_trouble& t) {
  return "a login cannot be tried, its accounts are NOT guarded, their locks stay: " + t.logins + ". Mend that; it is looked at every " + every_look() +
         " (an environment variable: set it and restart the service)";
}

} // namespace

std::string words_of(const problems& all, const std::filesystem::path& file) {
  std::string out;
  if (!all.empty())
    out = format_problem(file, all.front());
  if (all.size() > 1)
    out += " (and " + std::to_string(all.size() - 1) + " more)";
  return out;
}

std::vector<std::string> lines_of(const config_trouble& t) {
  std::vector<std::string> out;
  if (!t.file.empty())
    out.push_back(words_on_file(t));
  if (!t.logins.empty())
    out.push_back(words_on_logins(t));
  return out;
}

std::vector<alarm> alarms_of(const config_trouble& t) {
  std::vector<alarm> out;
  if (!t.file.empty())
    out.push_back({"configuration cannot be used", severity::critical, words_on_file(t), t.since});
  if (!t.logins.empty())
    out.push_back({"login lacks", severity::critical, words_on_logins(t), t.since});
  return out;
}

namespace {

start_config usable_config(const std::filesystem::path& file, const std::filesystem::path& given, timestamp now) {
  start_config out;
  auto loaded = load_settings(file);
  out.warnings = std::move(loaded.warnings);
  out.found = std::move(loaded.found);
  if (loaded.value) {
    out.value = std::move(loaded.value);
    return out;
  }
  const auto kept = find_kept(file, kept_places(file, given, loaded.data_dir));
  if (!kept)
    return out;
  reading_terms terms;
  terms.logins_may_lack = true;
  config_trouble trouble{{}, {}, kept->kept, now};
  auto next = load_settings(file, process_environment(), terms);
  if (!next.value) {
    trouble.file = words_of(out.found, file);
    next = read_kept_settings(*kept);
    out.mark = kept->mark;
  }
  if (!next.value) {
    for (auto& each : next.found) {
      each.text = "what was in force last cannot be used either: " + each.text;
      out.found.push_back(each);
    }
    return out;
  }
  trouble.logins = words_of(next.logins, file);
  out.warnings = std::move(next.warnings);
  out.value = std::move(next.value);
  out.trouble = std::move(trouble);
  return out;
}

} // namespace

start_config config_to_start_with(const std::filesystem::path& file, const std::filesystem::path& given, timestamp now) {
  auto out = usable_config(file, given, now);
  if (out.value)
    out.carried = carry_on_at_start(*out.value, file);
  return out;
}

} // namespace rm
