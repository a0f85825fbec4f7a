// The thread that reads the venue's events and answers them must not wait until other programs, or our own disk, have had their turn.
#pragma once

namespace rm {

/// Asks the operating system to let the calling thread run as soon as it has something to do. It takes no more of the processor than before.
/// Needs no privilege; where the system does not know how, nothing changes.
void make_thread_urgent();

/// What debuggers, `top -H` and the like call the calling thread. At most 15 characters.
void name_thread(const char* name);

} // namespace rm
