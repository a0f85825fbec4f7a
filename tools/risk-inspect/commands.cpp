#include "tools/risk-inspect/commands.hpp"

#include "actors/admin/frame_wrap.hpp"
#include "tools/risk-inspect/actor_view.hpp"
#include "tools/screen/ansi.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>

namespace rm {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr std::string_view program = "risk-inspect";
constexpr auto patience = 10s;        // with the service, which itself waits 1 s for its actors
constexpr auto longest_silence = 6s;  // of a topic that is told every second
constexpr auto comes_back_within = 10s;
constexpr auto between_looks = 50ms;
constexpr std::size_t actor_label = 13, trace_label = 11; // columns before what is said

/// The service said no.
exit_code refused(const rpc_answer& answer) {
  std::cerr << program << ": " << answer.message << "\n";
  return exit_code_of(answer);
}

actors_view understood(std::string_view result) {
  auto view = read_actors(result);
  if (!view)
    throw std::runtime_error{"the service sent something that this program does not understand; are both of one version?"};
  return *std::move(view);
}

/// A line for people; `indent` is where it goes on.
std::string shown(const inspection& how, std::vector<frame_line> lines, std::size_t indent) {
  return ansi_text(how.folds ? wrapped(lines, how.width, indent) : lines, how.colour);
}

exit_code print(const inspection& how, const rpc_answer& answer, const std::function<std::vector<frame_line>(const actors_view&)>& lines) {
  if (!answer.done)
    return refused(answer);
  if (how.json)
    std::cout << answer.result << "\n";
  else
    std::cout << ansi_text(lines(understood(answer.result)), how.colour);
  std::cout.flush();
  return exit_code::done;
}

/// Hears pushes until `take` says that it has enough, somebody leaves, or it is `until`. False: somebody left.
bool hear(local_client& service, const inspection& how, clock::time_point until, clock::duration longest_silence_here, const std::function<bool(const rpc_push&)>& take) {
  auto heard = clock::now();
  while (clock::now() < until) {
    while (const auto told = service.next_push(0ms)) {
      heard = clock::now();
      if (told->trouble)
        throw std::runtime_error{told->result};
      if (!take(*told))
        return true;
    }
    if (clock::now() - heard > longest_silence_here)
      throw not_reachable{"the service has fallen silent", false};
    if (!how.pause(std::chrono::ceil<std::chrono::milliseconds>(std::min<clock::duration>(until - clock::now(), 100ms))))
      return false;
  }
  return true;
}

const shown_actor* find(const actors_view& view, std::string_view name) {
  const auto found = std::find_if(view.actors.begin(), view.actors.end(), [&](const shown_actor& a) { return a.name == name; });
  return found == view.actors.end() ? nullptr : &*found;
}

void put_frame(const inspection& how, const std::string& result) {
  if (how.json)
    std::cout << result << "\n" << std::flush;
  else
    how.frame(ansi_text(tree_lines(understood(result), how.width), how.colour));
}

/// Looks until the actor has been started again.
std::optional<shown_actor> await_return(local_client& service, const inspection& how, const std::string& name, int64_t restarts_before) {
  for (const auto until = clock::now() + comes_back_within; clock::now() < until;) {
    const auto answer = service.call("actors", {});
    if (answer.done) {
      const auto view = understood(answer.result);
      const auto* now = find(view, name);
      if (now != nullptr && now->running && now->restarts > restarts_before && !now->mailbox.empty())
        return *now;
    }
    if (!how.pause(between_looks))
      return std::nullopt;
  }
  return std::nullopt;
}

} // namespace

exit_code print_tree(const inspection& how) {
  local_client service{how.socket, patience};
  return print(how, service.call("actors", {}), [&](const actors_view& view) { return tree_lines(view, how.width); });
}

exit_code print_actor(const inspection& how, const std::string& actor) {
  local_client service{how.socket, patience};
  return print(how, service.call("actor", {{"actor", actor}}), [&](const actors_view& view) {
    auto lines = actor_lines(view.actors.front(), view.now);
    return how.folds ? wrapped(lines, how.width, actor_label) : lines;
  });
}

exit_code watch_tree(const inspection& how) {
  local_client service{how.socket, patience};
  if (const auto answer = service.subscribe("actors"); !answer.done)
    return refused(answer);
  hear(service, how, clock::time_point::max(), longest_silence, [&](const rpc_push& told) {
    put_frame(how, told.result);
    return true;
  });
  return exit_code::done;
}

exit_code trace_actor(const inspection& how, const std::string& actor, int64_t count, int64_t seconds) {
  local_client service{how.socket, patience};
  const auto answer = service.call("trace", {{"actor", actor}, {"count", count}, {"seconds", seconds}});
  if (!answer.done)
    return refused(answer);
  int64_t seen = 0;
  const bool stayed = hear(service, how, clock::now() + std::chrono::seconds{seconds}, clock::duration::max(), [&](const rpc_push& told) {
    if (how.json)
      std::cout << told.result << "\n" << std::flush;
    else if (const auto line = trace_line(told.result))
      std::cout << shown(how, {*line}, trace_label) << std::flush;
    return ++seen < count;
  });
  if (!stayed)
    service.call("trace", {{"actor", actor}, {"count", int64_t{0}}});
  if (!how.json)
    std::cout << seen << " messages" << (seen < count && stayed ? " in " + std::to_string(seconds) + " s" : "") << "\n";
  return exit_code::done;
}

exit_code crash_actor(const inspection& how, const std::string& actor) {
  local_client service{how.socket, patience};
  const auto looked = service.call("actor", {{"actor", actor}});
  if (!looked.done)
    return refused(looked);
  const auto before = understood(looked.result).actors.front();
  const auto begun = clock::now();
  const auto answer = service.call("crash", {{"actor", before.name}});
  if (!answer.done)
    return refused(answer);
  if (!how.json)
    std::cout << before.name << " is told to crash; waiting for its supervisor ..." << std::endl;
  const auto back = await_return(service, how, before.name, before.restarts);
  const auto took = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun).count());
  if (!back) {
    std::cerr << program << ": " << before.name << " did not come back within " << took << " ms\n";
    return exit_code::failed;
  }
  if (how.json)
    std::cout << "{\"actor\":\"" << back->name << "\",\"restarts\":" << back->restarts << ",\"back_within_ms\":" << took << "}" << std::endl;
  else
    std::cout << shown(how,
                       {{{"[ok] ", tone::good},
                         {back->name + " is back, seen " + took + " ms after the order: " + without_controls(back->state) + "; restarts " + std::to_string(back->restarts) +
                            "; last error: " + without_controls(back->last_error),
                          tone::plain}}},
                       5)
              << std::flush;
  return exit_code::done;
}

std::vector<std::string> actor_names(const std::string& socket) {
  std::vector<std::string> out;
  try {
    local_client service{socket, patience};
    const auto answer = service.call("actors", {});
    const auto view = answer.done ? read_actors(answer.result) : std::nullopt;
    if (view)
      for (const auto& actor : view->actors)
        out.push_back(actor.name);
  } catch (const not_reachable&) { // then there is nothing to complete
  }
  return out;
}

} // namespace rm
