// Hands quotes to all accounts that want them, but for those that rest between the marks that they named; some at a time: ten thousand accounts
// must not keep the event of one waiting, and what an account needs for one quote is then still at hand when it reads it. Pure.
#pragma once

#include "messages/enforcement.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rm {

/// `Desk`: who is told; an empty one is nobody. `Content`: what he is told.
template <class Desk, class Content>
class quote_fan {
public:
  static constexpr std::size_t at_once = 64;          // are told
  static constexpr std::size_t passed_at_once = 4096; // are passed by, because they rest
  static constexpr duration kept_at_most = std::chrono::seconds{1};

  /// Whether accounts may rest at all; otherwise each is told every quote.
  explicit quote_fan(bool lets_rest = true) : lets_rest_{lets_rest} {}

  // -- who wants what -------------------------------------------------------------

  void want(const watch_contract& what) {
    const auto at = seat_of(what.account);
    const auto b = book_of(what.contract);
    for (auto& p : seats_[at].places)
      if (p.book == b)
        return;
    seats_[at].places.push_back({b, books_[b].lines.size()});
    books_[b].lines.push_back({});
    books_[b].lines.back().seat = static_cast<uint32_t>(at);
    books_[b].lines.back().round = books_[b].round; // what was before is not owed
    books_[b].told.push_back({});
  }
  /// Who is to be told in the account's name from now on.
  void seat(account_id account, const Desk& desk) {
    auto& s = seats_[seat_of(account)];
    if (s.desk == desk)
      return;
    s.desk = desk;
    wake(s);
  }
  /// Who is told in the account's name; nullptr: nobody.
  const Desk* desk_of(account_id account) const {
    const auto i = seat_numbers_.find(account);
    return i == seat_numbers_.end() || !seats_[i->second].desk ? nullptr : &seats_[i->second].desk;
  }
  std::size_t contract_count() const { return books_.size(); }
  int64_t told() const { return told_; }
  int64_t kept() const { return kept_; }

  // -- quotes -----------------------------------------------------------------------

  bool empty() const { return waiting_.empty(); }
  /// Whether a quote of this contract is still on its way to some: the next one then waits, and only the newest of them goes out.
  bool holds(const contract_id& contract) const {
    const auto i = numbers_.find(contract);
    return i != numbers_.end() && std::find(waiting_.begin(), waiting_.end(), i->second) != waiting_.end();
  }
  /// `what` tells this quote. False when nobody wants it.
  bool add(const quote& q, Content what) {
    const auto i = numbers_.find(q.contract);
    if (i == numbers_.end())
      return false;
    auto& b = books_[i->second];
    const auto mark = q.mark();
    const int64_t at = q.seen.utc.time_since_epoch().count();
    if (at + kept_at_most.count() < b.at) // the clock was set back: nobody waits for the old time
      for (auto& l : b.lines)
        l.due = 0;
    b.mark = mark ? mark->units() : nothing;
    b.at = at;
    b.seen_ns = q.seen.steady_ns;
    b.newest = std::move(what);
    ++b.round;
    begin(i->second, false);
    return true;
  }
  /// Tells the next ones by `tell(desk, content)`. Returns the contract whose quote is now behind all, or an empty one.
  template <class Tell>
  contract_id go_on(Tell&& tell) {
    if (waiting_.empty())
      return {};
    auto& b = books_[waiting_.front()];
    const auto end = std::min(b.next + passed_at_once, b.lines.size());
    std::size_t said = 0;
    int64_t resting = 0;
    for (; b.next < end && said < at_once; ++b.next) {
      auto& l = b.lines[b.next];
      if (b.mark > l.low && b.mark < l.high && b.at < l.due && !b.all)
        ++resting;
      else if (l.round != b.round)
        said += say(b, b.next, tell);
    }
    b.keeps |= resting > 0;
    kept_ += resting;
    if (b.next < b.lines.size())
      return {};
    waiting_.pop_front();
    return b.contract;
  }

  // -- rest ---------------------------------------------------------------------------

  /// Before an account is told other news: it hears what was kept, and rests no more. Returns the number of these news.
  template <class Tell>
  uint64_t before_news(account_id account, Tell&& tell) {
    auto& s = seats_[seat_of(account)];
    say_kept(s, tell);
    wake(s);
    return ++s.news;
  }
  /// Takes an account's word, unless it is out of date.
  template <class Tell>
  void rest(const rest_marks& m, Tell&& tell) {
    auto& s = seats_[seat_of(m.account)];
    if (m.marks.empty()) {
      say_kept(s, tell);
      wake(s);
      return;
    }
    if (!lets_rest_ || m.heard != s.news)
      return;
    bool inside = true;
    for (auto& mark : m.marks) {
      const auto* p = place_of(s, mark.band.contract);
      if (!p || books_[p->book].told[p->line].seen_ns != mark.heard_ns)
        return; // it will have heard another quote when it reads its mailbox
      const auto& b = books_[p->book];
      inside = inside && (b.round == 0 || (b.mark > mark.band.low.units() && b.mark < mark.band.high.units()));
    }
    wake(s);
    if (!inside)
      return say_kept(s, tell);
    s.until = m.until.time_since_epoch().count();
    for (auto& mark : m.marks) {
      const auto& p = *place_of(s, mark.band.contract);
      auto& b = books_[p.book];
      auto& l = b.lines[p.line];
      l.low = mark.band.low.units();
      l.high = mark.band.high.units();
      l.due = due(b.told[p.line].at, s);
      b.keeps |= l.round != b.round;
    }
  }

  /// Whether something was kept that no later quote may bring to those who rest.
  bool keeps() const {
    return std::any_of(books_.begin(), books_.end(), [](auto& b) { return b.keeps; });
  }
  /// To be called every half `kept_at_most`, while anything is kept: what was kept then, and no quote has come after, is told to all.
  void look_at_kept() {
    for (std::size_t i = 0; i < books_.size(); ++i) {
      auto& b = books_[i];
      if (!b.keeps || std::find(waiting_.begin(), waiting_.end(), i) != waiting_.end())
        continue;
      if (std::exchange(b.looked_at, b.round) == b.round)
        begin(i, true);
    }
  }

private:
  static constexpr int64_t nothing = std::numeric_limits<int64_t>::min(); // no mark: nobody rests

  /// One account's part in one contract: all that is looked at for a quote that it need not hear of.
  struct line {
    int64_t low = 0, high = 0; // units, exclusive
    int64_t due = 0;           // UTC: from then on it is told
    uint32_t seat = 0;
    uint32_t round = 0;        // of the newest quote that it was told
  };
  struct last_told {
    int64_t at = 0, seen_ns = 0;
  };
  struct book {
    contract_id contract;
    std::vector<line> lines;
    std::vector<last_told> told; // by line
    Content newest{};
    uint32_t round = 0;          // counts quotes; 0: there was none
    uint32_t looked_at = 0;
    int64_t mark = nothing, at = 0, seen_ns = 0; // of the newest
    std::size_t next = 0;        // line that it goes to next
    bool all = false;            // also to those who rest
    bool keeps = false;          // some were passed by
  };
  struct place {
    std::size_t book, line;
  };
  struct seat_info {
    Desk desk{};
    uint64_t news = 0;
    int64_t until = 0;
    std::vector<place> places;
  };

  std::size_t seat_of(account_id account) {
    const auto [i, fresh] = seat_numbers_.try_emplace(account, seats_.size());
    if (fresh)
      seats_.emplace_back();
    return i->second;
  }
  std::size_t book_of(const contract_id& contract) {
    const auto [i, fresh] = numbers_.try_emplace(contract, books_.size());
    if (fresh)
      books_.emplace_back().contract = contract;
    return i->second;
  }
  const place* place_of(const seat_info& s, const contract_id& contract) const {
    for (auto& p : s.places)
      if (books_[p.book].contract == contract)
        return &p;
    return nullptr;
  }
  static int64_t due(int64_t told_at, const seat_info& s) { return std::min(told_at + kept_at_most.count(), s.until); }

  void begin(std::size_t number, bool all) {
    auto& b = books_[number];
    b.next = 0;
    b.all = all;
    b.keeps = false;
    if (!b.lines.empty())
      waiting_.push_back(number);
  }
  /// Tells the newest quote of the book, after what was kept of others: whoever has to judge a mark knows them all. False when there is nobody.
  template <class Tell>
  bool say(book& b, std::size_t number, Tell&& tell) {
    auto& l = b.lines[number];
    auto& s = seats_[l.seat];
    l.round = b.round;
    if (!s.desk)
      return false;
    say_kept(s, tell);
    say_one(b, number, s, tell);
    return true;
  }
  template <class Tell>
  void say_kept(const seat_info& s, Tell&& tell) {
    for (auto& p : s.places)
      if (auto& b = books_[p.book]; s.desk && b.lines[p.line].round != b.round)
        say_one(b, p.line, s, tell);
  }
  /// Who hears a mark outside his own rests no more.
  template <class Tell>
  void say_one(book& b, std::size_t number, const seat_info& s, Tell&& tell) {
    auto& l = b.lines[number];
    l.round = b.round;
    b.told[number] = {b.at, b.seen_ns};
    if (b.mark > l.low && b.mark < l.high)
      l.due = due(b.at, s);
    else
      wake(s);
    tell(s.desk, b.newest);
    ++told_;
  }
  void wake(const seat_info& s) {
    for (auto& p : s.places) {
      auto& l = books_[p.book].lines[p.line];
      l.low = l.high = 0;
    }
  }

  bool lets_rest_;
  std::vector<book> books_;
  std::unordered_map<contract_id, std::size_t> numbers_;
  std::vector<seat_info> seats_;
  std::unordered_map<account_id, std::size_t> seat_numbers_;
  std::deque<std::size_t> waiting_; // books whose quote is on its way
  int64_t told_ = 0, kept_ = 0;
};

} // namespace rm
