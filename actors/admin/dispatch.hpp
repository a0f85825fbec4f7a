// What becomes of a line from a client: an answer at once, or questions first and the answer then.
#pragma once

#include "actors/admin/commands/command.hpp"

#include <variant>

namespace rm {

/// Adds who runs to what is configured; the order is by id and by name.
void add_running(house& known, account_id account);
void add_running(house& known, broker_id broker);

/// Answered already. `journal` is filled when an administrator's method was refused to somebody who is none.
struct answered {
  std::string line;
  std::optional<journal_entry> journal;
};

/// A request that waits for its findings. These begin with an entry for everybody who is asked that says "no answer", which the
/// true answer replaces: nobody can be forgotten.
struct gathering {
  uint64_t connection = 0;
  rpc_request request;
  const command* asked = nullptr;
  house known;
  inquiry questions;
  findings found;
  std::size_t outstanding = 0; // questions that are not settled
  bool push = false;           // the news of a topic, for all who are subscribed
  const command* topic = nullptr; // what a `subscribe` wants to be told of

  /// Puts an answer in the place that was kept for it.
  void put(account_status status);
  void put(broker_status status);
  /// Says why somebody has not answered.
  void excuse(account_id account, std::string_view why);
  void excuse(broker_id broker, std::string_view why);
  void excuse_storage(std::string_view why);
  void excuse_journal(std::string_view why);
};

/// Reads a line and finds its method in the catalogue (which must outlive what comes back).
std::variant<answered, gathering> receive_line(const client_line& from, const std::vector<command>& catalogue, const house& known);

/// The questions to ask for the news of a topic that somebody has subscribed to.
gathering gather_news(const command& topic, const parameters& params, const house& known);

/// The answer's line, or that of the news, once all questions are settled.
std::string finish(const gathering& done);

} // namespace rm
