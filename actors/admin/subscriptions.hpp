// Who wants to be told of what, and when the next telling is due. Pure: the time is given.
#pragma once

#include "actors/admin/commands/command.hpp"

#include <map>

namespace rm {

/// Clients that are told the same are one group: their news are gathered once. A group is told at once when it begins, then when
/// something has changed, but not sooner than its topic allows (and not before ten times as long as the gathering takes: a house with very
/// many accounts must not be busy with being looked at), and in any case within the topic's longest silence, so that a client can
/// tell a quiet service from a dead one.
class subscriptions {
public:
  static constexpr std::size_t most_topics = 8; // of one client

  struct group {
    const command* what = nullptr;
    parameters params;
    std::vector<uint64_t> members; // connections
    bool changed = true;
    bool under_way = false;        // its news are being gathered
    int64_t told_ns = 0;           // steady time of the last telling; 0: never
    int64_t cost_ns = 0;           // how long the last gathering took
    std::string last;              // line that was told
  };
  using key = std::pair<std::string_view, parameters>;

  /// Takes a client into the group, once. Gives the line that the group was told last, "" when there was none yet; an error when the
  /// client has too many topics already.
  or_error<std::string> add(uint64_t connection, const command& what, const parameters& params);
  /// The client wants to hear no more of the topic, whatever its parameters were.
  void remove(uint64_t connection, std::string_view topic);
  /// The client has gone.
  void remove(uint64_t connection);

  bool empty() const { return groups_.empty(); }
  /// Something that people see is different now.
  void note_change();
  /// The groups whose news are to be gathered now; they count as under way until they are told.
  std::vector<key> take_due(int64_t now_ns);
  /// The group, or nothing when all its members have left.
  const group* find(const key& which) const;
  /// The news are there: whom to tell. Empty when all have left meanwhile.
  std::vector<uint64_t> told(const key& which, int64_t begun_ns, int64_t ended_ns, std::string line);

private:
  std::map<key, group> groups_;
};

} // namespace rm
