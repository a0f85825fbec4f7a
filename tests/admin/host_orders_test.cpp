#include "actors/admin/host_orders.hpp"

#include <doctest/doctest.h>

using namespace rm;

namespace {

/// A host that answers when it is told to, and its clients.
struct office {
  std::vector<config_order> configs;
  std::vector<key_order> keys;
  std::vector<std::function<void(bool, std::string)>> callbacks;
  std::vector<host_answer> answers;
  host_orders orders{services(), [this](host_answer a) { answers.push_back(std::move(a)); }};

  host_services services() {
    host_services out;
    out.config = [this](config_order order, auto answer) { configs.push_back(std::move(order)), callbacks.push_back(std::move(answer)); };
    out.set_key = [this](key_order order, auto answer) { keys.push_back(std::move(order)), callbacks.push_back(std::move(answer)); };
    out.set_log_level = [](const std::string& room, const std::string&) { return room == "attic" ? std::optional<std::string>{"there is no attic"} : std::nullopt; };
    return out;
  }
  static host_orders::gathering_ptr asks(inquiry what) {
    auto out = std::make_shared<gathering>();
    out->known.caller = "ann";
    out->questions = std::move(what);
    return out;
  }
  static inquiry apply(std::string text) {
    inquiry out;
    out.config = config_order{config_step::apply, std::move(text), "", "ann", "a calmer week"};
    return out;
  }
};

} // namespace

TEST_SUITE_BEGIN("admin");

TEST_CASE("the host's answers find who asked, in any order and once; what changes something is a line for the journal") {
  office it;
  const auto first = office::asks(office::apply("one")), second = office::asks({});
  second->questions.key = key_order{};
  second->questions.key->broker = "topstepx";
  second->questions.key->reason = "lost";
  it.orders.order_config(first);
  CHECK_FALSE(it.orders.ask(second));
  REQUIRE(it.callbacks.size() == 2);
  CHECK(first->outstanding == 1);
  CHECK(it.configs[0].text == "one");
  it.callbacks[1](false, "no such login");
  it.callbacks[0](true, "{}");
  REQUIRE(it.answers.size() == 2);
  const auto key = it.orders.take(it.answers[0]);
  CHECK(key.of == second);
  CHECK(second->found.host.text == "no such login");
  REQUIRE(key.line);
  CHECK(key.line->text == "ann changes the key of topstepx (lost): refused: no such login");
  const auto config = it.orders.take(it.answers[1]);
  CHECK(config.of == first);
  CHECK(first->found.host.done);
  REQUIRE(config.line);
  CHECK(config.line->text == "ann changes the configuration (a calmer week): done");
  CHECK_FALSE(it.orders.take(it.answers[1]).of);
  CHECK_FALSE(it.orders.take({99, true, ""}).of);
}

TEST_CASE("only so many orders are under way at once; the next one is answered at once, and room comes with an answer") {
  office it;
  for (std::size_t i = 0; i < host_orders::most; ++i)
    it.orders.order_config(office::asks(office::apply("x")));
  const auto late = office::asks(office::apply("late"));
  it.orders.order_config(late);
  CHECK(late->outstanding == 0);
  CHECK(late->found.host.text == "too many such orders are under way: try again in a moment");
  CHECK(it.configs.size() == host_orders::most);
  it.callbacks[0](true, "{}");
  it.orders.take(it.answers[0]);
  it.orders.order_config(late);
  CHECK(late->outstanding == 1);
}

TEST_CASE("a configuration that was sent in parts is put to the host whole, and once") {
  office it;
  inquiry part;
  part.part = text_part{"u", 0, "version: 1"};
  const auto sent = office::asks(part);
  CHECK_FALSE(it.orders.ask(sent));
  CHECK(sent->found.host.done);
  CHECK(sent->found.host.text == "{\"bytes\":10}");
  auto whole = office::apply("");
  whole.upload = "u";
  it.orders.order_config(office::asks(whole));
  REQUIRE(it.configs.size() == 1);
  CHECK(it.configs[0].text == "version: 1");
  const auto again = office::asks(whole);
  it.orders.order_config(again);
  CHECK(it.configs.size() == 1);
  CHECK(again->found.host.text == "the text that was sent in parts is not here any more: send it again");
}

TEST_CASE("a change of the log's level is journalled when it was made; a host that cannot is asked nothing") {
  office it;
  inquiry wish;
  wish.log_level = set_log_level{"broker", "debug"};
  const auto line = it.orders.ask(office::asks(wish));
  REQUIRE(line);
  CHECK(line->text == "ann sets the log's level to debug for broker");
  wish.log_level->room = "attic";
  const auto wrong = office::asks(wish);
  CHECK_FALSE(it.orders.ask(wrong));
  CHECK(wrong->found.host.text == "there is no attic");
  host_orders nothing{{}, [](host_answer) {}};
  auto g = office::asks(office::apply("x"));
  nothing.order_config(g);
  CHECK(g->outstanding == 0);
  CHECK_FALSE(nothing.ask(office::asks(wish)));
}
