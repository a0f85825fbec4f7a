#include "script.hpp"

#include "yaml_reader.hpp"
#include "switches.hpp"

#include <algorithm>
#include <sstream>

namespace gateway_sim {

namespace {

const std::vector<std::string> operators = {"==", "!=", "<", "<=", ">", ">="};

struct subject {
  const char* word;
  bool named;    // takes a contract or tag
  bool compared; // takes an operator and a number
};

constexpr subject subjects[] = {
  {"subscribed", false, false},   {"flat", false, false},        {"can_trade", false, false},
  {"cannot_trade", false, false}, {"position", true, true},      {"price", true, true},
  {"order_open", true, false},    {"order_filled", true, false}, {"order_cancelled", true, false},
  {"order_rejected", true, false}, {"open_orders", false, true}, {"trades", false, true},
  {"net_pnl", false, true},
};

std::vector<std::string> subject_words() {
  std::vector<std::string> all;
  for (const auto& s : subjects)
    all.emplace_back(s.word);
  return all;
}

} // namespace

condition read_condition(const YAML::Node& node) {
  auto text = read_text(node, "when");
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  auto wrong = [&](const std::string& why) {
    fail(node, "cannot read the condition '" + text + "': " + why
                 + "; write for example 'position MNQ == 2', 'flat', 'order_cancelled TAG'");
  };
  if (words.empty())
    wrong("it is empty");
  auto found = std::find_if(std::begin(subjects), std::end(subjects),
                            [&](const subject& s) { return s.word == words[0]; });
  if (found == std::end(subjects))
    wrong("unknown word '" + words[0] + "', did you mean '" + nearest(words[0], subject_words()) + "'?");
  condition c;
  c.subject = words[0];
  std::size_t next = 1;
  if (found->named) {
    if (next >= words.size())
      wrong("'" + words[0] + "' needs a name");
    c.name = words[next++];
  }
  if (found->compared) {
    if (next + 1 >= words.size() || std::find(operators.begin(), operators.end(), words[next]) == operators.end())
      wrong("'" + words[0] + "' needs one of " + listed(operators) + " and a number");
    c.op = words[next++];
    auto number = decimal::parse(words[next++]);
    if (!number)
      wrong("'" + words[next - 1] + "' is no number");
    c.number = *number;
  }
  if (next < words.size()) {
    auto account = decimal::parse(words[next++]);
    if (!account || account->nanos() % decimal::scale != 0)
      wrong("'" + words[next - 1] + "' is no account id");
    c.account = account->nanos() / decimal::scale;
  }
  if (next < words.size())
    wrong("'" + words[next] + "' is one word too many");
  return c;
}

bool compare(decimal left, const std::string& op, decimal right) {
  if (op == "==")
    return left == right;
  if (op == "!=")
    return left != right;
  if (op == "<")
    return left < right;
  if (op == "<=")
    return left <= right;
  if (op == ">")
    return left > right;
  return left >= right;
}

script_item read_item(const YAML::Node& node) {
  static const std::vector<std::string> frame = {"do", "at", "after", "when", "name", "repeat", "every"};
  if (!node.IsMap())
    fail(node, "a script item must be a map such as {at: 2s, do: place, …}");
  if (!node["do"])
    fail(node, "a script item needs 'do', one of " + listed(verb_names()));
  script_item item;
  auto name = read_text(node["do"], "do");
  if (std::find(verb_names().begin(), verb_names().end(), name) == verb_names().end())
    fail(node["do"], "unknown action '" + name + "', did you mean '" + nearest(name, verb_names()) + "'?");
  item.what = read_action(name, node, frame);
  if (node["name"])
    item.name = read_text(node["name"], "name");
  if (node["at"] && node["after"])
    fail(node, "a script item has either 'at' or 'after', not both");
  if (node["at"])
    item.at = read_duration(node["at"], "at");
  if (node["after"]) {
    auto text = read_text(node["after"], "after");
    auto plus = text.find('+');
    auto trimmed = [](std::string part) {
      part.erase(0, part.find_first_not_of(' '));
      part.erase(part.find_last_not_of(' ') + 1);
      return part;
    };
    item.after = trimmed(text.substr(0, plus));
    if (plus != std::string::npos) {
      auto delay = parse_duration(trimmed(text.substr(plus + 1)));
      if (!delay)
        fail(node["after"], "'after' must be a name, or a name and a duration such as 'entry + 2s'");
      item.at = *delay;
    }
  }
  if (node["when"])
    item.when = read_condition(node["when"]);
  if (node["repeat"])
    item.repeat = read_int(node["repeat"], "repeat");
  if (node["every"])
    item.every = read_duration(node["every"], "every");
  if (item.repeat < 1)
    fail(node["repeat"], "'repeat' must be 1 or more");
  return item;
}

void check_names(const std::vector<script_item>& items, const YAML::Node& where) {
  std::vector<std::string> names;
  for (const auto& item : items)
    if (!item.name.empty())
      names.push_back(item.name);
  for (const auto& item : items)
    if (!item.after.empty() && std::find(names.begin(), names.end(), item.after) == names.end())
      throw scenario_error{item.what.line ? item.what.line : where.Mark().line + 1,
                           "'after' refers to '" + item.after + "', but no item has this name"
                             + (names.empty() ? "" : ", did you mean '" + nearest(item.after, names) + "'?")};
}

// -- running -------------------------------------------------------------------------------------

std::chrono::nanoseconds script::scaled(std::chrono::nanoseconds d) const {
  return std::chrono::nanoseconds{static_cast<int64_t>(static_cast<double>(d.count()) / speed_)};
}

void script::schedule(std::size_t index, std::chrono::nanoseconds delay) {
  time_.after(delay, [this, index] {
    if (items_[index].now == script_item::state::waiting)
      items_[index].now = script_item::state::armed;
    poll();
  });
}

void script::add(std::vector<script_item> items) {
  for (auto& item : items) {
    items_.push_back(std::move(item));
    const auto& added = items_.back();
    if (!started_)
      continue;
    if (added.after.empty()) {
      schedule(items_.size() - 1, scaled(added.at));
      continue;
    }
    for (const auto& earlier : items_)
      if (earlier.name == added.after && earlier.now >= script_item::state::done) {
        schedule(items_.size() - 1, scaled(added.at));
        break;
      }
  }
}

void script::start() {
  if (started_)
    return;
  started_ = true;
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (items_[i].after.empty())
      schedule(i, scaled(items_[i].at));
}

void script::poll() {
  if (!started_)
    return;
  if (polling_) {
    again_ = true;
    return;
  }
  polling_ = true;
  do {
    again_ = false;
    for (std::size_t i = 0; i < items_.size(); ++i)
      if (items_[i].now == script_item::state::armed && (!items_[i].when || holds_(*items_[i].when))) {
        run(i);
        again_ = true;
      }
  } while (again_);
  polling_ = false;
}

void script::run(std::size_t index) {
  auto result = perform_(items_[index].what);
  auto& item = items_[index]; // after the call: it may have added items
  item.result = std::move(result.json);
  ++item.runs;
  if (item.runs < item.repeat) {
    item.now = script_item::state::waiting;
    schedule(index, scaled(item.every));
    return;
  }
  item.now = result.ok ? script_item::state::done : script_item::state::failed;
  if (item.name.empty())
    return;
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (items_[i].after == item.name && items_[i].now == script_item::state::waiting)
      schedule(i, scaled(items_[i].at));
}

bool script::finished() const {
  return std::all_of(items_.begin(), items_.end(),
                     [](const script_item& i) { return i.now >= script_item::state::done; });
}

} // namespace gateway_sim
