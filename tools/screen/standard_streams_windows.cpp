#include "tools/screen/standard_streams.hpp"

namespace rm {

void hold_standard_streams() {} // a handle is never taken for another one here

} // namespace rm
