#include "tools/risk-manager/urgent_thread.hpp"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace rm {
namespace {

/// As in linux/sched/types.h, first version; the C library has no name for it.
struct sched_attributes {
  uint32_t size = sizeof(sched_attributes);
  uint32_t policy = 0; // SCHED_OTHER
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};
static_assert(sizeof(sched_attributes) == 48);

constexpr uint64_t shortest_slice_ns = 100'000;

} // namespace

/// A shorter slice at the same share (Linux 6.12 and newer): the scheduler puts who asks for little at a time before who asks for much.
void make_thread_urgent() {
  sched_attributes wanted;
  if (syscall(SYS_sched_getattr, 0, &wanted, sizeof wanted, 0) != 0 || wanted.policy != 0)
    return; // somebody has given this process another policy: that stays
  wanted.size = sizeof wanted;
  wanted.runtime_ns = shortest_slice_ns;
  wanted.deadline_ns = wanted.period_ns = 0;
  syscall(SYS_sched_setattr, 0, &wanted, 0);
}

void name_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

} // namespace rm
