#include "actors/persistence/persistence_actor.hpp"

#include "actors/kill_point.hpp"
#include "actors/persistence/chain_walk.hpp"
#include "actors/persistence/store.hpp"
#include "actors/persistence/vault.hpp"
#include "messages/caf/compat.hpp"

#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string_view>

namespace rm {
namespace {

/// The wait for the next try is cut into short ones: a message under way keeps even an ended actor, and its thread, alive.
constexpr std::chrono::seconds look_interval{1};
/// Who asks when so many wait is asked to come again: what they get takes memory.
constexpr std::size_t most_reads = 16;

disk_opener opener_of(const storage_settings& settings) {
  if (settings.opener)
    return settings.opener;
  return [path = settings.database] { return std::make_unique<store>(path); };
}

/// The room that a line of the journal is about: its logger writes it.
const char* room_of(std::string_view kind) {
  static const std::map<std::string_view, const char*> rooms{{"admin", "admin"},  {"answer", "enforcement"}, {"case", "enforcement"}, {"config", "service"},
                                                             {"crash", "supervisor"}, {"link", "broker"},     {"request", "enforcement"}, {"reset", "resets"},
                                                             {"service", "service"},  {"verdict", "rules"}};
  const auto found = rooms.find(kind);
  return found == rooms.end() ? "account" : found->second;
}

/// All that is journalled is in the log too: what a person should find there at once as news, the rest for those who look closely. Here and
/// not where it happens, because this thread waits for disks anyway.
void log(const journal_entry& line) {
  static const std::set<std::string_view> loud{"admin", "attempt", "case", "config", "link", "lock", "reset", "service", "unlock"};
  const auto level = line.kind == "alarm" || line.kind == "crash" ? spdlog::level::err : loud.contains(line.kind) ? spdlog::level::info : spdlog::level::debug;
  const auto named = spdlog::get(room_of(line.kind));
  auto& logger = named ? *named : *spdlog::default_logger_raw();
  if (logger.should_log(level))
    logger.log(level, "{}{}{}{}: {}", line.account ? "account " + std::to_string(line.account.value) + ": " : std::string{}, line.kind, line.rule.empty() ? "" : " ", line.rule.view(), line.text);
}

struct persistence_state {
  using handle = persistence_actor::extend<accepts<commit_batch>, accepts<poll>>;
  using promise = caf::typed_response_promise<saved>;
  static inline const char* name = "persistence";

  persistence_state(handle::pointer self, const storage_settings& settings)
    : self{self}, tray{settings.mirror->tray()}, content{opener_of(settings), settings.mirror, settings.journal_keep, settings.run, settings.differ} {}

  handle::behavior_type make_behavior() {
    // Exit messages overtake `commit_batch`, which is told when the batch begins: what has gathered is written first.
    self->set_exit_handler([this](caf::exit_msg& leaving) {
      const bool in_order = leaving.reason == caf::exit_reason::user_shutdown;
      if (in_order) { // nobody comes after this one who would take them
        tray.take_all(taken);
        keep_taken();
      }
      finish_batch();
      if (in_order)
        end_in_order();
      self->quit(std::move(leaving.reason));
    });
    tray.take_all(taken); // the one before has left them there
    keep_taken();
    schedule();
    return {
      [this](const save_account& what) { return keep(what, what.memory.account); },
      [this](const save_trades& what) { return keep(what, {}); },
      [this](const save_day& what) {
        ++handled;
        content.keep(what);
        schedule();
      },
      [this](const journal_entry& line) {
        ++handled;
        tray.take(&line, taken);
        keep_taken();
        schedule();
      },
      [this](const load_account& what) { return answer<stored_account>([&] { return content.load(what.account); }); },
      [this](const get_journal& query) { return read_later<journal_page>([this, query] { return std::optional{content.read_journal(query)}; }); },
      [this](const prove_journal& what) { return read_later<journal_proof>([this, walk = chain_walk{what.noted}]() mutable { return content.prove(walk); }); },
      [this](const config_in_force& config) {
        ++handled;
        content.in_force(config);
        schedule();
      },
      [this](const clock_tick& tick) { on_tick(tick.now); },
      [this](get_storage_health) -> storage_health { return content.health(); },
      [this](const wiring&) { ++handled; },
      [this](describe) -> description { return about(); },
      [this](commit_batch) { take_turn(); },
      [this](poll) { try_again(); },
    };
  }

  void keep_taken() {
    for (auto& line : taken) {
      content.keep(line);
      log(line);
    }
    taken.clear();
  }

  template <class What>
  caf::result<saved> keep(const What& what, account_id account) {
    ++handled;
    RM_KILL_POINT("save.read");
    content.keep(what);
    auto later = self->make_response_promise<saved>();
    waiting.emplace_back(account, later);
    schedule();
    return later;
  }

  template <class Reply, class Work>
  caf::result<Reply> answer(Work work) {
    ++handled;
    try {
      auto reply = work();
      schedule(); // reading can be what finds the trouble, which is then worth a line
      return reply;
    } catch (const disk_failure& failure) {
      schedule();
      return caf::make_error(ec::storage, std::string{failure.what()});
    }
  }

  /// Reading the journal takes as long as there are lines, and anybody may ask: one at a time, behind all that is to be kept. Where `work`
  /// gives nothing yet, it has its next turn behind whoever has come meanwhile.
  template <class Reply, class Work>
  caf::result<Reply> read_later(Work work) {
    ++handled;
    if (reads.size() >= most_reads)
      return caf::make_error(ec::storage, "too many are reading the journal; try again");
    auto later = self->make_response_promise<Reply>();
    reads.push_back([work = std::move(work), later]() mutable {
      try {
        const std::optional<Reply> reply = work();
        if (reply)
          later.deliver(*reply);
        return reply.has_value();
      } catch (const disk_failure& failure) {
        later.deliver(caf::make_error(ec::storage, std::string{failure.what()}));
        return true;
      }
    });
    schedule();
    return later;
  }

  void take_turn() {
    finish_batch();
    if (reads.empty())
      return;
    auto read = std::move(reads.front());
    reads.pop_front();
    if (!read())
      reads.push_back(std::move(read));
    schedule(); // reading can be what finds the trouble, which is then worth a line
  }

  /// Sees to it that what waits is written, or tried again: behind all that is in the mailbox now.
  void schedule() {
    for (const auto& line : content.take_own_lines())
      log(line);
    if (content.in_trouble() && looks_left == 0) {
      looks_left = content.next_retry() / look_interval;
      tell_after(self, handle{self}, look_interval, poll{});
    }
    if (!committing && (!waiting.empty() || !reads.empty() || (content.has_unsaved() && !content.in_trouble()))) {
      committing = true;
      tell(self, handle{self}, commit_batch{});
    }
  }

  void finish_batch() {
    committing = false;
    RM_KILL_POINT("commit.before");
    const bool durable = content.commit();
    RM_KILL_POINT("commit.done");
    for (auto& [account, later] : waiting)
      if (durable)
        later.deliver(saved{content.version_of(account)});
      else
        later.deliver(caf::make_error(ec::storage, content.why()));
    waiting.clear();
    RM_KILL_POINT("commit.told");
    schedule();
  }

  void try_again() {
    if (--looks_left > 0)
      return tell_after(self, handle{self}, look_interval, poll{});
    content.retry();
    schedule();
  }

  void on_tick(timestamp now) {
    ++handled;
    content.alive(now);
    tray.take_all(taken); // sent to one that had crashed
    keep_taken();
    content.lost(tray.take_lost());
    if (const auto tail = content.tail_due(now))
      log_tail(*tail);
    schedule();
  }

  /// Nothing is journalled behind this: whoever shortens the journal later has the log against him.
  void end_in_order() {
    content.ordered_end();
    for (const auto& line : content.take_own_lines())
      log(line);
    if (const auto tail = content.tail())
      log_tail(*tail);
  }

  static void log_tail(const chain_tail& tail) {
    if (const auto room = spdlog::get("persistence"))
      room->info("{}", words_of(tail));
  }

  description about() {
    ++handled;
    const auto health = content.health();
    description d{"persistence", "persistence", health.writing ? "writing" : "not durable: " + health.why,
                  static_cast<int64_t>(self->mailbox().size()), handled, {}};
    d.detail.push_back("waiting in memory " + std::to_string(health.unsaved));
    return d;
  }

  handle::pointer self;
  line_tray& tray;
  std::vector<journal_entry> taken; // out of it a moment ago
  vault content;
  std::vector<std::pair<account_id, promise>> waiting;
  std::deque<std::function<bool()>> reads; // of the journal; true: answered
  bool committing = false;
  int64_t looks_left = 0; // until the disk is tried again
  int64_t handled = 0;
};

/// Lays journal lines into the tray in the sender's own thread, also when the actor has ended: its mailbox may be lost, the tray is not.
class persistence_shell : public watched_actor<persistence_state> {
public:
  using super = watched_actor<persistence_state>;
  using super::enqueue;

  persistence_shell(caf::actor_config& config, storage_settings given) : super{config}, settings{std::move(given)}, mirror{settings.mirror} {}

  persistence_state::handle::behavior_type make_behavior() override {
    state.it.emplace(this, settings);
    return state.it->make_behavior();
  }

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* where) override {
    const auto& content = message->content();
    if (!content.match_elements<journal_entry>())
      return super::enqueue(std::move(message), where);
    const auto& line = content.get_as<journal_entry>(0);
    mirror->tray().put(line, &line, [&] { super::enqueue(std::move(message), where); });
  }

private:
  const storage_settings settings;
  const std::shared_ptr<store_mirror> mirror; // senders use it, and the actor's state may have gone
};

} // namespace

std::shared_ptr<store_mirror> make_store_mirror() { return std::make_shared<store_mirror>(); }

persistence_actor start_persistence(caf::actor_system& system, const storage_settings& settings) {
  auto own = settings;
  if (!own.mirror)
    own.mirror = make_store_mirror();
  if (own.detached)
    return system.spawn<persistence_shell, caf::detached>(std::move(own));
  return system.spawn<persistence_shell>(std::move(own));
}

} // namespace rm
