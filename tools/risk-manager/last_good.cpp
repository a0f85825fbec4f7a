#include "tools/risk-manager/last_good.hpp"

#include "actors/admin/hidden_keys.hpp"
#include "actors/persistence/chain_hash.hpp"
#include "tools/risk-manager/host_files.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace rm {
namespace {

constexpr std::string_view first_line = "risk-manager: the configuration that was in force last\n";
constexpr std::uintmax_t largest = 64u << 20;

std::filesystem::path place_in(const std::filesystem::path& data_dir) { return data_dir / "last-good.config"; }

/// In the usual data folder: where that of this configuration is.
std::filesystem::path note_of(const std::filesystem::path& file) { return default_data_dir() / ("data-folder-" + sha256_of(full_name(file).string()).substr(0, 16)); }

std::optional<std::string> bytes_of(const std::filesystem::path& file) {
  std::error_code failed;
  if (const auto size = std::filesystem::file_size(file, failed); failed || size > largest)
    return std::nullopt;
  std::ifstream in{file, std::ios::binary};
  if (!in.is_open())
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

void put_in_place(const std::filesystem::path& file, const std::string& text) {
  auto fresh = file;
  fresh += ".new";
  std::error_code failed;
  std::filesystem::remove(fresh, failed);
  write_private(fresh, text);
  std::filesystem::rename(fresh, file, failed);
  if (failed)
    throw std::runtime_error{file.string() + " cannot be replaced: " + failed.message()};
}

/// Takes pieces off the front of a text; `good` turns false when one is not there.
struct cutter {
  std::string_view rest;
  bool good = true;

  std::string_view take(std::size_t size) {
    good = good && size <= rest.size();
    const auto out = rest.substr(0, good ? size : 0);
    rest.remove_prefix(out.size());
    return out;
  }
  std::string_view line() {
    const auto end = rest.find('\n');
    good = good && end != std::string_view::npos;
    const auto out = take(good ? end : 0);
    take(1);
    return out;
  }
  /// "WORD VALUE"
  std::string_view value(std::string_view word) {
    const auto whole = line();
    good = good && whole.starts_with(word) && whole.size() > word.size() && whole[word.size()] == ' ';
    return good ? whole.substr(word.size() + 1) : std::string_view{};
  }
  int64_t number(std::string_view word) {
    const auto text = value(word);
    int64_t out = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
    good = good && wrong == std::errc{} && end == text.data() + text.size() && out >= 0;
    return good ? out : 0;
  }
};

std::string piece(const std::string& text) { return "size " + std::to_string(text.size()) + "\n" + text + "\n"; }

std::string take_piece(cutter& from) {
  const auto size = from.number("size");
  std::string out{from.take(static_cast<std::size_t>(size))};
  from.take(1);
  return out;
}

} // namespace

std::filesystem::path full_name(const std::filesystem::path& file) {
  std::error_code failed;
  const auto out = std::filesystem::absolute(file, failed).lexically_normal();
  return failed ? file : out;
}

std::string kept_text(const kept_config& config) {
  std::string body = "file " + full_name(config.file).string() + "\nmark " + config.mark + "\nkept " + std::to_string(config.kept.time_since_epoch().count()) + "\n" +
                     piece(without_keys(config.sources.text));
  for (const auto& [name, text] : config.sources.data)
    body += "data " + name + "\n" + piece(text);
  return std::string{first_line} + "sha256 " + sha256_of(body) + "\n" + body;
}

std::optional<kept_config> read_kept(std::string_view text) {
  if (!text.starts_with(first_line))
    return std::nullopt;
  cutter from{text.substr(first_line.size())};
  const auto hash = from.value("sha256");
  if (!from.good || sha256_of(std::string{from.rest}) != hash)
    return std::nullopt;
  kept_config out;
  out.file = std::string{from.value("file")};
  out.mark = from.value("mark");
  out.kept = timestamp{duration{from.number("kept")}};
  out.sources.text = take_piece(from);
  while (from.good && !from.rest.empty()) {
    const std::string name{from.value("data")};
    out.sources.data[name] = take_piece(from);
  }
  return from.good ? std::optional{std::move(out)} : std::nullopt;
}

void keep_config(const settings& in_force, const kept_config& config) {
  const auto& data_dir = in_force.service.data_dir;
  const auto shown = without_keys(config.sources.text);
  for (const auto& broker : in_force.brokers)
    if (broker.api_key.size() > 3 && shown.find(broker.api_key) != std::string::npos)
      throw std::runtime_error{"the key of " + broker.id.str() + " stands in it in a place where it cannot be hidden; write it as one word after api_key:, and nowhere else"};
  put_kept_file(place_in(data_dir), config);
  std::error_code failed;
  const auto usual = default_data_dir();
  const auto note = full_name(data_dir).string() + "\n";
  if (full_name(data_dir) != full_name(usual) && std::filesystem::is_directory(usual, failed) && bytes_of(note_of(config.file)) != note)
    put_in_place(note_of(config.file), note);
}

std::vector<std::filesystem::path> kept_places(const std::filesystem::path& file, const std::filesystem::path& given, const std::filesystem::path& told) {
  std::vector<std::filesystem::path> out;
  for (const auto& each : {given, told})
    if (!each.empty())
      out.push_back(each);
  if (auto noted = bytes_of(note_of(file))) {
    noted->erase(noted->find_last_not_of("\r\n") + 1);
    if (!noted->empty())
      out.emplace_back(*noted);
  }
  out.push_back(default_data_dir());
  return out;
}

std::optional<kept_config> find_kept(const std::filesystem::path& file, const std::vector<std::filesystem::path>& data_dirs) {
  for (const auto& folder : data_dirs)
    if (auto kept = read_kept_file(place_in(folder)); kept && kept->file == full_name(file))
      return kept;
  return std::nullopt;
}

std::optional<kept_config> read_kept_file(const std::filesystem::path& place) {
  const auto there = bytes_of(place);
  return there ? read_kept(*there) : std::nullopt;
}

void put_kept_file(const std::filesystem::path& place, const kept_config& config) {
  if (auto kept = read_kept_file(place)) {
    kept->kept = config.kept; // the first time counts
    if (kept_text(*kept) == kept_text(config))
      return;
  }
  put_in_place(place, kept_text(config));
}

loaded_settings read_kept_settings(const kept_config& config, const environment& variables) {
  reading_terms terms;
  terms.logins_may_lack = true;
  terms.data = &config.sources.data;
  return read_settings(config.sources.text, full_name(config.file).parent_path(), variables, shipped_data(), terms);
}

} // namespace rm
