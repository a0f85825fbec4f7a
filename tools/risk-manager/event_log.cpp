#include "tools/risk-manager/event_log.hpp"

#include "tools/risk-manager/windows_names.hpp"

namespace rm {
namespace {

constexpr std::size_t longest = 30'000; // the event log takes 31,839 characters

std::wstring wide(const std::string& text) {
  std::wstring out(text.size(), L'\0');
  const int size = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), out.data(), static_cast<int>(out.size()));
  out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return out;
}

WORD type_of(event_weight weight) {
  switch (weight) {
    case event_weight::information: return EVENTLOG_INFORMATION_TYPE;
    case event_weight::warning: return EVENTLOG_WARNING_TYPE;
    case event_weight::error: break;
  }
  return EVENTLOG_ERROR_TYPE;
}

} // namespace

event_log::event_log() : source_{::RegisterEventSourceW(nullptr, service_name_w)} {}

event_log::~event_log() {
  if (source_)
    ::DeregisterEventSource(source_);
}

void event_log::write(event_words what, const std::string& text) {
  if (!source_)
    return;
  const std::wstring shown = wide(text.substr(0, longest));
  const wchar_t* lines[] = {shown.c_str()};
  ::ReportEventW(source_, type_of(what.weight), 0, static_cast<DWORD>(what.kind), nullptr, 1, 0, lines, nullptr);
}

void event_log_sink::sink_it_(const spdlog::details::log_msg& line) {
  const std::string_view text{line.payload.data(), line.payload.size()};
  if (const auto what = event_of(text, line.level >= spdlog::level::err))
    log_.write(*what, std::string{text});
}

} // namespace rm
