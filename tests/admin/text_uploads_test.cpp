#include "actors/admin/text_uploads.hpp"

#include <doctest/doctest.h>

using namespace rm;

TEST_SUITE_BEGIN("admin");

TEST_CASE("a text that comes in parts is whole when it is taken, once, by who sent it") {
  text_uploads all;
  CHECK_FALSE(all.add("ann", "a", 0, "one ", 1));
  CHECK_FALSE(all.add("bob", "a", 0, "other", 1));
  CHECK_FALSE(all.add("ann", "a", 4, "two", 2));
  CHECK_FALSE(all.take("eve", "a", 3));
  CHECK(all.take("ann", "a", 3) == "one two");
  CHECK_FALSE(all.take("ann", "a", 3));
  CHECK(all.take("bob", "a", 3) == "other");
}

TEST_CASE("a part that does not follow what is there is refused, and what was there forgotten; position 0 begins anew") {
  text_uploads all;
  CHECK_FALSE(all.add("ann", "a", 0, "one", 1));
  CHECK_FALSE(all.add("ann", "a", 0, "two", 1));
  CHECK(all.add("ann", "a", 99, "x", 1) == "this part follows 99 bytes, and 3 are here: send the text from its beginning");
  CHECK_FALSE(all.take("ann", "a", 1));
  CHECK(all.add("ann", "a", -1, "x", 1));
}

TEST_CASE("uploads cost little: a text has a longest size, there are only so many, and each is forgotten after a while") {
  text_uploads all;
  const std::string half(text_uploads::longest / 2, 'x');
  CHECK_FALSE(all.add("ann", "a", 0, half, 0));
  CHECK_FALSE(all.add("ann", "a", static_cast<int64_t>(half.size()), half, 0));
  CHECK(all.add("ann", "a", static_cast<int64_t>(2 * half.size()), "x", 0) == "a text may have 1024 KiB at most");
  for (const auto* name : {"a", "b", "c", "d", "e"})
    CHECK_FALSE(all.add("ann", name, 0, "x", 0));
  CHECK_FALSE(all.take("ann", "a", 0)); // the oldest made room
  CHECK(all.take("ann", "b", text_uploads::kept_ns) == "x");
  CHECK_FALSE(all.take("ann", "c", text_uploads::kept_ns + 1));
}
