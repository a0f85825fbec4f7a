// The dialogue on a terminal.
#pragma once

#include "tools/risk-admin/dialogue.hpp"

#include <memory>

namespace rm {

/// Takes the whole terminal for each screen and gives it back.
std::unique_ptr<dialogue> screen_dialogue();

} // namespace rm
