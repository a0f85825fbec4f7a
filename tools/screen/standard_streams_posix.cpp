#include "tools/screen/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace rm {

void hold_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream)
    if (::fcntl(stream, F_GETFD) == -1 && errno == EBADF)
      if (::open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY) < 0) // takes the lowest number that is free, which is this one
        return;
}

} // namespace rm
