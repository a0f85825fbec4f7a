#include "actors/broker/projectx/json.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace rm;
using namespace rm::projectx;

namespace {

/// Reads one thing from text.
template <class T>
reading read_text(std::string_view text, reading (*read_it)(json_value, T&), T& out) {
  json_reader reader;
  std::string why;
  const bool is_json = reader.parse(text, why);
  REQUIRE_MESSAGE(is_json, why);
  return read_it(reader.root(), out);
}

constexpr std::string_view good_order =
  R"({"id":3425270858,"accountId":126244,"contractId":"CON.F.US.MNQ.U26","symbolId":"F.US.MNQ","creationTimestamp":"2026-08-19T20:49:25.3938333+00:00",)"
  R"("status":8,"type":4,"side":1,"size":3,"fillVolume":1,"stopPrice":29547.25,"limitPrice":null,"customTag":"mine-SL","parentOrderId":3425270857,"somethingNew":{"a":[1,2]}})";

/// The text with one part replaced.
std::string with(std::string_view text, std::string_view part, std::string_view other) {
  std::string out{text};
  const auto at = out.find(part);
  REQUIRE(at != std::string::npos);
  return out.replace(at, part.size(), other);
}

} // namespace

TEST_SUITE_BEGIN("broker");

TEST_CASE("numbers keep their text: no digit is lost or made up") {
  json_reader reader;
  std::string why;
  for (std::string_view number : {"0.1", "-0", "0", "29547.000000001", "9223372036854775807", "18446744073709551615", "1e-7", "1.50E+3", "149848.64", "-123456789012345678901234567890.5"}) {
    REQUIRE(reader.parse("[" + std::string{number} + ",1]", why));
    CHECK(reader.root().at(0).text() == number);
    CHECK(reader.root().at(1).text() == "1");
  }
}

TEST_CASE("texts that are no JSON say so, and quote nothing") {
  struct row {
    std::string text;
    std::string_view expected;
  };
  const row rows[] = {
    {"", "an empty text"}, {" \r\n", "an empty text"}, {"<html>secret</html>", "HTML"}, {"  <?xml", "HTML"}, {"{\"a\":1", "not JSON"},
    {"{\"a\":1}}", "not JSON"}, {"{a:1}", "not JSON"}, {"[1,]", "not JSON"}, {"secret", "not JSON"}, {std::string(64, '['), "not JSON"},
    {"{\"a\":\"\xff\xfe secret\"}", "not JSON"},
  };
  for (const row& r : rows) {
    json_reader reader;
    std::string why;
    CHECK_FALSE(reader.parse(r.text, why));
    CHECK(why.find(r.expected) != std::string::npos);
    CHECK(why.find("secret") == std::string::npos);
    CHECK(reader.root().is_missing());
  }
}

TEST_CASE("a tree can be walked, and asking for what is not there is harmless") {
  json_reader reader;
  std::string why;
  REQUIRE(reader.parse(R"({"a":{"b":[10,{"c":"x\"\u00e9\n"},null]},"b":2,"a2":true,"b":3})", why));
  const auto list = reader.root()["a"]["b"];
  CHECK(list.size() == 3);
  CHECK(list.at(0).integer() == 10);
  CHECK(list.at(1)["c"].text() == "x\"\xc3\xa9\n");
  CHECK(list.at(2).is_absent());
  CHECK(list.at(3).is_missing());
  CHECK(reader.root()["b"].integer() == 3);
  CHECK(reader.root()["a2"].boolean() == true);
  CHECK(reader.root()["no"]["such"].at(7)["thing"].text().empty());
  CHECK_FALSE(reader.root()["a"].integer());
  int children = 0;
  for (auto c = reader.root().first(); c != reader.root().end(); c = c.next())
    ++children;
  CHECK(children == 4);
}

TEST_CASE("a number word that JSON does not have spoils nothing beside it, whatever the texts around it quote") {
  json_reader reader;
  std::string why;
  REQUIRE(reader.parse(R"({"a":NaN,"b":"say \"NaN\" or \\","c":-Infinity,"d":"NaN"})", why));
  CHECK(reader.root()["a"].text() == "NaN");
  CHECK(reader.root()["b"].text() == R"(say "NaN" or \)");
  CHECK(reader.root()["c"].text() == "-Infinity");
  CHECK(reader.root()["d"].text() == "NaN");
}

TEST_CASE("an object's members are the same whether it is walked once or for each: the last one of a name, whatever names crowd") {
  std::mt19937 random{11};
  json_reader reader;
  std::string why;
  int found = 0, missed = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::string text = "{";
    const auto name = [&] { // few enough that they come twice, many enough that they share a place
      std::string out(random() % 4, 'a');
      for (char& c : out)
        c = static_cast<char>('a' + random() % 5);
      return out;
    };
    for (auto left = random() % 40; left > 0; --left)
      text += (text.size() == 1 ? "\"" : ",\"") + name() + "\":" + (random() % 4 ? std::to_string(left) : R"({"x":[1,{"b":2}]})");
    REQUIRE(reader.parse(text + "}", why));
    const json_members members{reader.root()};
    for (int asked = 0; asked < 30; ++asked) {
      const auto which = name();
      const auto same = members[which] == reader.root()[which];
      CHECK(same);
      ++(members[which].is_missing() ? missed : found);
    }
  }
  CHECK(found > 1'000);
  CHECK(missed > 1'000);
  REQUIRE(reader.parse(R"([{"a":1}])", why));
  CHECK(json_members{reader.root()}["a"].is_missing());
  CHECK(json_members{json_value{}}["a"].is_missing());
}

TEST_CASE("an order is read completely; unknown fields are nobody's business") {
  order_update o;
  const reading r = read_text(good_order, &read_order, o);
  CHECK(r.usable);
  CHECK(r.why == "");
  CHECK(o.id == order_id{3425270858});
  CHECK(o.account == account_id{126244});
  CHECK(o.contract == contract_id{"CON.F.US.MNQ.U26"});
  CHECK(o.status == order_status::suspended);
  CHECK(o.type == order_type::stop);
  CHECK(o.side == side::sell);
  CHECK(o.size == 3);
  CHECK(o.filled == 1);
  CHECK(o.stop_price == price::parse("29547.25"));
  CHECK_FALSE(o.limit_price);
  CHECK(o.parent == order_id{3425270857});
  CHECK(o.tagged);
  CHECK(format_time(o.created) == "2026-08-19T20:49:25.393Z");
  CHECK(read_text(with(good_order, "\"id\"", "\"orderId\""), &read_order, o).usable);
}

TEST_CASE("I8 of an order that cannot be read its number is known, and whether it says that it is over") {
  const auto bad = with(good_order, "\"side\":1", "\"side\":7");
  order_update o;
  const reading live = read_text(bad, &read_order, o);
  CHECK_FALSE(live.usable);
  CHECK(live.order == order_id{3425270858});
  CHECK_FALSE(live.over);
  CHECK(read_text(with(bad, "\"status\":8", "\"status\":3"), &read_order, o).over);
  CHECK_FALSE(read_text(with(bad, "\"status\":8", "\"status\":\"x\""), &read_order, o).over);
  CHECK_FALSE(read_text(with(bad, "\"status\":8", "\"status\":99"), &read_order, o).over);
  CHECK_FALSE(read_text(with(good_order, "3425270858", "\"x\""), &read_order, o).order);
}

TEST_CASE("every status has its meaning, and an unknown one is live and noted") {
  const std::pair<int, order_status> known[] = {{1, order_status::open},     {2, order_status::filled},  {3, order_status::cancelled}, {4, order_status::expired},
                                                {5, order_status::rejected}, {6, order_status::pending}, {7, order_status::pending},   {8, order_status::suspended}};
  for (const auto& [number, status] : known) {
    order_update o;
    const reading r = read_text(with(good_order, "\"status\":8", "\"status\":" + std::to_string(number)), &read_order, o);
    CHECK(r.usable);
    CHECK(r.why == "");
    CHECK(o.status == status);
  }
  for (std::string number : {"0", "9", "42", "-1"}) {
    order_update o;
    const reading r = read_text(with(good_order, "\"status\":8", "\"status\":" + number), &read_order, o);
    CHECK(r.usable);
    CHECK(r.why.find("unknown status " + number) != std::string::npos);
    CHECK(r.account == account_id{126244});
    CHECK(is_live(o.status));
  }
}

TEST_CASE("every type has its meaning, and an unknown one is noted") {
  const std::pair<int, order_type> known[] = {{1, order_type::limit}, {2, order_type::market},        {3, order_type::stop_limit}, {4, order_type::stop},
                                              {5, order_type::trailing_stop}, {6, order_type::join_bid}, {7, order_type::join_ask}};
  for (const auto& [number, type] : known) {
    order_update o;
    CHECK(read_text(with(good_order, "\"type\":4", "\"type\":" + std::to_string(number)), &read_order, o).why == "");
    CHECK(o.type == type);
  }
  for (std::string number : {"0", "8", "-1"}) {
    order_update o;
    CHECK(read_text(with(good_order, "\"type\":4", "\"type\":" + number), &read_order, o).why.find("unknown type " + number) != std::string::npos);
    CHECK(o.type == order_type::unknown);
  }
}

TEST_CASE("only the stops that we have placed are ours, and an empty tag is none") {
  struct row {
    std::string tag;
    bool tagged, ours;
  };
  const row rows[] = {{"\"mine-SL\"", true, false}, {"\"\"", false, false}, {"null", false, false}, {"7", false, false}, {"\"" + std::string{own_stop_tag} + "17\"", true, true}};
  for (const auto& [tag, tagged, ours] : rows) {
    CAPTURE(tag);
    order_update o;
    CHECK(read_text(with(good_order, "\"mine-SL\"", tag), &read_order, o).usable);
    CHECK(o.tagged == tagged);
    CHECK(o.ours == ours);
  }
}

TEST_CASE("a nonsensical order is told with its reason and its account") {
  const std::pair<std::string_view, std::string_view> changes[] = {
    {"\"id\":3425270858", "\"id\":\"x\""}, {"\"id\":3425270858", "\"id\":0"}, {"\"size\":3", "\"size\":0"}, {"\"size\":3", "\"size\":-3"},
    {"\"size\":3", "\"size\":1.5"}, {"\"size\":3", "\"size\":\"3\""}, {"\"size\":3", "\"size\":99999999999"}, {"\"size\":3,", ""}, {"\"side\":1", "\"side\":2"}, {"\"status\":8", "\"status\":null"},
    {"\"fillVolume\":1", "\"fillVolume\":-1"}, {"\"contractId\":\"CON.F.US.MNQ.U26\"", "\"contractId\":\"\""},
    {"CON.F.US.MNQ.U26", "CON.F.US.MNQ.U26.AND.MUCH.MORE.THAN.THERE.CAN.BE"},
  };
  for (const auto& [from, to] : changes) {
    CAPTURE(to);
    order_update o;
    const reading r = read_text(with(good_order, from, to), &read_order, o);
    CHECK_FALSE(r.usable);
    CHECK(r.why != "");
    CHECK(r.why.find('\n') == std::string::npos);
    CHECK(r.account == account_id{126244});
  }
  order_update o;
  CHECK(read_text(with(good_order, "\"accountId\":126244,", ""), &read_order, o).why.find("accountId") != std::string::npos);
  CHECK_FALSE(read_text("[1]", &read_order, o).usable);
  CHECK_FALSE(read_text("null", &read_order, o).usable);
}

TEST_CASE("a position has a sign, and no contracts mean flat whatever else is said") {
  struct row {
    std::string_view fields;
    bool usable;
    int64_t size;
  };
  const row rows[] = {
    {R"("type":1,"size":2,"averagePrice":28446.375)", true, 2},
    {R"("type":2,"size":2,"averagePrice":28446.375)", true, -2},
    {R"("type":0,"size":0,"averagePrice":29398.5)", true, 0},
    {R"("type":1,"size":0,"averagePrice":29398.5)", true, 0},
    {R"("size":0)", true, 0},
    {R"("type":0,"size":2,"averagePrice":28446.375)", false, 0},
    {R"("type":3,"size":2,"averagePrice":28446.375)", false, 0},
    {R"("size":2,"averagePrice":28446.375)", false, 0},
    {R"("type":1,"size":-2,"averagePrice":28446.375)", false, 0},
    {R"("type":1)", false, 0},
  };
  for (const row& x : rows) {
    CAPTURE(x.fields);
    position_update p;
    const reading r = read_text("{\"accountId\":7,\"contractId\":\"C\"," + std::string{x.fields} + "}", &read_position, p);
    CHECK(r.usable == x.usable);
    CHECK(r.why.empty() == x.usable);
    if (x.usable)
      CHECK(p.size == x.size);
  }
}

TEST_CASE("I8 a position whose average is nonsense is held all the same; its value is not known, and that is said") {
  for (std::string_view average : {"NaN", "1e300", "0", R"("20125")", "null", "9999999999999"}) {
    CAPTURE(average);
    position_update p;
    const reading r = read_text(R"({"accountId":7,"contractId":"C","type":2,"size":2,"averagePrice":)" + std::string{average} + "}", &read_position, p);
    CHECK(r.usable);
    CHECK(r.position);
    CHECK(r.contract == contract_id{"C"});
    CHECK(r.why.find("averagePrice") != std::string::npos);
    CHECK(p.size == -2);
    CHECK(p.average_price.is_zero());
  }
}

TEST_CASE("what the venue has divided is rounded, half away from zero; a contract's tick is not") {
  position_update p;
  CHECK(read_text(R"({"accountId":7,"contractId":"C","type":1,"size":3,"averagePrice":20125.083333333332})", &read_position, p).why == "");
  CHECK(p.average_price == price::parse("20125.083333333"));
  CHECK(read_text(R"({"accountId":7,"contractId":"C","type":1,"size":3,"averagePrice":20125.0833333335})", &read_position, p).why == "");
  CHECK(p.average_price == price::parse("20125.083333334"));
  trade_update t;
  constexpr std::string_view trade = R"({"id":1,"accountId":7,"contractId":"C","creationTimestamp":"2026-08-19T20:49:25Z","price":29423.0000000001,)"
                                     R"("profitAndLoss":-12.3333335,"fees":0.3600000000000001,"side":0,"size":1,"voided":false,"orderId":3})";
  CHECK(read_text(trade, &read_trade, t).why == "");
  CHECK(t.profit_and_loss == money::parse("-12.333334"));
  CHECK(t.fees == money::parse("0.36"));
  CHECK(t.price == price::whole(29423));
  order_update o;
  const auto filled = with(good_order, "\"limitPrice\":null", "\"limitPrice\":100.00000000049,\"filledPrice\":20125.083333333332");
  CHECK(read_text(filled, &read_order, o).why == "");
  CHECK(o.limit_price == price::whole(100));
  CHECK(o.filled_price == price::parse("20125.083333333"));
  CHECK(read_text(with(good_order, "\"limitPrice\":null", "\"filledPrice\":1e300"), &read_order, o).why == ""); // nobody needs it
  CHECK_FALSE(o.filled_price);
  contract_spec c;
  CHECK_FALSE(read_text(R"({"id":"C","name":"C","symbolId":"F.US.C","tickSize":0.00000000051,"tickValue":1})", &read_contract, c).usable);
}

TEST_CASE("an order whose price is nonsense is there all the same, and that is said") {
  for (std::string_view price : {"NaN", "-Infinity", "1e300", R"("29547.25")"}) {
    CAPTURE(price);
    order_update o;
    const reading r = read_text(with(good_order, "29547.25", price), &read_order, o);
    CHECK(r.usable);
    CHECK(r.why.find("stopPrice") != std::string::npos);
    CHECK(o.size == 3);
    CHECK_FALSE(o.stop_price);
  }
}

TEST_CASE("a trade's P&L may be absent, its price not; missing fees are noted") {
  constexpr std::string_view good = R"({"id":3004518356,"accountId":7,"contractId":"C","creationTimestamp":"2026-08-19T20:49:25Z","price":29423,)"
                                    R"("profitAndLoss":-49,"fees":0.36,"commissions":0.25,"side":0,"size":1,"voided":false,"orderId":3423462488})";
  trade_update t;
  CHECK(read_text(good, &read_trade, t).why == "");
  CHECK(t.profit_and_loss == money::parse("-49"));
  CHECK(t.commissions == money::parse("0.25"));
  CHECK(t.side == side::buy);
  CHECK_FALSE(t.voided);
  CHECK(read_text(with(good, "\"voided\":false", "\"voided\":true"), &read_trade, t).usable);
  CHECK(t.voided);
  CHECK(read_text(with(good, "\"voided\":false,", ""), &read_trade, t).usable);
  CHECK_FALSE(t.voided); // a trade of which nobody says that it was taken back counts
  CHECK(read_text(with(good, "\"profitAndLoss\":-49", "\"profitAndLoss\":null"), &read_trade, t).why == "");
  CHECK_FALSE(t.profit_and_loss);
  CHECK(read_text(with(good, "\"profitAndLoss\":-49,", ""), &read_trade, t).usable);
  CHECK(read_text(with(good, "\"commissions\":0.25,", ""), &read_trade, t).why == "");
  CHECK_FALSE(t.commissions);
  const reading no_fees = read_text(with(good, "\"fees\":0.36,", ""), &read_trade, t);
  CHECK(no_fees.usable);
  CHECK(no_fees.why.find("fees") != std::string::npos);
  for (auto [from, to] : {std::pair{"\"price\":29423", "\"price\":null"}, {"\"price\":29423", "\"price\":0"}, {"2026-08-19T20:49:25Z", "yesterday"}, {"\"size\":1", "\"size\":0"}})
    CHECK_FALSE(read_text(with(good, from, to), &read_trade, t).usable);
}

TEST_CASE("accounts and contracts need the figures that decisions rest on") {
  account_update a;
  constexpr std::string_view account = R"({"id":7,"name":"PRAC-1","balance":149848.64,"canTrade":true,"isVisible":true,"simulated":true})";
  CHECK(read_text(account, &read_account_object, a).why == "");
  CHECK(a.balance == money::parse("149848.64"));
  CHECK_FALSE(read_text(with(account, "\"balance\":149848.64,", ""), &read_account_object, a).usable);
  CHECK_FALSE(read_text(with(account, "\"canTrade\":true,", ""), &read_account_object, a).usable);
  CHECK(read_text(with(account, "\"isVisible\":true,", ""), &read_account_object, a).usable);
  CHECK(a.visible);
  contract_spec c;
  constexpr std::string_view contract = R"({"id":"CON.F.US.EP.Z26","name":"ESZ6","description":"E-mini","tickSize":0.25,"tickValue":12.5,"activeContract":true,"symbolId":"F.US.EP"})";
  CHECK(read_text(contract, &read_contract, c).why == "");
  CHECK(c.symbol == "ES");
  CHECK(c.tick_size == price::parse("0.25"));
  for (auto [from, to] : {std::pair{"\"tickSize\":0.25", "\"tickSize\":0"}, {"\"tickValue\":12.5", "\"tickValue\":-1"}, {"\"tickValue\":12.5,", ""}})
    CHECK_FALSE(read_text(with(contract, from, to), &read_contract, c).usable);
  CHECK(symbol_of_root("ENQ") == symbol_name{"NQ"});
  CHECK(symbol_of_root("MCLE") == symbol_name{"MCL"});
  CHECK(symbol_of(contract_id{"CON.F.US.XYZ.Z25"}) == symbol_name{"XYZ"});
  CHECK(symbol_of(contract_id{}) == symbol_name{});
}

TEST_CASE("quotes are partial, an empty side is no price, and a last price of nothing is nonsense") {
  quote_part q;
  CHECK(read_text(R"({"symbol":"F.US.MNQ","bestBid":10.25,"bestAsk":0,"timestamp":"2026-08-19T20:49:25Z"})", &read_quote, q).usable);
  CHECK_FALSE(q.last);
  CHECK(q.bid == price::parse("10.25"));
  CHECK_FALSE(q.ask);
  CHECK(q.no_ask);
  CHECK_FALSE(q.no_bid);
  for (std::string_view bad : {R"({"lastPrice":0})", R"({"lastPrice":"NaN"})", R"({"lastPrice":NaN})", R"({"bestBid":true})", "17"}) {
    quote_part other;
    const reading r = read_text(bad, &read_quote, other);
    CHECK_FALSE(r.usable);
    CHECK(r.why != "");
  }
}

TEST_CASE("a quote is as new as the newer of its two times") {
  for (std::string_view text : {R"({"lastPrice":1,"timestamp":"2026-08-19T20:49:25Z","lastUpdated":"2026-08-19T20:49:26Z"})",
                                R"({"lastPrice":1,"timestamp":"2026-08-19T20:49:26Z","lastUpdated":"2026-08-19T20:49:25Z"})"}) {
    quote_part q;
    CHECK(read_text(text, &read_quote, q).usable);
    CHECK(format_time(q.at) == "2026-08-19T20:49:26.000Z");
  }
}

TEST_CASE("the newest bar's close is a price, and nothing else will do") {
  quote_part q;
  CHECK(read_text(R"([{"t":"2026-08-19T20:49:25Z","c":20010.25},{"c":1}])", &read_newest_bar, q).usable);
  CHECK(q.last == price::parse("20010.25"));
  for (std::string_view bad : {R"([{"c":0}])", R"([{"c":null}])", R"([{"t":"2026-08-19T20:49:25Z"}])", "[]", "null", "[7]"}) {
    CAPTURE(bad);
    quote_part other;
    CHECK_FALSE(read_text(bad, &read_newest_bar, other).usable);
    CHECK_FALSE(other.last);
  }
}

TEST_CASE("of several market trades the newest counts") {
  quote_part q;
  CHECK(read_text(R"([{"price":11,"timestamp":"2026-08-19T20:49:26Z"},{"price":10,"timestamp":"2026-08-19T20:49:25Z"},null])", &read_market_trades, q).usable);
  CHECK(q.last == price::whole(11));
  quote_part single;
  CHECK(read_text(R"({"price":12.5})", &read_market_trades, single).usable);
  CHECK(single.last == price::parse("12.5"));
  quote_part bad;
  CHECK_FALSE(read_text(R"([{"price":11},{"size":3}])", &read_market_trades, bad).usable);
}

TEST_CASE("an empty list is empty, null is an error, and one bad row spoils no other") {
  json_reader reader;
  std::string why;
  std::vector<reading> notes;
  std::vector<position_update> out;
  REQUIRE(reader.parse(R"({"empty":[],"null":null,"text":"[]","bad":[{"accountId":7,"contractId":"C","size":0},{"accountId":7,"contractId":"D","type":3,"size":1}]})", why));
  CHECK(read_list(reader.root()["empty"], &read_position, out, why, notes));
  CHECK(out.empty());
  CHECK_FALSE(read_list(reader.root()["null"], &read_position, out, why, notes));
  CHECK(why.find("null") != std::string::npos);
  CHECK_FALSE(read_list(reader.root()["absent"], &read_position, out, why, notes));
  CHECK_FALSE(read_list(reader.root()["text"], &read_position, out, why, notes));
  CHECK(notes.empty());
  CHECK(read_list(reader.root()["bad"], &read_position, out, why, notes));
  CHECK(out.size() == 1);
  REQUIRE(notes.size() == 1); // the one that is missing, by its name
  CHECK_FALSE(notes[0].usable);
  CHECK(notes[0].contract == contract_id{"D"});
  CHECK(rows_of(reader.root()["bad"]) == 2); // it fills a page like any other
  CHECK(rows_of(reader.root()["empty"]) == 0);
  CHECK(rows_of(reader.root()["text"]) == 0);
}

TEST_CASE("the envelope decides, not the HTTP status") {
  struct row {
    std::string_view text;
    bool readable, success;
    int64_t code;
  };
  const row rows[] = {
    {R"({"success":true,"errorCode":0,"errorMessage":null})", true, true, 0},
    {R"({"success":false,"errorCode":5,"errorMessage":null})", true, false, 5},
    {R"({"orderId":17,"success":false,"errorCode":2,"errorMessage":"no\nway"})", true, false, 2},
    {R"({"success":false})", true, false, -1},
    {R"({"success":"true"})", false, false, 0},
    {R"({"orderId":17})", false, false, 0},
    {R"([])", false, false, 0},
  };
  for (const row& r : rows) {
    json_reader reader;
    std::string why;
    REQUIRE(reader.parse(r.text, why));
    const envelope e = read_envelope(reader.root());
    CHECK(e.readable == r.readable);
    CHECK(e.success == r.success);
    CHECK(e.code == r.code);
    CHECK(e.message.find('\n') == std::string::npos);
  }
}

TEST_CASE("foreign text is cut to one line without breaking a character") {
  CHECK(one_line("a\r\nb\tc") == "a  b c");
  std::string umlauts;
  for (int i = 0; i < 150; ++i)
    umlauts += "\xc3\xa4";
  umlauts.insert(0, "x");
  const std::string cut = one_line(umlauts);
  CHECK(cut.size() == 199);
  CHECK(umlauts.starts_with(cut));
}

TEST_SUITE_END();
