#include "tools/risk-manager/host_files.hpp"

#include "tools/risk-manager/windows_names.hpp"

#include <cstdlib>
#include <fstream>
#include <process.h>
#include <stdexcept>

#ifndef NOMINMAX
#  define NOMINMAX
#endif
#include <windows.h>

namespace rm {

// Who may read a file is the installer's matter there: the access list of the configuration's folder.
std::optional<std::string> exposure_of(const std::filesystem::path&) { return std::nullopt; }

std::filesystem::path default_data_dir() {
  const char* folder = std::getenv("ProgramData");
  return std::filesystem::path{folder ? folder : "C:\\ProgramData"} / product_folder / "data";
}

std::filesystem::path default_socket(const std::filesystem::path&) { return "\\\\.\\pipe\\risk-manager"; }

std::optional<std::string> socket_problem(const std::filesystem::path& socket) {
  const std::string text = socket.string();
  if (text.rfind("\\\\.\\pipe\\", 0) == 0 && text.size() > 9 && text.size() < 256)
    return std::nullopt;
  return "must be the name of a pipe such as \\\\.\\pipe\\risk-manager";
}

std::optional<int> reload_signal() { return std::nullopt; }

void replace_file(const std::filesystem::path& file, const std::string& text) {
  const std::filesystem::path fresh{file.wstring() + L".new"}, kept{file.wstring() + L".old"};
  {
    std::ofstream out{fresh, std::ios::binary | std::ios::trunc};
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out)
      throw std::runtime_error{fresh.string() + " cannot be written; nothing was changed"};
  }
  if (!::CopyFileW(file.c_str(), kept.c_str(), FALSE) || !::MoveFileExW(fresh.c_str(), file.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
    ::DeleteFileW(fresh.c_str());
    throw std::runtime_error{file.string() + " cannot be replaced; nothing was changed"};
  }
}

// The access list of the folder is the file's: the installer's matter.
void write_private(const std::filesystem::path& file, const std::string& text) {
  const HANDLE made = ::CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
  DWORD written = 0;
  const bool good = made != INVALID_HANDLE_VALUE && ::WriteFile(made, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) && written == text.size() && ::FlushFileBuffers(made);
  if (made != INVALID_HANDLE_VALUE)
    ::CloseHandle(made);
  if (!good)
    throw std::runtime_error{file.string() + " cannot be written, or is there already"};
}

bool may_not_read(const std::filesystem::path& file) {
  const HANDLE opened = ::CreateFileW(file.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (opened == INVALID_HANDLE_VALUE)
    return ::GetLastError() == ERROR_ACCESS_DENIED;
  ::CloseHandle(opened);
  return false;
}

bool may_write_in(const std::filesystem::path& folder) {
  const auto probe = folder / L".risk-manager-probe";
  const HANDLE made = ::CreateFileW(probe.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  if (made != INVALID_HANDLE_VALUE)
    ::CloseHandle(made);
  return made != INVALID_HANDLE_VALUE;
}

std::string owner_of(const std::filesystem::path&) { return ""; }

bool folder_claim::take(const std::filesystem::path& file) {
  const HANDLE opened = ::CreateFileW(file.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (opened == INVALID_HANDLE_VALUE) {
    if (::GetLastError() == ERROR_SHARING_VIOLATION)
      return false;
    throw std::runtime_error{file.string() + " cannot be opened: error " + std::to_string(::GetLastError())};
  }
  handle_ = reinterpret_cast<std::intptr_t>(opened);
  return true;
}

folder_claim::~folder_claim() { ::CloseHandle(reinterpret_cast<HANDLE>(handle_)); }

void keep_new_files_private() {} // the folders' access lists see to it

std::filesystem::path shipped_data() {
  wchar_t name[4096];
  const DWORD size = ::GetModuleFileNameW(nullptr, name, sizeof name / sizeof *name);
  return std::filesystem::path{std::wstring{name, size}}.parent_path();
}

int64_t process_number() { return ::_getpid(); }

void end_process(int exit_code) {
  ::TerminateProcess(::GetCurrentProcess(), static_cast<UINT>(exit_code)); // ExitProcess waits for what a thread that hangs may hold
  std::abort();
}

} // namespace rm
