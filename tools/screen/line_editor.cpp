#include "tools/screen/line_editor.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string common_start(const std::vector<std::string>& words) {
  std::string out = words.front();
  for (const auto& word : words)
    out.resize(static_cast<std::size_t>(std::mismatch(out.begin(), out.end(), word.begin(), word.end()).first - out.begin()));
  return out;
}

} // namespace

std::size_t line_editor::before(std::size_t at) const {
  while (at > 0 && continues(text_[--at])) {
  }
  return at;
}

std::size_t line_editor::after(std::size_t at) const {
  if (at < text_.size())
    ++at;
  while (at < text_.size() && continues(text_[at]))
    ++at;
  return at;
}

std::size_t line_editor::cursor() const {
  return static_cast<std::size_t>(std::count_if(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), [](char c) { return !continues(c); }));
}

void line_editor::erase(std::size_t from, std::size_t to) {
  text_.erase(from, to - from);
  at_ = from;
}

void line_editor::recall(std::size_t which) {
  if (which > past_.size())
    return;
  if (shown_ == past_.size())
    draft_ = text_;
  shown_ = which;
  text_ = which == past_.size() ? draft_ : past_[which];
  at_ = text_.size();
}

line_editor::outcome line_editor::complete_word() {
  outcome out;
  const auto start = text_.rfind(' ', at_ == 0 ? 0 : at_ - 1);
  const auto word_at = start == std::string::npos || at_ == 0 ? 0 : start + 1;
  const auto words = complete_(text_.substr(0, at_));
  if (words.empty())
    return out;
  auto known = common_start(words);
  if (words.size() == 1)
    known += ' ';
  if (known.size() > at_ - word_at) {
    text_.replace(word_at, at_ - word_at, known);
    at_ = word_at + known.size();
  } else if (words.size() > 1) {
    out.candidates = words;
  }
  return out;
}

line_editor::outcome line_editor::press(const key_press& pressed) {
  outcome out;
  switch (pressed.key) {
    case key::character:
      text_.insert(at_, pressed.text);
      at_ += pressed.text.size();
      break;
    case key::enter:
      if (!text_.empty() && (past_.empty() || past_.back() != text_))
        past_.push_back(text_);
      out.line = std::exchange(text_, {});
      at_ = 0;
      draft_.clear();
      shown_ = past_.size();
      break;
    case key::tab: return complete_word();
    case key::backspace:
      if (at_ > 0)
        erase(before(at_), at_);
      break;
    case key::erase: text_.erase(at_, after(at_) - at_); break;
    case key::left: at_ = before(at_); break;
    case key::right: at_ = after(at_); break;
    case key::home: at_ = 0; break;
    case key::end: at_ = text_.size(); break;
    case key::up:
      if (shown_ > 0)
        recall(shown_ - 1);
      break;
    case key::down: recall(shown_ + 1); break;
    case key::interrupt: // a fresh line; on an empty one: leave
      out.left = text_.empty();
      text_.clear();
      at_ = 0;
      shown_ = past_.size();
      break;
    case key::end_of_input: out.left = text_.empty(); break;
    default: break;
  }
  return out;
}

} // namespace rm
