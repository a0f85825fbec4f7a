#include "tools/screen/line_editor.hpp"

#include <doctest/doctest.h>

using namespace rm;

namespace {

struct typist {
  line_editor line{[this](const std::string& so_far) {
    asked = so_far;
    return words;
  }};
  std::vector<std::string> words;
  std::string asked;
  line_editor::outcome last;

  void type(std::string bytes) {
    for (const auto& pressed : take_keys(bytes))
      last = line.press(pressed);
  }
};

} // namespace

TEST_SUITE("screen: line editor") {
  TEST_CASE("text is put in at the cursor, and entered as a whole") {
    typist t;
    t.type("shw\x1b[Do");
    CHECK(t.line.text() == "show");
    CHECK(t.line.cursor() == 3);
    t.type("\x05 me\r");
    CHECK(t.last.line == std::optional<std::string>{"show me"});
    CHECK(t.line.text().empty());
  }

  TEST_CASE("a character of several bytes is crossed and erased as one") {
    typist t;
    t.type("a\xC3\xA4" "b\x1b[D\x1b[D");
    CHECK(t.line.cursor() == 1);
    t.type("\x1b[C\x7f");
    CHECK(t.line.text() == "ab");
    t.type("\x1b[3~\x1b[3~\x1b[H\x7f");
    CHECK(t.line.text() == "a");
  }

  TEST_CASE("older lines come back with the arrows, and so does what was begun") {
    typist t;
    t.type("tree\rshow timers\rshow timers\rcra");
    t.type("\x1b[A");
    CHECK(t.line.text() == "show timers");
    t.type("\x1b[A");
    CHECK(t.line.text() == "tree"); // twice the same is kept once
    t.type("\x1b[A");
    CHECK(t.line.text() == "tree");
    t.type("\x1b[B\x1b[B");
    CHECK(t.line.text() == "cra");
    t.type("\x1b[B");
    CHECK(t.line.text() == "cra");
  }

  TEST_CASE("tab completes the last word as far as it is certain, then shows what it could be") {
    typist t;
    t.words = {"account/1", "account/2"};
    t.type("show acc\t");
    CHECK(t.asked == "show acc");
    CHECK(t.line.text() == "show account/");
    CHECK(t.last.candidates.empty());
    t.type("\t");
    CHECK(t.last.candidates == t.words);
    t.words = {"account/2"};
    t.type("2\t");
    CHECK(t.line.text() == "show account/2 ");
    t.words = {};
    t.type("x\t");
    CHECK(t.line.text() == "show account/2 x");
  }

  TEST_CASE("ctrl-c takes the line away, and leaves on an empty one; ctrl-d leaves only there") {
    typist t;
    t.type("abc\x04");
    CHECK_FALSE(t.last.left);
    t.type("\x03");
    CHECK_FALSE(t.last.left);
    CHECK(t.line.text().empty());
    t.type("\x03");
    CHECK(t.last.left);
    t.type("\x04");
    CHECK(t.last.left);
  }
}
