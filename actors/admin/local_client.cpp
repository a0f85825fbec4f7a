#include "actors/admin/local_client.hpp"

namespace rm {

std::string local_client::await_line() {
  if (auto line = read_line(patience_))
    return *std::move(line);
  throw not_reachable{"the service is not reachable at " + path_ + ": no answer within " + std::to_string(patience_.count()) + " ms", false};
}

std::string local_client::ask(const std::string& line) {
  send(line);
  return await_line();
}

std::optional<std::string> local_client::next_line(std::chrono::milliseconds wait) { return read_line(wait); }

rpc_answer local_client::call(std::string_view method, const parameters& params) {
  const int64_t id = ++last_id_;
  send(request_line(id, method, params));
  for (;;) {
    const std::string line = await_line();
    if (auto answer = parse_answer(id, line))
      return *std::move(answer);
    auto push = parse_push(line);
    if (!push)
      throw not_reachable{"what listens at " + path_ + " does not answer like a risk manager", false};
    news_.push_back(*std::move(push));
  }
}

rpc_answer local_client::subscribe(std::string_view topic, parameters params) {
  params["topic"] = std::string{topic};
  return call("subscribe", params);
}

std::optional<rpc_push> local_client::next_push(std::chrono::milliseconds wait) {
  if (!news_.empty()) {
    auto first = std::move(news_.front());
    news_.pop_front();
    return first;
  }
  const auto line = next_line(wait);
  if (!line)
    return std::nullopt;
  auto push = parse_push(*line);
  if (!push)
    throw not_reachable{"what listens at " + path_ + " does not answer like a risk manager", false};
  return push;
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
