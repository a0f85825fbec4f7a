#include "actors/inspector/message_words.hpp"

#include <doctest/doctest.h>

using namespace rm;

TEST_SUITE("inspector: words for messages") {
  TEST_CASE("a venue's event says what happened, to what") {
    trade_update t;
    t.contract = "CON.F.US.MNQ.Z25";
    t.side = side::sell;
    t.size = 2;
    t.price = *price::parse("20125.5");
    CHECK(words_of(venue_event{t}) == "fill sell 2 CON.F.US.MNQ.Z25 at 20125.50");
    link_changed l;
    l.status = link_status::blind;
    l.why = "it hung up";
    CHECK(words_of(venue_event{l}) == "link blind: it hung up");
  }

  TEST_CASE("a verdict says its rule, its level and why") {
    verdict v;
    v.rule = "daily_loss_limit";
    v.level = level::breach;
    v.reason = "too much";
    CHECK(words_of(v) == "daily_loss_limit breach: too much");
  }

  TEST_CASE("a question says what woke the account; one without a view says nothing") {
    account_view view;
    view.cause = wake::fill;
    CHECK(words_of(evaluate{std::make_shared<const account_view>(view), nullptr}) == "after a fill");
    CHECK(words_of(evaluate{}).empty());
  }

  TEST_CASE("requests name the order or the contract") {
    venue_request r;
    r.kind = request_kind::cancel_order;
    r.order = order_id{7};
    CHECK(words_of(r) == "cancel_order 7");
    r.kind = request_kind::close_position;
    r.order = {};
    r.contract = "CON.F.US.MNQ.Z25";
    CHECK(words_of(r) == "close_position CON.F.US.MNQ.Z25");
  }
}
