#include "tools/risk-manager/process_memory.hpp"

namespace rm {

void keep_freed_memory() {} // its heap does so by itself

void use_large_pages(std::size_t) {} // they need a privilege that the service does not ask for

} // namespace rm
