// The journal's proof as people's programs show it.
#pragma once

#include "messages/storage.hpp"

#include <string>

namespace rm {

/// {"whole":…,"lines":…,"unchained":…,"first_line":…,"from":…,"to":…,"tail":{"line":…,"link":…},"remark":…,
/// "fault":null or {"kind":"changed|removed|added","line":…,"what":…}}. `tail` is the last line that fits.
std::string proof_json(const journal_proof& proof);

} // namespace rm
