// What a client of the local socket may send: a first byte for who it is and how its bytes come, then the bytes.
#include "actors/admin/commands/catalogue.hpp"
#include "actors/admin/dispatch.hpp"
#include "actors/admin/frame.hpp"
#include "actors/broker/projectx/json_reader.hpp"
#include "tests/admin/samples.hpp"
#include "tests/fuzz/target.hpp"

using namespace rm;
using rm::fuzz::require;

namespace {

house sample_house() {
  house out;
  out.now = {test::at("14:30:00"), 1};
  out.accounts = {{account_id{126244}, "PRAC-V2-126244"}, {account_id{126300}, "XFA-126300"}};
  out.brokers = {"topstepx"};
  out.caller = "tim";
  return out;
}

std::vector<framed_line> lines_of(std::string_view bytes, std::size_t piece) {
  line_reader reader;
  std::vector<framed_line> out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
    reader.feed(bytes.substr(0, piece), out);
  return out;
}

/// One line, JSON, and an answer to somebody.
void check(const std::string& line) {
  require(line.find('\n') == std::string::npos, "an answer of two lines");
  projectx::json_reader reader;
  std::string why;
  require(reader.parse(line, why), "an answer that is no JSON");
  const auto root = reader.root();
  require(root["jsonrpc"].text() == "2.0", "an answer without its version");
  require(root["result"].is_missing() != root["error"].is_missing(), "an answer that is both or neither");
}

void ask(const client_line& from) {
  auto next = receive_line(from, command_catalogue(), sample_house());
  if (const auto* now = std::get_if<answered>(&next))
    return check(now->line);
  auto& open = std::get<gathering>(next);
  require(from.administrator || !open.asked->administrator, "a trader was let in");
  check(finish(open)); // nobody has answered
  for (auto& known : open.known.accounts) {
    auto status = test::sample_account();
    status.account = known.account;
    open.put(status);
  }
  open.found.journal = journal_page{};
  open.found.done = order_done{"done"};
  check(finish(open));
}

} // namespace

void run_target(std::string_view bytes) {
  const unsigned how = fuzz::take_byte(bytes);
  const auto lines = lines_of(bytes, 1 + (how >> 1));
  const auto whole = lines_of(bytes, bytes.size() + 1);
  require(lines.size() == whole.size(), "the cut of the bytes changed the lines");
  client_line from;
  from.administrator = (how & 1) != 0;
  from.user = "tim";
  from.received = {test::at("14:30:00"), 1};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    require(lines[i].text == whole[i].text && lines[i].too_long == whole[i].too_long, "the cut of the bytes changed a line");
    if (lines[i].too_long)
      continue;
    from.line = lines[i].text;
    ask(from);
    for (int64_t id : {0, 1, 7})
      parse_answer(id, from.line);
  }
}
