// One visitor out of several functions, for std::visit.
#pragma once

namespace rm {

template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

} // namespace rm
