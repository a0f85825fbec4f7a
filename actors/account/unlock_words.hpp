// What an unlock came to: an administrator is told what is true when every rule has looked again. Pure.
#pragma once

#include "actors/account/locks.hpp"
#include "messages/admin.hpp"

namespace rm {

/// `before` and `after`: the locks when the order came, and when the rules had spoken about the account without them. Not `all_spoke`: some
/// have not answered in time.
order_done words_after_unlock(account_id account, const unlock_order& order, const lock_set& before, const lock_set& after, bool all_spoke);

} // namespace rm
