// What the configuration needs to know of the operating system's files. One implementation per platform.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace rm {

/// Why a file with a secret is not private, and what to do; nothing when only its owner can read it.
std::optional<std::string> exposure_of(const std::filesystem::path& file);

std::filesystem::path default_data_dir();
/// Where the local socket is when the configuration does not say.
std::filesystem::path default_socket(const std::filesystem::path& data_dir);
/// Why a socket cannot be made under this path; nothing when it can.
std::optional<std::string> socket_problem(const std::filesystem::path& socket);

/// The signal that means "read the configuration again"; nothing where there is none.
std::optional<int> reload_signal();

/// Puts a text in the place of a file, so that at any moment the whole old one or the whole new one is there; FILE.old keeps the old one.
/// The new file has the old one's mode and owner where that is possible. Throws std::runtime_error with a sentence for people.
void replace_file(const std::filesystem::path& file, const std::string& text);

/// Writes a new file that only its owner reads: the service's own user where there is one and we are root, else we. Throws std::runtime_error.
void write_private(const std::filesystem::path& file, const std::string& text);
/// Whether files can be made and replaced in that folder.
bool may_write_in(const std::filesystem::path& folder);

/// True when it is the rights that are missing, of the file or of a folder above it; not when it is not there.
bool may_not_read(const std::filesystem::path& file);

/// Where the package or the installer puts the data files that every upgrade renews.
std::filesystem::path shipped_data();

/// Whose file that is, by name where there is one; empty: not known.
std::string owner_of(const std::filesystem::path& file);

/// The data folder belongs to this process as long as this lives, and ends with the process however that ends: two services that write
/// one database would each undo what the other does. Waits five seconds for one that is just ending. Throws std::runtime_error.
class folder_claim {
public:
  explicit folder_claim(const std::filesystem::path& folder);
  ~folder_claim();
  folder_claim(const folder_claim&) = delete;
  folder_claim& operator=(const folder_claim&) = delete;

private:
  bool take(const std::filesystem::path& file);
  std::intptr_t handle_ = -1;
};

/// From here on what this process creates is for its own user alone, where files have such modes. The local socket's mode is its own.
void keep_new_files_private();

/// This process's number, as the operating system shows it.
int64_t process_number();

/// Ends this process at once, whatever its threads do and hold; nothing is cleaned up.
[[noreturn]] void end_process(int exit_code);

} // namespace rm
