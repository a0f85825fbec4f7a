// Looking inside the running actors: who is there, what passes through one, and a crash ordered as a drill.
#pragma once

#include "messages/supervision.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rm {

/// Question: who is there, and what does each do?
struct get_actors {};

/// One actor. Names are one word each: "timers", "broker/topstepx", "account/126244", "rule/126244/daily_loss_limit".
struct actor_line {
  std::string name, kind;
  std::string parent;                     // the supervisor's name; empty for the root
  bool running = false;                   // by its supervisor's word
  std::string state;                      // in words, or why nothing is known
  std::optional<int64_t> mailbox;         // messages waiting; nothing where it gave no answer
  std::optional<int64_t> handled;         // messages since it started
  int64_t restarts = 0;
  std::string last_error;
  timestamp since{};                      // of this incarnation
  account_id account{};                   // whose it is; empty for those of the house
  rule_name rule{};                       // of a rule
  std::vector<std::string> detail, collaborators;
};

struct actor_list {
  std::vector<actor_line> actors; // a supervisor before its children, these in start order
};

/// An administrator has an actor crash, to see it come back.
struct drill_order {
  std::string actor, by;
  timestamp now{};
};

/// To any actor, from the inspector: crash now.
struct drill {
  std::string by;
};

/// Somebody wants to see the messages of an actor as they pass: so many at most, and for so long at most.
struct trace_order {
  uint64_t connection = 0; // of the local socket
  std::string actor;
  int64_t count = 0;
  duration span{};
};

/// One message that an actor has handled while it was traced.
struct traced {
  uint64_t connection = 0;
  std::string actor;
  int64_t number = 0;    // from 1
  duration after{};      // since the trace began
  std::string message;   // its kind, with what is worth saying of it
  std::string from;      // the sender's kind; empty where nobody signed
  bool answer = false;   // to a question of this actor
  std::optional<duration> waited; // in the mailbox; nothing for what was in it when the trace began
  duration took{};       // to handle
  std::string failed;    // what it threw
};

} // namespace rm
