// journal_verify: the journal held against its chain, from its first line to its last. Anyone may ask: it only reads, and in portions.
#include "actors/admin/commands/command.hpp"

#include "actors/admin/journal_proof_json.hpp"

namespace rm {
namespace {

constexpr std::size_t link_digits = 64;

or_error<inquiry> plan(const parameters& given, const house&) {
  const rpc_value *line = find_parameter(given, "line"), *link = find_parameter(given, "link");
  if ((line == nullptr) != (link == nullptr))
    return rpc_error{rpc_code::invalid_params, "line and link go together: a line's number, and what the log says it ends in"};
  prove_journal question;
  if (line != nullptr) {
    question.noted = {std::get<int64_t>(*line), std::get<std::string>(*link)};
    if (question.noted.line < 1)
      return rpc_error{rpc_code::invalid_params, "line must be 1 or more"};
    if (question.noted.link.size() != link_digits || question.noted.link.find_first_not_of("0123456789abcdef") != std::string::npos)
      return rpc_error{rpc_code::invalid_params, "link must be the 64 digits 0-9 and a-f that the log has"};
  }
  inquiry ask;
  ask.proof = question;
  return ask;
}

or_error<std::string> answer(const parameters&, const house&, const findings& found) {
  if (const auto* why = std::get_if<std::string>(&found.proof))
    return rpc_error{rpc_code::no_answer, "the journal cannot be verified: " + *why};
  return proof_json(std::get<journal_proof>(found.proof));
}

} // namespace

command journal_verify_command() {
  return {"journal_verify", false, {{"line", parameter_kind::number}, {"link", parameter_kind::text}}, plan, answer};
}

} // namespace rm
