#include "actors/broker/projectx/json_reader.hpp"

#include "messages/money.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace rm::projectx {

// -- building -------------------------------------------------------------------

struct json_reader::builder {
  using error_code = boost::json::error_code;
  using text = boost::json::string_view;
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);

  explicit builder(json_reader& tree) : tree{tree} {}

  void reset() {
    open.clear();
    text_size = key_size = 0;
    tree.nodes_.clear();
    tree.chars_.clear();
  }

  uint32_t here() const { return static_cast<uint32_t>(tree.chars_.size()); }
  void collect(text s, uint32_t& size) {
    tree.chars_.append(s.data(), s.size());
    size += static_cast<uint32_t>(s.size());
  }
  bool add(json_kind kind) {
    node n;
    n.kind = kind;
    n.key_at = key_at;
    n.key_size = key_size;
    n.text_at = here() - text_size;
    n.text_size = text_size;
    text_size = key_size = 0;
    tree.nodes_.push_back(n);
    tree.nodes_.back().next = static_cast<uint32_t>(tree.nodes_.size());
    return true;
  }
  bool begin(json_kind kind) {
    add(kind);
    open.push_back(static_cast<uint32_t>(tree.nodes_.size() - 1));
    return true;
  }
  bool end() {
    tree.nodes_[open.back()].next = static_cast<uint32_t>(tree.nodes_.size());
    open.pop_back();
    return true;
  }
  bool number(text s) {
    collect(s, text_size);
    return add(json_kind::number);
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return begin(json_kind::array); }
  bool on_array_end(std::size_t, error_code&) { return end(); }
  bool on_object_begin(error_code&) { return begin(json_kind::object); }
  bool on_object_end(std::size_t, error_code&) { return end(); }
  bool on_string_part(text s, std::size_t, error_code&) {
    collect(s, text_size);
    return true;
  }
  bool on_string(text s, std::size_t, error_code&) {
    collect(s, text_size);
    return add(json_kind::string);
  }
  bool on_key_part(text s, std::size_t, error_code&) {
    collect(s, key_size);
    return true;
  }
  bool on_key(text s, std::size_t, error_code&) {
    collect(s, key_size);
    key_at = here() - key_size;
    return true;
  }
  bool on_number_part(text s, error_code&) {
    collect(s, text_size);
    return true;
  }
  bool on_int64(int64_t, text s, error_code&) { return number(s); }
  bool on_uint64(uint64_t, text s, error_code&) { return number(s); }
  bool on_double(double, text s, error_code&) { return number(s); } // the double is not used
  bool on_bool(bool b, error_code&) {
    collect(b ? "true" : "false", text_size);
    return add(json_kind::boolean);
  }
  bool on_null(error_code&) { return add(json_kind::null); }
  bool on_comment_part(text, error_code&) { return true; }
  bool on_comment(text, error_code&) { return true; }

  json_reader& tree;
  std::vector<uint32_t> open;
  uint32_t text_size = 0;
  uint32_t key_at = 0, key_size = 0;
};

struct json_reader::parser {
  explicit parser(json_reader& tree) : it{boost::json::parse_options{}, tree} {}
  boost::json::basic_parser<builder> it;
};

json_reader::json_reader() : parser_{std::make_unique<parser>(*this)} {}
json_reader::~json_reader() = default;

namespace {

/// Puts quotes around the number words that JSON does not have; returns false when there is none.
bool quote_number_words(std::string_view text, std::string& out) {
  constexpr std::string_view words[] = {"NaN", "-Infinity", "Infinity"};
  bool found = false, in_string = false;
  out.clear();
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t length = 1;
    if (in_string) {
      if (c == '\\' && i + 1 < text.size())
        length = 2;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else {
      for (auto word : words) {
        if (text.substr(i, word.size()) == word) {
          out.append("\"").append(word).append("\"");
          i += word.size();
          found = true;
          length = 0;
          break;
        }
      }
    }
    out.append(text.substr(i, length));
    i += length;
  }
  return found;
}

} // namespace

bool json_reader::parse_strictly(std::string_view text, std::string& why) {
  auto& p = parser_->it;
  p.reset();
  p.handler().reset();
  boost::json::error_code ec;
  const auto used = p.write_some(false, text.data(), text.size(), ec);
  if (!ec && used == text.size())
    return true;
  why = ec ? ec.message() : "more text after the value";
  why += " at byte " + std::to_string(used) + " of " + std::to_string(text.size());
  nodes_.clear();
  return false;
}

bool json_reader::parse(std::string_view text, std::string& why) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) {
    nodes_.clear();
    why = "an empty text where JSON was expected";
    return false;
  }
  if (text[start] == '<') {
    nodes_.clear();
    why = "HTML or XML where JSON was expected (" + std::to_string(text.size()) + " bytes)";
    return false;
  }
  if (text.size() > UINT32_MAX / 2) {
    nodes_.clear();
    why = "a text of " + std::to_string(text.size()) + " bytes";
    return false;
  }
  if (parse_strictly(text, why))
    return true;
  std::string mended, again;
  if (quote_number_words(text, mended) && parse_strictly(mended, again))
    return true;
  why = "not JSON: " + why;
  return false;
}

// -- looking --------------------------------------------------------------------

json_kind json_value::kind() const {
  return tree_ && index_ < tree_->nodes_.size() ? tree_->nodes_[index_].kind : json_kind::missing;
}

std::string_view json_value::text() const {
  if (is_missing())
    return {};
  const auto& n = tree_->nodes_[index_];
  return std::string_view{tree_->chars_}.substr(n.text_at, n.text_size);
}

json_value json_value::first() const { return {tree_, index_ + 1}; }
json_value json_value::next() const { return is_missing() ? *this : json_value{tree_, tree_->nodes_[index_].next}; }
json_value json_value::end() const { return next(); }

json_value json_value::operator[](std::string_view name) const {
  json_value found;
  if (!is_object())
    return found;
  const auto end = tree_->nodes_[index_].next;
  for (uint32_t i = index_ + 1; i < end; i = tree_->nodes_[i].next) {
    const auto& n = tree_->nodes_[i];
    if (n.key_size == name.size() && tree_->key_of(n) == name)
      found = {tree_, i};
  }
  return found;
}

namespace {

/// The names of one kind of event have a place each.
std::size_t place_of(std::string_view name) {
  if (name.empty())
    return 0;
  const auto character = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
  return (character(0) + 8 * character(name.size() / 2) + 3 * character(name.size() - 1) + 6 * name.size()) % 64;
}

} // namespace

json_members::json_members(json_value object) : object_{object} {
  if (!object.is_object())
    return;
  const auto& nodes = object.tree_->nodes_;
  const auto end = nodes[object.index_].next;
  for (uint32_t i = object.index_ + 1; i < end; i = nodes[i].next) {
    const auto name = object.tree_->key_of(nodes[i]);
    auto& place = places_[place_of(name)];
    const bool other_name = place != 0 && (place == crowded || object.tree_->key_of(nodes[place]) != name);
    place = other_name ? crowded : i; // the last one of a name counts
  }
}

json_value json_members::operator[](std::string_view name) const {
  const auto place = places_[place_of(name)];
  if (place == 0)
    return {};
  if (place == crowded)
    return object_[name];
  return object_.tree_->key_of(object_.tree_->nodes_[place]) == name ? json_value{object_.tree_, place} : json_value{};
}

std::size_t json_value::size() const {
  if (!is_array() && !is_object())
    return 0;
  std::size_t count = 0;
  for (auto i = first(); i != end(); i = i.next())
    ++count;
  return count;
}

json_value json_value::at(std::size_t index) const {
  if (!is_array())
    return {};
  auto i = first();
  for (; i != end() && index > 0; --index)
    i = i.next();
  return i == end() ? json_value{} : i;
}

std::optional<int64_t> json_value::integer() const { return is_number() ? detail::parse_fixed(text(), 0) : std::nullopt; }

std::optional<bool> json_value::boolean() const {
  if (kind() != json_kind::boolean)
    return std::nullopt;
  return text() == "true";
}

} // namespace rm::projectx
