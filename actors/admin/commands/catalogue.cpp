#include "actors/admin/commands/catalogue.hpp"

// One line per method; a file beside this one defines `command <name>_command()`.
#define RM_EACH_COMMAND(line) \
  line(accounts)     \
  line(actor)        \
  line(actors)       \
  line(broker_key)   \
  line(config_apply) \
  line(config_check) \
  line(config_part)  \
  line(config_show)  \
  line(crash)        \
  line(day)          \
  line(flatten)      \
  line(journal)      \
  line(journal_verify) \
  line(lock)         \
  line(locks)        \
  line(log_level)    \
  line(logs)         \
  line(reset)        \
  line(rules)        \
  line(status)       \
  line(subscribe)    \
  line(trace)        \
  line(unlock)       \
  line(unsubscribe)  \
  line(version)

namespace rm {

#define RM_DECLARE(name) command name##_command();
RM_EACH_COMMAND(RM_DECLARE)
#undef RM_DECLARE

const std::vector<command>& command_catalogue() {
#define RM_LIST(name) name##_command(),
  static const std::vector<command> all{RM_EACH_COMMAND(RM_LIST)};
#undef RM_LIST
  return all;
}

} // namespace rm
