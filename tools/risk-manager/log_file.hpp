// The log on disk, against somebody who holds on to it: on Windows whoever may read a file can keep it from being opened, renamed or removed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace rm {

/// FOLDER/risk-manager.log, and as .1.log, .2.log … the full ones before it, at most `keep` of them. Never throws. One thread at a time.
class log_file {
public:
  /// `most` bytes make a file full.
  log_file(const std::filesystem::path& folder, std::size_t most, std::size_t keep);

  /// False when the line is not in the file; the next one tries to open it again. A full file that cannot make way goes on growing, and
  /// tries again with each further 64th of `most`: no line is given up for order's sake.
  bool write(std::string_view line);
  bool flush();

  /// Empty, or why the last line is not in the file.
  const std::string& trouble() const { return trouble_; }

private:
  bool open();
  void make_way();
  std::filesystem::path numbered(std::size_t number) const;

  std::filesystem::path folder_;
  std::size_t most_, keep_;
  std::size_t size_ = 0, full_at_;
  std::ofstream out_;
  bool torn_ = false; // the file may end in the middle of a line
  std::string trouble_;
};

} // namespace rm
