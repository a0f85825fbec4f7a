#include "tools/risk-manager/log_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace rm {

log_file::log_file(const std::filesystem::path& folder, std::size_t most, std::size_t keep) : folder_{folder}, most_{most}, keep_{keep}, full_at_{most} { open(); }

bool log_file::write(std::string_view line) {
  if (!out_.is_open() && !open())
    return false;
  if (size_ > 0 && size_ + line.size() > full_at_)
    make_way();
  if (std::exchange(torn_, false))
    out_ << '\n';
  if (out_.is_open())
    out_.write(line.data(), static_cast<std::streamsize>(line.size()));
  size_ += line.size();
  return out_.good() || flush();
}

bool log_file::flush() {
  if (out_.is_open() && out_.flush())
    return true;
  torn_ = out_.is_open();
  if (trouble_.empty())
    trouble_ = "it cannot be written: " + std::generic_category().message(errno);
  out_.close();
  return false;
}

bool log_file::open() {
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  out_.clear();
  errno = 0;
  out_.open(numbered(0), std::ios::binary | std::ios::app);
  if (!out_.is_open()) {
    trouble_ = (folder_ / "risk-manager.log").string() + " cannot be opened: " + std::generic_category().message(errno);
    return false;
  }
  trouble_.clear();
  const auto size = std::filesystem::file_size(numbered(0), failed);
  size_ = failed ? 0 : static_cast<std::size_t>(size);
  full_at_ = most_;
  return true;
}

/// The oldest goes, the others move up. From the oldest on: what cannot be moved keeps its place, and no other is put over it.
void log_file::make_way() {
  out_.close();
  std::error_code failed;
  for (std::size_t number = keep_; number > 0 && !failed; --number)
    if (std::filesystem::exists(numbered(number - 1), failed) && !failed)
      std::filesystem::rename(numbered(number - 1), numbered(number), failed);
  open();
  if (failed)
    full_at_ = std::max(most_, size_) + most_ / 64;
}

std::filesystem::path log_file::numbered(std::size_t number) const { return folder_ / (number == 0 ? "risk-manager.log" : "risk-manager." + std::to_string(number) + ".log"); }

} // namespace rm
