#include "tools/risk-manager/yaml_tree.hpp"

#include "tools/risk-manager/text_encoding.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cctype>
#include <cstdlib>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rm {
namespace {

// `${NAME}` becomes open NAME close before the text is parsed: two characters of Unicode's private use area, harmless everywhere in YAML.
constexpr std::string_view open_mark = "\xEE\x80\x80";
constexpr std::string_view close_mark = "\xEE\x80\x81";

constexpr int most_documents = 100;
constexpr std::size_t deepest = 40;
constexpr std::size_t most_values = 200'000; // a list of 10 000 accounts with their rules fits many times
constexpr std::size_t most_keys = 20'000;    // of one mapping: a profile for each of them, too

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string with_marks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i, 2) == "${") {
      std::size_t end = i + 2;
      while (end < text.size() && is_name_char(text[end]))
        ++end;
      if (end > i + 2 && end < text.size() && text[end] == '}') {
        out.append(open_mark).append(text.substr(i + 2, end - i - 2)).append(close_mark);
        i = end + 1;
        continue;
      }
    }
    out += text[i++];
  }
  return out;
}

/// What is no configuration, though it may be YAML: said before a tree is made of it.
struct refusal {
  int line;
  std::string text;
};

/// Goes over the text without keeping anything of it.
class scout : public YAML::EventHandler {
public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& at, YAML::anchor_t) override { count(at); }
  void OnAlias(const YAML::Mark& at, YAML::anchor_t) override { count(at); }
  void OnScalar(const YAML::Mark& at, const std::string&, YAML::anchor_t, const std::string&) override { count(at); }
  void OnSequenceStart(const YAML::Mark& at, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override { enter(at, false); }
  void OnSequenceEnd() override { around_.pop_back(); }
  void OnMapStart(const YAML::Mark& at, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override { enter(at, true); }
  void OnMapEnd() override { around_.pop_back(); }

private:
  struct collection {
    bool map;
    std::size_t holds; // of a map: its keys and their values
  };

  void enter(const YAML::Mark& at, bool map) {
    count(at);
    around_.push_back({map, 0});
    if (around_.size() > deepest)
      refuse(at, "this is nested more than " + std::to_string(deepest) + " levels deep: look for brackets or indents that are too many");
  }

  void count(const YAML::Mark& at) {
    if (++all_ > 2 * most_values)
      refuse(at, "by here the file holds more than " + std::to_string(2 * most_values) + " keys and values: this is no configuration");
    if (!around_.empty() && ++around_.back().holds > 2 * most_keys && around_.back().map)
      refuse(at, "by here one mapping holds more than " + std::to_string(most_keys) + " keys: this is no configuration");
  }

  [[noreturn]] static void refuse(const YAML::Mark& at, std::string text) { throw refusal{at.line + 1, std::move(text)}; }

  std::vector<collection> around_;
  std::size_t all_ = 0;
};

void look_over(const std::string& text) {
  std::istringstream in{text};
  YAML::Parser parser{in};
  scout all;
  for (int documents = 0; parser.HandleNextDocument(all);) // a stray ',' in front of everything is one empty document after the other, without end
    if (++documents > most_documents)
      throw refusal{0, "the file holds more than " + std::to_string(most_documents) + " YAML documents: keep one"};
}

class converter {
public:
  converter(const environment& variables, problems& out) : variables_{variables}, out_{out} {}

  parameter convert(const YAML::Node& node, std::string path, int line, std::size_t depth) {
    parameter out;
    out.path = std::move(path);
    out.line = line;
    if (++values_ > most_values || depth > deepest) {
      if (!overflowed_)
        complain(out, values_ > most_values ? "the file holds too many values" : "is nested too deep (does an alias contain itself?)");
      overflowed_ = true;
      return out;
    }
    if (node.IsScalar())
      take_scalar(node.Scalar(), out);
    else if (node.IsSequence())
      take_list(node, out, depth);
    else if (node.IsMap())
      take_map(node, out, depth);
    return out;
  }

private:
  void complain(const parameter& at, std::string text) { out_.push_back({at.line, at.path, std::move(text)}); }

  void take_scalar(const std::string& raw, parameter& out) {
    out.type = parameter::kind::scalar;
    std::string_view rest = raw;
    while (true) {
      const std::size_t begin = rest.find(open_mark);
      out.text += rest.substr(0, begin);
      if (begin == std::string_view::npos)
        break;
      rest.remove_prefix(begin + open_mark.size());
      const std::size_t end = rest.find(close_mark);
      const std::string name{rest.substr(0, end)};
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + close_mark.size());
      out.hidden = true;
      if (const auto value = variables_(name))
        out.text += *value;
      else
        complain(out, "the environment variable " + name + " is not set: set it for the service before it starts");
    }
    if (raw.find("${") != std::string::npos) {
      out.hidden = true;
      complain(out, "holds an unfinished ${NAME}: a name of letters, digits and _ must follow, then }");
    }
  }

  void take_list(const YAML::Node& node, parameter& out, std::size_t depth) {
    out.type = parameter::kind::list;
    for (const auto& item : node) {
      if (overflowed_)
        return;
      const int at = item.Mark().is_null() ? out.line : item.Mark().line + 1;
      out.items.push_back(convert(item, out.path + "[" + std::to_string(out.items.size()) + "]", at, depth + 1));
    }
  }

  void take_map(const YAML::Node& node, parameter& out, std::size_t depth) {
    out.type = parameter::kind::map;
    std::unordered_map<std::string, int> lines;
    for (const auto& entry : node) {
      if (overflowed_)
        return;
      parameter at;
      at.line = entry.first.Mark().line + 1;
      at.path = out.path;
      if (!entry.first.IsScalar() || entry.first.Scalar().find(open_mark) != std::string::npos) {
        complain(at, "a key must be a plain word");
        continue;
      }
      const std::string& key = entry.first.Scalar();
      at.path += (out.path.empty() ? "" : ".") + shown_key(key);
      if (const auto [earlier, first] = lines.emplace(key, at.line); !first)
        complain(at, "stands here twice, first in line " + std::to_string(earlier->second) + ": remove one");
      else
        out.entries.emplace_back(key, convert(entry.second, at.path, at.line, depth + 1));
    }
  }

  const environment& variables_;
  problems& out_;
  std::size_t values_ = 0;
  bool overflowed_ = false;
};

} // namespace

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>{value} : std::nullopt;
  };
}

parameter read_yaml(std::string_view text, const environment& variables, problems& out) {
  if (auto wrong = encoding_problem(text)) {
    out.push_back(std::move(*wrong));
    return {};
  }
  try {
    const auto marked = with_marks(text);
    look_over(marked);
    const auto documents = YAML::LoadAll(marked);
    if (documents.empty())
      return {};
    if (documents.size() > 1)
      out.push_back({documents[1].Mark().line + 1, "", "a second YAML document begins here: keep one"});
    return converter{variables, out}.convert(documents[0], "", 1, 0);
  } catch (const refusal& why) {
    out.push_back({why.line, "", why.text});
  } catch (const YAML::Exception& failure) {
    // Only the library's own phrase: nothing of the text itself, which may hold a secret.
    const int line = failure.mark.is_null() ? 0 : failure.mark.line + 1;
    out.push_back({line, "", "this is not valid YAML: " + failure.msg + "; look at this line and the ones above it"});
  }
  return {};
}

} // namespace rm
