#include "actors/admin/frame.hpp"

namespace rm {

void line_reader::take(std::string_view part, std::vector<framed_line>& out) {
  if (skipping_)
    return;
  // One byte more than the limit may be the CR of a line end.
  if (begun_.size() + part.size() > longest_request + 1) {
    begun_.clear();
    begun_.shrink_to_fit();
    skipping_ = true;
    out.push_back({true, {}});
    return;
  }
  begun_ += part;
}

void line_reader::feed(std::string_view bytes, std::vector<framed_line>& out) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    take(bytes.substr(0, end), out);
    if (end == std::string_view::npos)
      return;
    bytes.remove_prefix(end + 1);
    if (!begun_.empty() && begun_.back() == '\r')
      begun_.pop_back();
    if (begun_.size() > longest_request)
      out.push_back({true, {}});
    else if (!begun_.empty())
      out.push_back({false, std::move(begun_)});
    begun_.clear();
    skipping_ = false;
  }
}

} // namespace rm
