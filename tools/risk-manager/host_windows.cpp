// The service under the Windows Service Control Manager: only translation between the two.
#include "tools/risk-manager/event_log.hpp"
#include "tools/risk-manager/host_console.hpp"
#include "tools/risk-manager/host_service.hpp"
#include "tools/risk-manager/service_states.hpp"
#include "tools/risk-manager/windows_names.hpp"
#include "tools/risk-manager/windows_parts.hpp"

#include <array>
#include <atomic>
#include <mutex>

namespace rm {
namespace {

static_assert(DWORD{SERVICE_STOPPED} == static_cast<DWORD>(service_state::stopped) && DWORD{SERVICE_START_PENDING} == static_cast<DWORD>(service_state::start_pending) &&
              DWORD{SERVICE_STOP_PENDING} == static_cast<DWORD>(service_state::stop_pending) && DWORD{SERVICE_RUNNING} == static_cast<DWORD>(service_state::running));
constexpr DWORD accepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_POWEREVENT | SERVICE_ACCEPT_PARAMCHANGE;

/// Tells the manager how the service fares, and hands on what the manager asks. One per process.
class scm_host : public host {
public:
  bool attach_to_manager() {
    status_ = ::RegisterServiceCtrlHandlerExW(service_name_w, &scm_host::on_control, this);
    return status_ != nullptr;
  }

  void attach(run_control& control) override {
    const std::lock_guard hold{mutex_};
    control_ = &control;
    if (stop_wanted_)
      control.stop();
  }
  void detach() override {
    const std::lock_guard hold{mutex_};
    control_ = nullptr;
  }
  void refused(const std::string& why) override { events_.write({event_kind::failed_end, event_weight::error}, "The configuration has mistakes, the first: " + why); }
  void ready() override {
    enter(service_state::running);
    events_.write({event_kind::start, event_weight::information}, std::string{"Risk Manager V34 "} + RM_VERSION + " runs");
  }
  void going_on() override {
    const std::lock_guard hold{mutex_};
    tell(states_.going_on());
  }
  void stopping() override { enter(service_state::stop_pending); }

  void starting() { enter(service_state::start_pending); }
  void ended(run_result result) {
    const bool good = result == run_result::done;
    events_.write({good ? event_kind::stop : event_kind::failed_end, good ? event_weight::information : event_weight::error}, "Nobody is guarded: " + std::string{sentence_of(result)});
    enter(service_state::stopped, result);
  }
  std::shared_ptr<spdlog::sinks::sink> log_sink() override { return std::make_shared<event_log_sink>(events_); }

private:
  void enter(service_state state, run_result result = run_result::done) {
    const std::lock_guard hold{mutex_};
    tell(states_.enter(state, result));
  }

  void tell(const std::optional<service_report>& what) {
    if (!what)
      return;
    SERVICE_STATUS now{};
    now.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    now.dwCurrentState = static_cast<DWORD>(what->state);
    now.dwControlsAccepted = what->takes_orders ? accepted : 0;
    now.dwWin32ExitCode = what->result == run_result::done ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
    now.dwServiceSpecificExitCode = static_cast<DWORD>(what->result);
    now.dwCheckPoint = what->check_point;
    now.dwWaitHint = what->wait_hint_ms;
    ::SetServiceStatus(status_, &now);
  }

  static DWORD WINAPI on_control(DWORD code, DWORD event, void*, void* context) {
    auto& me = *static_cast<scm_host*>(context);
    switch (code) {
      case SERVICE_CONTROL_INTERROGATE: return NO_ERROR;
      case SERVICE_CONTROL_STOP:
      case SERVICE_CONTROL_SHUTDOWN:
      case SERVICE_CONTROL_PRESHUTDOWN: me.ask([](run_control& c) { c.stop(); }, true); return NO_ERROR;
      case SERVICE_CONTROL_PARAMCHANGE: me.ask([](run_control& c) { c.reload(); }); return NO_ERROR;
      case SERVICE_CONTROL_POWEREVENT:
        if (event == PBT_APMRESUMEAUTOMATIC || event == PBT_APMRESUMESUSPEND)
          me.ask([](run_control& c) { c.resumed(); });
        return NO_ERROR;
      default: return ERROR_CALL_NOT_IMPLEMENTED;
    }
  }

  template <class What>
  void ask(What what, bool stop = false) {
    if (stop)
      enter(service_state::stop_pending);
    const std::lock_guard hold{mutex_};
    stop_wanted_ = stop_wanted_ || stop;
    if (control_)
      what(*control_);
  }

  event_log events_;
  SERVICE_STATUS_HANDLE status_ = nullptr;
  std::mutex mutex_;
  run_control* control_ = nullptr;
  bool stop_wanted_ = false;
  service_states states_;
};

/// The manager's thread calls a plain function: what it needs stands here.
struct {
  std::string config_file;
  std::function<int(const std::string&, host&)> run;
  std::atomic<int> exit_code{1};
} service;

void WINAPI service_main(DWORD, LPWSTR*) {
  static scm_host manager;
  if (!manager.attach_to_manager())
    return;
  manager.starting();
  const int code = service.run(service.config_file, manager);
  service.exit_code = code;
  manager.ended(code == 0 ? run_result::done : code == 2 ? run_result::configuration : last_run_result());
}

} // namespace

std::filesystem::path default_config() {
  return program_data() / product_folder / "config" / "risk-manager.yaml";
}

std::filesystem::path shipped_example() { return own_program().parent_path() / "risk-manager.yaml"; }

int run_as_service(const std::string& config_file, const std::function<int(const std::string&, host&)>& run) {
  service.config_file = config_file;
  service.run = run;
  std::wstring name{service_name_w};
  const std::array<SERVICE_TABLE_ENTRYW, 2> table{{{name.data(), &service_main}, {nullptr, nullptr}}};
  if (::StartServiceCtrlDispatcherW(table.data()))
    return service.exit_code;
  if (::GetLastError() != ERROR_FAILED_SERVICE_CONTROLLER_CONNECT)
    return 1;
  // Not started by the manager: a person at a terminal who tries the verb.
  signal_host terminal;
  return run(config_file, terminal);
}

} // namespace rm
