#include "actors/admin/local_client.hpp"

namespace rm {

rpc_answer local_client::call(std::string_view method, const parameters& params) {
  const int64_t id = ++last_id_;
  const std::string line = ask(request_line(id, method, params));
  auto answer = parse_answer(id, line);
  if (!answer)
    throw not_reachable{"what listens at " + path_ + " does not answer like a risk manager", false};
  return *std::move(answer);
}

std::string unreachable_text(std::string_view program, const not_reachable& why) {
  std::string text = std::string{program} + ": " + why.what();
  if (!why.not_permitted)
    text += "; is it running? " + how_to_look();
  return text;
}

exit_code exit_code_of(const rpc_answer& answer) {
  if (answer.done)
    return exit_code::done;
  switch (static_cast<rpc_code>(answer.code)) {
    case rpc_code::not_permitted: return exit_code::not_permitted;
    case rpc_code::unknown_method:
    case rpc_code::invalid_params:
    case rpc_code::unknown_account: return exit_code::bad_usage;
    default: return exit_code::failed;
  }
}

} // namespace rm
