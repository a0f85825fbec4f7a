#include "tools/risk-manager/service_log.hpp"

#include "actors/admin/json_text.hpp"
#include "actors/admin/nearest.hpp"
#include "tools/risk-manager/log_file.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

namespace rm {
namespace {

constexpr std::size_t kept_in_memory = 2000; // lines

std::string_view view_of(const spdlog::string_view_t& text) { return {text.data(), text.size()}; }

std::string level_text(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace: return "trace";
    case spdlog::level::debug: return "debug";
    case spdlog::level::info: return "info";
    case spdlog::level::warn: return "warn";
    case spdlog::level::err: return "error";
    default: return "critical";
  }
}

/// What came from a venue or from a client must not be able to write a second line.
std::string one_line(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = ' ';
  return out;
}

std::string line_of(const spdlog::details::log_msg& event, bool json) {
  const auto at = format_time(std::chrono::time_point_cast<duration>(event.time));
  if (!json) {
    std::string level = level_text(event.level);
    level.resize(std::max<std::size_t>(level.size(), 8), ' ');
    return at + " " + level + " " + std::string{view_of(event.logger_name)} + ": " + one_line(view_of(event.payload));
  }
  json_writer out;
  out.begin_object().key("time").text(at).key("level").text(level_text(event.level)).key("room").text(view_of(event.logger_name));
  out.key("text").text(view_of(event.payload)).end_object();
  return out.take();
}

class line_formatter : public spdlog::formatter {
public:
  explicit line_formatter(bool json) : json_{json} {}
  void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& out) override {
    const std::string line = line_of(event, json_) + "\n";
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<line_formatter>(json_); }

private:
  bool json_;
};

class file_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
  file_sink(log_file file, bool json) : file_{std::move(file)}, json_{json}, well_{file_.trouble().empty()} {}

  std::string trouble() {
    const std::lock_guard hold{mutex_};
    return file_.trouble();
  }

private:
  void sink_it_(const spdlog::details::log_msg& event) override { mind(file_.write(line_of(event, json_) + "\n")); }
  void flush_() override { mind(file_.flush()); }

  /// What stops the file is said on standard error, once each time; the lines have their other places.
  void mind(bool well) {
    if (!well && std::exchange(well_, false))
      throw spdlog::spdlog_ex{file_.trouble()};
    well_ = well;
  }

  log_file file_;
  bool json_, well_;
};

class memory_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit memory_sink(bool json) : json_{json} {}

  std::vector<log_line> newest(std::size_t lines) {
    const std::lock_guard hold{mutex_};
    const auto skipped = lines_.size() - std::min(lines, lines_.size());
    return {lines_.begin() + static_cast<std::ptrdiff_t>(skipped), lines_.end()};
  }

private:
  void sink_it_(const spdlog::details::log_msg& event) override {
    lines_.push_back({++last_, line_of(event, json_)});
    if (lines_.size() > kept_in_memory)
      lines_.pop_front();
  }
  void flush_() override {}

  bool json_;
  uint64_t last_ = 0;
  std::deque<log_line> lines_;
};

spdlog::level::level_enum level_named(const std::string& level) { return spdlog::level::from_str(level == "warn" ? "warning" : level); }

} // namespace

const std::vector<std::string>& log_rooms() {
  static const std::vector<std::string> all{"account", "admin", "broker", "enforcement", "persistence", "resets", "rules", "service", "supervisor"};
  return all;
}

struct service_log::parts {
  std::shared_ptr<memory_sink> memory;
  std::shared_ptr<file_sink> file;
};

service_log::service_log(const service_settings& configured, bool terminal, spdlog::sink_ptr more) : parts_{std::make_unique<parts>()} {
  const auto folder = configured.log.folder.empty() ? configured.data_dir / "logs" : configured.log.folder;
  const bool json = configured.log.format == "json";
  parts_->memory = std::make_shared<memory_sink>(json);
  parts_->file = std::make_shared<file_sink>(log_file{folder, static_cast<std::size_t>(configured.log.max_size_mb) << 20, static_cast<std::size_t>(configured.log.keep)}, json);
  std::vector<spdlog::sink_ptr> sinks{parts_->file, parts_->memory};
  if (terminal)
    sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (more)
    sinks.push_back(std::move(more));
  for (const auto& room : log_rooms()) {
    auto logger = std::make_shared<spdlog::logger>(room, sinks.begin(), sinks.end());
    logger->set_formatter(std::make_unique<line_formatter>(json));
    logger->set_level(level_named(configured.log.level));
    logger->flush_on(spdlog::level::info);
    if (room == "service")
      spdlog::set_default_logger(logger);
    else
      spdlog::register_logger(logger);
  }
}

service_log::~service_log() = default;

std::vector<log_line> service_log::newest(std::size_t lines) const { return parts_->memory->newest(lines); }

std::string service_log::trouble() const { return parts_->file->trouble(); }

std::optional<std::string> service_log::set_level(const std::string& room, const std::string& level) {
  if (!room.empty() && std::find(log_rooms().begin(), log_rooms().end(), room) == log_rooms().end())
    return "there is no room '" + one_line(room.substr(0, 60)) + "' in the log" + hint_for(room, log_rooms());
  for (const auto& each : log_rooms())
    if (room.empty() || room == each)
      if (const auto logger = spdlog::get(each))
        logger->set_level(level_named(level));
  return std::nullopt;
}

} // namespace rm
