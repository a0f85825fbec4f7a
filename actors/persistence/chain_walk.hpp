// Holds the journal against its chain, line by line, and says what does not fit. No database: whoever has one reads the lines to it.
#pragma once

#include "actors/persistence/chain_hash.hpp"

#include <limits>
#include <optional>

namespace rm {

/// What is kept beside the lines.
struct chain_frame {
  chain_link head{};          // what the first line stands on
  int64_t head_line = 0;      // the number of the last line before it; -1: not known
  int64_t unchained_to = 0;   // lines up to this one are from before there was a chain
  std::string tail;           // the link of the line that was written last
  int64_t last_given = 0;     // its number
};

/// A line as it is kept.
struct chained_line {
  int64_t number = 0;
  journal_entry line;
  std::optional<std::string> link; // none: nobody who knows of the chain has written it
};

class chain_walk {
public:
  explicit chain_walk(chain_tail noted = {}) : noted_{std::move(noted)} {}

  /// Before each portion of lines. Where lines were removed for their age since the last one, it begins anew.
  void begin(const chain_frame& frame);
  /// The line after which the next one is wanted.
  int64_t after() const { return after_; }
  /// Nothing more can be found out.
  bool over() const { return !proof_.intact; }
  /// The lines in the order of their numbers.
  void take(const chained_line& next);
  /// After the last line, with the frame as it is then.
  journal_proof finish(const chain_frame& frame);

private:
  static constexpr int64_t before_all = std::numeric_limits<int64_t>::min();

  void judge_suspect(const chained_line* next, const chain_frame* frame);
  void judge_end(const chain_frame& frame);
  void compare_noted();
  void fail(chain_fault fault, int64_t line, std::string what);

  chain_tail noted_;
  std::optional<std::string> noted_link_; // what that line has
  std::optional<chain_frame> frame_;
  chain_link last_{}, before_last_{}; // of the last line that fits, and what it stands on
  int64_t after_ = before_all, last_good_ = 0;
  std::optional<chained_line> suspect_;   // does not follow; the line behind it says why
  journal_proof proof_;
};

/// "changed", "removed", "added"; "" for none.
std::string_view name_of(chain_fault fault);

/// The line of the log that says where the chain ends: "journal chain: line 12 ends in <64 hexadecimal digits>". Its form stays.
std::string words_of(const chain_tail& tail);
/// The last such line in a log, of either format, or one that stands alone; nothing when there is none.
std::optional<chain_tail> tail_in(std::string_view text);

} // namespace rm
