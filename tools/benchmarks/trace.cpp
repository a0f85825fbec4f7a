// What tracing costs while nobody traces: an actor that tells itself the next message, as all actors are made (with the tap that a trace and a
// drill need) and made without. Nothing else is in the way: no other message of the service is handled for less. CPU time of one thread. Prints one JSON object.
#include "messages/caf/compat.hpp"
#include "messages/caf/loop_scheduler.hpp"
#include "messages/protocols.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

using namespace rm;

namespace {

constexpr int rounds = 101;

struct runner_state {
  using handle = reset_actor;
  static inline const char* name = "runner";
  explicit runner_state(handle::pointer self) : self{self} {}
  handle::behavior_type make_behavior() {
    return {[this](const clock_tick& tick) {
              if (tick.now > timestamp{})
                tell(self, handle{self}, clock_tick{tick.now - duration{1}});
            },
            [](const reset_applied&) {}, [](const wiring&) {}, [](describe) -> caf::result<description> { return description{}; }};
  }
  handle::pointer self;
};

/// `watched_actor` of messages/caf/compat.hpp without its tap.
struct unwatched_actor : caf::stateful_actor<late<runner_state>, reset_actor::base> {
  using caf::stateful_actor<late<runner_state>, reset_actor::base>::stateful_actor;
};

reset_actor start_unwatched(caf::actor_system& system) {
  return system.spawn([](unwatched_actor* self) -> reset_actor::behavior_type {
    self->state.it.emplace(self);
    return self->state.it->make_behavior();
  });
}

struct config : caf::actor_system_config {
  explicit config(const loop_post& post) {
    module_factories.push_back([post](caf::actor_system& system) -> caf::actor_system::module* { return new loop_scheduler{system, post}; });
    set("scheduler.max-throughput", std::size_t{100});
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

/// This thread's own time: another program on the machine is not counted.
int64_t spent_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

double median(std::vector<double> all) {
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
  return all[all.size() / 2];
}

} // namespace

/// bench-trace [MESSAGES]
int main(int argc, char** argv) {
  const int64_t messages = std::max<int64_t>(argc > 1 ? std::atoll(argv[1]) : 2'000'000, rounds) / rounds;
  boost::asio::io_context io{1};
  config settings{[&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); }};
  caf::actor_system system{settings};
  std::vector<double> with, without, ratios;
  {
    auto watched = spawn_state<runner_state>(system), unwatched = start_unwatched(system);
    const auto ns_per_message = [&](const reset_actor& who) {
      const auto begun = spent_ns();
      post(who, clock_tick{timestamp{} + duration{messages}});
      io.restart();
      io.run();
      return static_cast<double>(spent_ns() - begun) / static_cast<double>(messages);
    };
    for (int round = -5; round < rounds; ++round) { // in turn, and who is first in turn, so that the machine's moods meet both
      const bool first = round % 2 == 0;
      const auto a = ns_per_message(first ? watched : unwatched), b = ns_per_message(first ? unwatched : watched);
      if (round < 0)
        continue; // warming up
      with.push_back(first ? a : b);
      without.push_back(first ? b : a);
      ratios.push_back(with.back() / without.back());
    }
  }
  io.restart();
  io.run(); // they end
  if (auto* loop = dynamic_cast<loop_scheduler*>(&system.scheduler()))
    loop->leave_loop();
  std::printf("{\"ns_per_message\":%.2f,\"ns_without_the_branch\":%.2f,\"ratio_median\":%.4f,\"messages\":%lld}\n", median(with), median(without), median(ratios),
              static_cast<long long>(messages) * rounds);
  return 0;
}
