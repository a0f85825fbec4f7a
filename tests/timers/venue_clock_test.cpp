#include "actors/timers/venue_clock.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace rm;
using namespace std::chrono_literals;

namespace {

/// A PC whose wall clock is wrong by `error`, and a venue that is asked now and then.
struct two_clocks {
  venue_clock clock;
  timestamp right = std::chrono::sys_days{std::chrono::year{2026} / 11 / 26} + 15h;
  duration steady = 1000s, error{}, venue_error{};

  timestamp pc() const { return right + error; }
  timestamp now() const { return clock.put_right(pc(), steady); }
  void pass(duration d) {
    right += d;
    steady += d;
  }
  /// The venue's answer took so long; its header has whole seconds.
  void ask(duration takes = 100ms) {
    const auto sent = pc();
    const auto sent_steady = steady;
    pass(takes);
    clock.hear({std::chrono::floor<std::chrono::seconds>(right + venue_error), sent, pc(), sent_steady, steady});
  }
  bool is_right() const { return now() - right <= 3s && right - now() <= 3s; }
};

} // namespace

TEST_SUITE_BEGIN("timers");

TEST_CASE("B10 as long as the PC's clock is within a minute of the venue's it is the time") {
  two_clocks c;
  c.clock.expect();
  CHECK_FALSE(c.clock.known());
  c.error = 59s;
  c.ask();
  CHECK(c.clock.known());
  CHECK(c.now() == c.pc());
  CHECK(c.clock.trouble().empty());
}

TEST_CASE("where nobody is expected to tell the time, the PC's clock is it") {
  two_clocks c;
  c.error = 7h;
  CHECK(c.clock.known());
  CHECK(c.now() == c.pc());
  SUBCASE("and also when the venue's answers do not tell it") {
    c.clock.expect();
    c.clock.hear_nothing();
    CHECK(c.clock.known());
    CHECK(c.now() == c.pc());
  }
}

TEST_CASE("B10 a PC that started seven hours ahead is put right by two answers that agree, and both figures are said") {
  for (const duration error : {7h, -7h}) {
    two_clocks c;
    c.clock.expect();
    c.error = error;
    c.ask();
    CHECK_FALSE(c.clock.known()); // one answer against the PC's clock: it could be the answer that is wrong
    c.ask();
    CHECK(c.clock.known());
    CHECK(c.is_right());
    const auto said = c.clock.trouble();
    CHECK(said.find("the PC's clock says 2026-11-26T" + std::string{error > 0s ? "22" : "08"}) != std::string::npos);
    CHECK(said.find("venue's 2026-11-26T15:00:00") != std::string::npos);
    CHECK(said.find(error > 0s ? "7 h 0 min ahead" : "7 h 0 min behind") != std::string::npos);
    c.pass(1h);
    CHECK(c.is_right()); // the steady clock carries it on
    c.error = 0s;
    c.ask();
    CHECK(c.now() == c.pc());
    CHECK(c.clock.trouble().empty());
  }
}

TEST_CASE("B10 a clock that is set while it runs changes nothing: the time goes on, and the next answer says whose clock was right") {
  two_clocks c;
  c.clock.expect();
  c.ask();
  for (const duration error : {7h, -7h, 192h}) {
    c.error = error;
    CHECK(c.is_right()); // before anybody has answered
    CHECK(c.clock.known());
    c.pass(30s);
    c.ask();
    CHECK(c.is_right());
    CHECK_FALSE(c.clock.trouble().empty());
  }
}

TEST_CASE("after a sleep that the steady clock did not count the PC's clock is the time as soon as the venue bears it out") {
  two_clocks c;
  c.ask();
  c.right += 8h;
  CHECK(c.now() < c.right - 7h); // held until then
  c.ask();
  CHECK(c.now() == c.pc());
  CHECK(c.clock.trouble().empty());
}

TEST_CASE("I7 between a jump of a clock and the venue's next answer the time is not sure") {
  two_clocks c;
  const auto sure = [&] { return c.clock.sure(c.pc(), c.steady); };
  CHECK(sure()); // nobody tells the time: the PC's is all there is
  c.ask();
  CHECK(sure());
  c.pass(3h);
  CHECK(sure());
  SUBCASE("the machine slept") { c.right += 2min; }
  SUBCASE("the PC's clock was set ahead") { c.error = 2min; }
  SUBCASE("the PC's clock was set back") { c.error = -2min; }
  CHECK_FALSE(sure());
  c.pass(1h);
  CHECK_FALSE(sure());
  c.ask();
  c.ask(); // against a PC that is wrong it takes two
  CHECK(sure());
  CHECK(c.is_right());
  c.error += 50s; // within what is tolerated
  CHECK(sure());
}

TEST_CASE("I7 before the first answer of a venue that is expected to tell the time no time is sure") {
  two_clocks c;
  c.clock.expect();
  CHECK_FALSE(c.clock.sure(c.pc(), c.steady));
  SUBCASE("it tells") { c.ask(); }
  SUBCASE("it answers without the time: the PC's is all there is") { c.clock.hear_nothing(); }
  CHECK(c.clock.sure(c.pc(), c.steady));
}

TEST_CASE("an answer that slept with the machine, or took long, tells nothing") {
  two_clocks c;
  c.ask();
  const auto sent = c.pc();
  const auto venue = std::chrono::floor<std::chrono::seconds>(c.right);
  c.right += 8h; // the answer lies in the socket all night
  c.clock.hear({venue, sent, c.pc(), c.steady, c.steady});
  c.clock.hear({venue, sent, c.pc(), c.steady, c.steady});
  c.ask();
  CHECK(c.now() == c.pc());
  c.error = 7h;
  c.ask(11s);
  CHECK(c.is_right());
  CHECK(c.clock.trouble().empty()); // not heard yet
}

TEST_CASE("a venue whose clock stands still or is set back is not believed") {
  two_clocks c;
  c.clock.expect();
  c.ask();
  for (int i = 0; i < 30; ++i) {
    c.pass(10s);
    c.venue_error -= 10s; // it stands
    c.ask();
    REQUIRE(c.now() == c.pc());
  }
  CHECK(c.clock.known());
  CHECK(c.clock.trouble().find("does not run as it should") != std::string::npos);
  c.venue_error = 0s;
  c.ask();
  CHECK(c.clock.trouble().empty());
}

TEST_CASE("one wrong answer among right ones changes nothing") {
  two_clocks c;
  c.ask();
  c.venue_error = 5h;
  c.ask();
  CHECK(c.now() == c.pc());
}

TEST_CASE("an answer during which a clock jumped, or that took too long, says nothing of the time") {
  two_clocks c;
  c.clock.expect();
  clock_sample heard{c.right, c.right, c.right + 1s, c.steady, c.steady + 1s};
  SUBCASE("it took 11 s by the PC's wall clock alone") { heard.heard = heard.sent + 11s; }
  SUBCASE("it took 11 s by the steady clock alone") { heard.heard_steady = heard.sent_steady + 11s; }
  SUBCASE("the wall clock was set back meanwhile") { heard.heard = heard.sent - 1s; }
  c.clock.hear(heard);
  CHECK_FALSE(c.clock.known());
  c.ask();
  CHECK(c.clock.known());
}

TEST_SUITE_END();
