// journal --verify: the service's proof of its journal, or one of a database without a service; and the log held against it.
#include "tools/risk-admin/verbs.hpp"

#include "actors/admin/journal_proof_json.hpp"
#include "actors/persistence/chain_walk.hpp"
#include "actors/persistence/store.hpp"
#include "tools/risk-admin/tables.hpp"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

namespace rm {
namespace {

constexpr std::chrono::minutes patience_with_proofs{10}; // millions of lines, and the service has other things to do

constexpr std::string_view how_to_compare =
  "To see whether its end was cut off, compare with the service's log, which is told the chain's end at each start, every day and at each\n"
  "stop (\"journal chain: line N ends in …\"): journal --verify --log FILE does that (data folder, logs/risk-manager.log; an administrator's copy\n"
  "elsewhere is better, who may write the database may write the log beside it).\n";

/// The operating system does not let us read it.
struct closed_to_us : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws closed_to_us, or wrong_use with what is wrong with it.
void require_readable(const std::string& file) {
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (in && in.peek() != std::ifstream::traits_type::eof())
    return;
  if (errno == EACCES || errno == EPERM)
    throw closed_to_us{file + " is not open to you: only administrators and the service's own user may read it"};
  throw wrong_use{file + (in.is_open() && errno == 0 ? " is empty" : " cannot be read: " + std::generic_category().message(errno == 0 ? ENOENT : errno))};
}

chain_tail noted_in(const std::string& file) {
  require_readable(file);
  std::ifstream in{file, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  const auto found = tail_in(text);
  if (!found)
    throw wrong_use{file + " has no line \"journal chain: line N ends in …\": is it the service's log, and not one that has only just begun? The one before it is beside it, with .1 in its name"};
  return *found;
}

exit_code show(const options& chosen, const std::string& result) {
  if (chosen.json)
    std::cout << result << "\n";
  else
    std::cout << proof_text(result) << (chosen.log_file.empty() && is_whole(result) ? how_to_compare : "");
  return is_whole(result) ? exit_code::done : exit_code::failed;
}

} // namespace

exit_code verify_journal(const options& chosen) {
  if (!chosen.account.empty() || !chosen.since.empty())
    throw wrong_use{"--verify looks at the whole journal: leave --account and --since out"};
  try {
    const auto noted = chosen.log_file.empty() ? chain_tail{} : noted_in(chosen.log_file);
    if (!chosen.database.empty()) {
      require_readable(chosen.database);
      return show(chosen, proof_json(prove_file(chosen.database, noted)));
    }
    const parameters params = noted.line > 0 ? parameters{{"line", noted.line}, {"link", noted.link}} : parameters{};
    const auto answer = local_client{chosen.socket, patience_with_proofs}.call("journal_verify", params);
    return answer.done ? show(chosen, answer.result) : refused(answer);
  } catch (const closed_to_us& why) {
    std::cerr << "risk-admin: " << why.what() << "\n";
    return exit_code::not_permitted;
  }
}

} // namespace rm
