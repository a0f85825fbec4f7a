// The tree of actors, from what supervisors and actors say of themselves. Pure: the inspector's shell asks, this puts together.
#pragma once

#include "messages/inspection.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rm {

/// One word for an actor, as people type it, from its name as a child: of an account's supervisor, or of the root (an empty account).
/// "desk" of 126244 → "account/126244"; "broker topstepx" of the root → "broker/topstepx"; "account 126244" of the root → "supervisor/126244".
std::string actor_name(account_id account, std::string_view child);

/// What the inspector has heard.
struct hearing {
  std::map<account_id, child_list> children;        // by whose supervisor; an empty account: the root's
  std::map<std::string, description> descriptions;  // by actor_name
  std::map<std::string, std::string> silent;        // who gave no answer, and why
};

/// Everybody, a supervisor before its children. Who gave no answer is there too and says so.
actor_list put_together(const hearing& heard);

struct found_actor {
  std::string name; // empty: there is none
  std::string why;  // then: a sentence for people
};

/// The actor of that name: the whole of it, or a part that no other name has. Spaces may stand for '/'.
found_actor find_actor(std::string_view asked, const std::vector<std::string>& names);

/// Why no drill may be ordered for that actor; empty where it may.
std::string no_drill(std::string_view name);

} // namespace rm
