#include "actors/resets/zone_data.hpp"

namespace rm {

zone_data zone_data_here() { return zone_data_in("/usr/share/zoneinfo"); }

} // namespace rm
