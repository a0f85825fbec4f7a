// Stands where the admin actor stands, and keeps what it is told.
#pragma once

#include "messages/caf/compat.hpp"
#include "messages/protocols.hpp"

#include <memory>

namespace rm::test {

struct listener_state {
  using handle = admin_actor;
  static inline const char* name = "listener";
  listener_state(handle::pointer self, std::shared_ptr<wiring> house) : self{self}, house{std::move(house)} {}
  handle::behavior_type make_behavior() {
    return {
      [](const client_line&) {},
      [this](const wiring& w) { *house = w; },
      [](describe) -> caf::result<description> { return description{}; },
    };
  }
  handle::pointer self;
  std::shared_ptr<wiring> house;
};

} // namespace rm::test
