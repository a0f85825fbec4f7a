// What the service does between reading an event and writing the request that answers it, counted step by step: a figure that no other
// load on the machine can change. Its other threads stand still meanwhile.
#include <dirent.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using registers = user_regs_struct;

constexpr long syscall_instruction = 0x050f;
constexpr uint64_t smallest_event = 100; // bytes; a ping is less
constexpr int64_t most_steps = 5'000'000;

struct counted {
  int64_t instructions = 0, system_calls = 0;
  std::set<uint64_t> lines, pages; // of code
};

void check(long result, const char* what) {
  if (result < 0) {
    std::perror(what);
    throw std::runtime_error{what};
  }
}

std::vector<pid_t> threads_of(const std::string& process) {
  std::vector<pid_t> out;
  DIR* all = opendir(("/proc/" + process + "/task").c_str());
  if (!all)
    throw std::runtime_error{"there is no process " + process};
  while (const auto* one = readdir(all))
    if (const int thread = std::atoi(one->d_name); thread > 0)
      out.push_back(thread);
  closedir(all);
  return out;
}

pid_t network_of(const std::string& process) {
  for (const auto thread : threads_of(process)) {
    std::string name;
    std::getline(std::ifstream{"/proc/" + process + "/task/" + std::to_string(thread) + "/comm"}, name);
    if (name == "network")
      return thread;
  }
  throw std::runtime_error{"it has no thread `network`"};
}

/// Stopped while this lives.
class stopped {
public:
  explicit stopped(pid_t thread) : thread_{thread} {
    check(ptrace(PTRACE_ATTACH, thread, 0, 0), "attach");
    wait();
  }
  ~stopped() { ptrace(PTRACE_DETACH, thread_, 0, 0); }
  stopped(const stopped&) = delete;
  stopped& operator=(const stopped&) = delete;

  registers now() const {
    registers out;
    check(ptrace(PTRACE_GETREGS, thread_, 0, &out), "registers");
    return out;
  }
  bool at_call(const registers& r) const { return (ptrace(PTRACE_PEEKTEXT, thread_, r.rip, 0) & 0xffff) == syscall_instruction; }
  void step() { go(PTRACE_SINGLESTEP); }

  /// Runs on until it has read an event.
  void await_event() {
    for (bool inside = false;; inside = !inside) {
      go(PTRACE_SYSCALL);
      const auto r = now();
      if (inside && r.orig_rax == SYS_recvmsg && static_cast<int64_t>(r.rax) >= static_cast<int64_t>(smallest_event))
        return;
    }
  }

private:
  void go(__ptrace_request how) {
    check(ptrace(how, thread_, 0, 0), "go on");
    wait();
  }
  void wait() {
    int status = 0;
    check(waitpid(thread_, &status, __WALL), "wait");
    if (!WIFSTOPPED(status))
      throw std::runtime_error{"the thread has ended"};
  }

  pid_t thread_;
};

using others = std::vector<std::unique_ptr<stopped>>;

/// False: it led to no request.
bool count_until_sent(stopped& network, others& rest, counted& out) {
  while (out.instructions < most_steps) {
    network.step();
    const auto r = network.now();
    ++out.instructions;
    out.lines.insert(r.rip / 64);
    out.pages.insert(r.rip / 4096);
    if (!network.at_call(r))
      continue;
    ++out.system_calls;
    if (r.rax == SYS_futex)
      rest.clear(); // one of them may hold what this one waits for
    if (r.rax == SYS_sendto || r.rax == SYS_sendmsg || r.rax == SYS_write)
      return r.rax != SYS_write;
    if (r.rax == SYS_epoll_wait || r.rax == SYS_epoll_pwait)
      return false;
  }
  return false;
}

counted count_one(const std::string& process) {
  const auto thread = network_of(process);
  stopped network{thread};
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    network.await_event();
    others rest;
    for (const auto other : threads_of(process))
      if (other != thread)
        rest.push_back(std::make_unique<stopped>(other));
    if (counted out; count_until_sent(network, rest, out))
      return out;
  }
}

} // namespace

/// bench-path PID: says `ready`, then counts the next event that leads to a request.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "use: bench-path PID\n");
    return 2;
  }
  try {
    const auto found = count_one(argv[1]);
    std::printf("{\"instructions\":%lld,\"system_calls\":%lld,\"code_lines\":%zu,\"code_pages\":%zu}\n", static_cast<long long>(found.instructions),
                static_cast<long long>(found.system_calls), found.lines.size(), found.pages.size());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench-path: %s\n", e.what());
    return 1;
  }
}
