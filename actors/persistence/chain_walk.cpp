#include "actors/persistence/chain_walk.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rm {
namespace {

constexpr std::string_view words_before = "journal chain: line ", words_between = " ends in ";
constexpr std::size_t link_digits = 64;

std::string shown(const chained_line& l) { return "line " + std::to_string(l.number) + " of " + format_time(l.line.at) + " (" + l.line.kind + ")"; }

/// Whether what stands before the words says that persistence wrote them, and nobody who only got them into the text of another line.
bool is_ours(std::string_view before) {
  const auto line = before.substr(before.rfind('\n') + 1); // npos + 1 is 0
  return line.empty() || line.ends_with(R"("room":"persistence","text":")") || (line.ends_with(" persistence: ") && line.find(": ") == line.size() - 2);
}

std::string span_of(int64_t first, int64_t last) {
  return first == last ? "line " + std::to_string(first) + " is" : "lines " + std::to_string(first) + " to " + std::to_string(last) + " are";
}

} // namespace

void chain_walk::begin(const chain_frame& frame) {
  const bool same = frame_ && frame_->head == frame.head && frame_->unchained_to == frame.unchained_to;
  frame_ = frame;
  if (same)
    return;
  last_ = before_last_ = frame.head;
  last_good_ = frame.head_line;
  after_ = before_all;
  suspect_.reset();
  noted_link_.reset();
  proof_ = {};
}

void chain_walk::fail(chain_fault fault, int64_t line, std::string what) {
  proof_.intact = false;
  proof_.fault = fault;
  proof_.broken_at = line;
  proof_.what = std::move(what);
}

void chain_walk::take(const chained_line& next) {
  if (over())
    return;
  if (suspect_)
    return judge_suspect(&next, nullptr);
  after_ = next.number;
  ++proof_.lines;
  if (proof_.lines == 1) {
    proof_.first = next.number;
    proof_.from = next.line.at;
  }
  proof_.to = next.line.at;
  if (next.number == noted_.line)
    noted_link_ = next.link.value_or("");
  if (next.number <= frame_->unchained_to && !next.link) {
    ++proof_.unchained;
    last_good_ = next.number;
    return;
  }
  if (last_good_ >= 0 && next.number <= last_good_)
    return fail(chain_fault::added, next.number, shown(next) + " was added: it has a number from before the journal's first line");
  const auto wanted = link_of(last_, next.line);
  if (next.link && *next.link == hex(wanted)) {
    before_last_ = std::exchange(last_, wanted);
    last_good_ = next.number;
    return;
  }
  if (last_good_ >= 0 && next.number > last_good_ + 1)
    return fail(chain_fault::removed, last_good_ + 1, span_of(last_good_ + 1, next.number - 1) + " missing: removed");
  const bool copied = next.link && *next.link == hex(last_);
  if (proof_.lines > 1 && next.link && !copied && *next.link == hex(link_of(before_last_, next.line)))
    return fail(chain_fault::added, last_good_, "line " + std::to_string(last_good_) + " was added: the one behind it follows from the one before it");
  suspect_ = next;
}

/// The suspect does not follow from the line before. Whatever follows from what tells which of the two is not as it was.
void chain_walk::judge_suspect(const chained_line* next, const chain_frame* frame) {
  const auto follows_from = [&](const chain_link& link) {
    return next ? next->link && *next->link == hex(link_of(link, next->line)) : frame->tail == hex(link);
  };
  if (follows_from(last_))
    return fail(chain_fault::added, suspect_->number, shown(*suspect_) + " was added: what comes behind it follows from the line before it");
  const bool doubtful = proof_.lines == 1 && frame_->head_line < 0; // nobody knows which line was the first
  fail(chain_fault::changed, suspect_->number,
       shown(*suspect_) + " was changed" + (doubtful ? ", or lines before it were removed" : "") + ": it does not have the link that follows from what it says");
}

void chain_walk::judge_end(const chain_frame& frame) {
  if (frame.tail == hex(last_))
    return;
  if (proof_.lines > proof_.unchained && frame.tail == hex(before_last_))
    return fail(chain_fault::added, last_good_, "line " + std::to_string(last_good_) + ", the last one, was added: the chain ends before it");
  if (frame.last_given > last_good_)
    return fail(chain_fault::removed, std::max<int64_t>(last_good_, 0) + 1,
                span_of(std::max<int64_t>(last_good_, 0) + 1, frame.last_given) + " missing at the journal's end: removed");
  fail(chain_fault::added, last_good_, "the last line, " + std::to_string(last_good_) + ", is not the one that was written last: lines were added at the end or removed there");
}

void chain_walk::compare_noted() {
  const auto line = std::to_string(noted_.line);
  if (noted_link_ && *noted_link_ == noted_.link)
    proof_.what = "line " + line + " is the one that was noted";
  else if (noted_link_)
    fail(chain_fault::changed, noted_.line, "line " + line + " is whole, but not the one that was noted: the journal was written anew, from this line or an earlier one on");
  else if (noted_.line > proof_.tail.line)
    fail(chain_fault::removed, proof_.tail.line + 1, "the journal ends with line " + std::to_string(proof_.tail.line) + ", but line " + line + " was noted: " +
                                                       span_of(proof_.tail.line + 1, noted_.line) + " missing, and the chain's end with them");
  else if (noted_.line < proof_.first)
    proof_.what = "line " + line + ", which was noted, is older than what is kept: nothing to compare";
  else
    fail(chain_fault::removed, noted_.line, "line " + line + ", which was noted, is missing");
}

journal_proof chain_walk::finish(const chain_frame& frame) {
  if (suspect_ && !over())
    judge_suspect(nullptr, &frame);
  if (!over())
    judge_end(frame);
  proof_.tail = {std::max<int64_t>(last_good_, 0), hex(last_)};
  if (!over() && noted_.line > 0)
    compare_noted();
  return proof_;
}

std::string_view name_of(chain_fault fault) {
  switch (fault) {
    case chain_fault::none: return "";
    case chain_fault::changed: return "changed";
    case chain_fault::removed: return "removed";
    case chain_fault::added: return "added";
  }
  return "";
}

std::string words_of(const chain_tail& tail) {
  return std::string{words_before} + std::to_string(tail.line) + std::string{words_between} + tail.link;
}

std::optional<chain_tail> tail_in(std::string_view text) {
  for (auto at = text.rfind(words_before); at != std::string_view::npos; at = at == 0 ? std::string_view::npos : text.rfind(words_before, at - 1)) {
    if (!is_ours(text.substr(0, at)))
      continue;
    const auto rest = text.substr(at + words_before.size());
    chain_tail out;
    const auto [end, wrong] = std::from_chars(rest.data(), rest.data() + rest.size(), out.line);
    const auto behind = rest.substr(static_cast<std::size_t>(end - rest.data()));
    if (wrong != std::errc{} || out.line <= 0 || !behind.starts_with(words_between))
      continue;
    out.link = behind.substr(words_between.size(), link_digits);
    if (out.link.size() == link_digits && out.link.find_first_not_of("0123456789abcdef") == std::string::npos)
      return out;
  }
  return std::nullopt;
}

} // namespace rm
