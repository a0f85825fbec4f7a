// Whoever starts a program may have closed its standard streams: `risk-admin status >&-`.
#pragma once

namespace rm {

/// The first files and sockets that a program opens would stand in the place of closed standard streams, and take what is said on them. Puts
/// there what takes and gives nothing, so that saying something fails as it should. Call before anything is opened.
void hold_standard_streams();

} // namespace rm
