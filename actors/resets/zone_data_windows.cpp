#include "actors/resets/zone_data.hpp"

#include "zone_origin.hpp" // made by the build

namespace rm {

zone_data zone_data_here() {
  const std::string version = zone_origin_version;
  return {version, zone_data_made(version, timestamp{std::chrono::seconds{zone_origin_made}})};
}

} // namespace rm
