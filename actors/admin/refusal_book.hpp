// What was refused to traders: each is counted, and so many a minute are journalled one by one. A trader must not be able to fill the disk
// with them, nor hide one among them: what is left out is journalled as a number. Pure.
#pragma once

#include "messages/storage.hpp"

#include <vector>

namespace rm {

class refusal_book {
public:
  static constexpr int64_t one_by_one = 30; // a minute

  /// Takes a refusal in; gives what is to be journalled now, in its order.
  std::vector<journal_entry> take(journal_entry refused) {
    std::vector<journal_entry> out;
    ++count_;
    if (refused.at - begun_ >= std::chrono::minutes{1} || refused.at < begun_) {
      if (left_out_ > 0) {
        out.push_back(refused);
        out.back().text = std::to_string(left_out_) + " more were refused in the minute from " + format_time(begun_);
      }
      begun_ = refused.at;
      in_minute_ = left_out_ = 0;
    }
    if (++in_minute_ <= one_by_one)
      out.push_back(std::move(refused));
    else if (++left_out_ == 1) {
      out.push_back(std::move(refused));
      out.back().text += "; more of them in this minute are only counted";
    }
    return out;
  }

  /// All, since the start.
  int64_t count() const { return count_; }

private:
  timestamp begun_{};
  int64_t count_ = 0, in_minute_ = 0, left_out_ = 0;
};

} // namespace rm
