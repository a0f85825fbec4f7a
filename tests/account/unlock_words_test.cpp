#include "actors/account/unlock_words.hpp"

#include <doctest/doctest.h>

using namespace rm;

namespace {

lock_set locked_by(std::initializer_list<const char*> rules) {
  std::vector<lock> all;
  for (const auto* rule : rules) {
    lock l;
    l.rule = rule;
    l.mode = lock_mode::flat;
    l.reason = std::string{"why "} + rule;
    all.push_back(l);
  }
  return lock_set{all};
}

unlock_order order_for(const char* rule = "") { return {account_id{7}, rule_name{rule}, "ann", "why", {}}; }

using names = std::vector<rule_name>;

} // namespace

TEST_SUITE_BEGIN("account");

TEST_CASE("an unlock after which nothing is locked says so, and whether every rule has looked") {
  const auto done = words_after_unlock(account_id{7}, order_for(), locked_by({"a", "b"}), {}, true);
  CHECK(done.what == "unlock of account 7: no lock is left, and no rule breaches");
  CHECK(done.locked.empty());
  CHECK(words_after_unlock(account_id{7}, order_for(), locked_by({"a"}), {}, false).what == "unlock of account 7: no lock is left; not every rule has answered: look again in a moment");
}

TEST_CASE("a lock that came back in the same moment is told with its reason, not as an unlock") {
  const auto done = words_after_unlock(account_id{7}, order_for(), locked_by({"a", "b"}), locked_by({"a"}), true);
  CHECK(done.what == "account 7 is locked again already, by a (why a); while that is so an unlock does not help");
  CHECK(done.locked == names{"a"});
  CHECK(words_after_unlock(account_id{7}, order_for("a"), locked_by({"a", "b"}), locked_by({"b", "a"}), true).what ==
        "account 7 is locked again already, by a (why a); also by b; while that is so an unlock does not help");
}

TEST_CASE("locks of other rules that stand, or have come meanwhile, are told") {
  const auto done = words_after_unlock(account_id{7}, order_for("a"), locked_by({"a", "b"}), locked_by({"b"}), true);
  CHECK(done.what == "the lock of a is gone; account 7 is still locked by: b");
  CHECK(done.locked == names{"b"});
  CHECK(words_after_unlock(account_id{7}, order_for(), locked_by({"a"}), locked_by({"c"}), true).what == "account 7 is locked again already, by c");
}
