#include "actors/admin/frame.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("admin");

namespace {

using namespace rm;

struct heard {
  line_reader reader;
  std::vector<framed_line> lines;

  heard& feed(std::string_view bytes) {
    reader.feed(bytes, lines);
    return *this;
  }
  std::string all() const {
    std::string out;
    for (const auto& line : lines)
      out += (line.too_long ? "<too long>" : line.text) + "|";
    return out;
  }
};

} // namespace

TEST_CASE("a stream is cut into lines wherever its pieces end") {
  const std::string_view bytes = "first\nsecond\r\n\n\r\nthird\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    heard h;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      h.feed(bytes.substr(at, piece));
    CAPTURE(piece);
    CHECK(h.all() == "first|second|third|");
    CHECK_FALSE(h.reader.in_line());
  }
}

TEST_CASE("a line without its end is not a line yet") {
  heard h;
  h.feed("half");
  CHECK(h.all() == "");
  CHECK(h.reader.in_line());
  h.feed(" and half\n");
  CHECK(h.all() == "half and half|");
}

TEST_CASE("64 KiB are a line, one byte more is none, and the next line is read as ever") {
  const std::string longest(longest_request, 'a');
  for (const std::string end : {"\n", "\r\n"}) {
    CAPTURE(end.size());
    heard fits, over, far_over;
    fits.feed(longest + end + "next" + end);
    REQUIRE(fits.lines.size() == 2);
    CHECK(fits.lines[0].text == longest);
    CHECK(fits.lines[1].text == "next");
    CHECK(over.feed(longest + "a" + end + "next" + end).all() == "<too long>|next|");
    CHECK(far_over.feed(longest + longest + longest + end + "next" + end).all() == "<too long>|next|");
  }
}

TEST_CASE("an endless line is told once, early, and costs no memory") {
  heard h;
  const std::string piece(4096, 'x');
  for (int i = 0; i < 17; ++i)
    h.feed(piece);
  CHECK(h.all() == "<too long>|");
  for (int i = 0; i < 1000; ++i)
    h.feed(piece);
  CHECK(h.all() == "<too long>|");
  CHECK(h.reader.in_line());
  h.feed("the rest\nnext\n");
  CHECK(h.all() == "<too long>|next|");
}

TEST_SUITE_END();
