#include "tools/risk-inspect/actor_view.hpp"

#include "actors/admin/json_members.hpp"

#include <algorithm>
#include <utility>

namespace rm {
namespace {

namespace json = boost::json;

std::vector<std::string> texts_of(const json::value& of, std::string_view name) {
  std::vector<std::string> out;
  each(of, name, [&](const json::value& item) {
    if (item.is_string())
      out.emplace_back(item.get_string().data(), item.get_string().size());
  });
  return out;
}

shown_actor actor_of(const json::value& v) {
  shown_actor out;
  out.name = text_of(v, "name");
  out.kind = text_of(v, "kind");
  out.parent = text_of(v, "parent");
  out.state = text_of(v, "state");
  out.mailbox = text_of(v, "mailbox");
  out.handled = text_of(v, "handled");
  out.last_error = text_of(v, "last_error");
  out.running = text_of(v, "running") == "true";
  out.restarts = whole_of(v, "restarts").value_or(0);
  out.since = time_of(v, "since");
  out.detail = texts_of(v, "detail");
  out.collaborators = texts_of(v, "collaborators");
  return out;
}

std::optional<json::value> parsed(std::string_view text) {
  json::error_code wrong;
  auto out = json::parse(json::string_view{text.data(), text.size()}, wrong);
  return wrong || !out.is_object() ? std::nullopt : std::optional{std::move(out)};
}

std::size_t depth_of(const actors_view& view, const shown_actor& actor) {
  std::size_t depth = 0;
  for (const auto* at = &actor; !at->parent.empty() && depth < 8; ++depth) {
    const auto parent = std::find_if(view.actors.begin(), view.actors.end(), [&](const shown_actor& a) { return a.name == at->parent; });
    if (parent == view.actors.end())
      break;
    at = &*parent;
  }
  return depth;
}

tone tone_of(const shown_actor& a) { return !a.running ? tone::bad : a.mailbox.empty() ? tone::caution : tone::good; }
std::string sign_of(const shown_actor& a) { return !a.running ? "[!!] " : a.mailbox.empty() ? "[??] " : "[ok] "; }

std::string since_text(const shown_actor& a, timestamp now) { return a.since && *a.since > timestamp{} ? age_text(a.since, now) : ""; }

/// "812 us", "12.3 ms".
std::string span_text(int64_t ns) {
  if (ns < 1'000'000)
    return std::to_string((ns + 500) / 1000) + " us";
  return std::to_string(ns / 1'000'000) + "." + std::to_string(ns / 100'000 % 10) + " ms";
}

} // namespace

std::optional<actors_view> read_actors(std::string_view text) {
  const auto all = parsed(text);
  if (!all || (member(*all, "actors") == nullptr && member(*all, "actor") == nullptr))
    return std::nullopt;
  actors_view out;
  out.now = time_of(*all, "now").value_or(timestamp{});
  each(*all, "actors", [&](const json::value& v) { out.actors.push_back(actor_of(v)); });
  if (const auto* one = member(*all, "actor")) {
    out.actors.push_back(actor_of(*one));
    each(*all, "events", [&](const json::value& v) { out.actors.back().events.push_back({time_of(v, "at"), text_of(v, "kind"), text_of(v, "rule"), text_of(v, "text")}); });
  }
  return out;
}

std::vector<frame_line> tree_lines(const actors_view& view, std::size_t width) {
  std::size_t names = 12;
  for (const auto& a : view.actors)
    names = std::max(names, columns_of(a.name) + 2 * depth_of(view, a) + 2);
  const std::size_t others = 5 + names + 6 + 10 + 10 + 13 + 12; // the columns that keep their width, and the head of the last
  // A narrow terminal has no room for all columns: how often each came back and why is what people come for.
  const bool narrow = width < others + 24;
  const bool errors = std::any_of(view.actors.begin(), view.actors.end(), [](const shown_actor& a) { return !a.last_error.empty(); });
  const std::size_t kept = 5 + names + 10 + (errors ? 24 : 0);
  const std::size_t state = narrow ? std::clamp<std::size_t>(width - std::min(width, kept), 12, 40) : std::clamp<std::size_t>(width - others - (errors ? 12 : 0), 24, 40);
  std::vector<frame_line> out;
  const auto head = padded("     NAME", names + 5) + padded("STATE", state) + (narrow ? "" : right_aligned("MAIL", 6) + right_aligned("HANDLED", 10)) + right_aligned("RESTARTS", 10) +
                    (narrow ? "" : right_aligned("RUNS FOR", 13)) + (errors || !narrow ? "  LAST ERROR" : "");
  out.push_back({{cut_to(head, width), tone::heading}});
  for (const auto& a : view.actors) {
    frame_line line;
    line.push_back({sign_of(a), tone_of(a)});
    line.push_back({padded(std::string(2 * depth_of(view, a), ' ') + without_controls(a.name), names), a.running ? tone::plain : tone::bad});
    line.push_back({padded(cut_to(without_controls(a.state), state - 1), state), tone_of(a)});
    line.push_back({narrow ? "" : right_aligned(or_unknown(a.mailbox), 6) + right_aligned(or_unknown(a.handled), 10), tone::plain});
    line.push_back({right_aligned(std::to_string(a.restarts), 10), a.restarts > 0 ? tone::caution : tone::plain});
    line.push_back({narrow ? "" : right_aligned(since_text(a, view.now), 13), tone::plain});
    line.push_back({a.last_error.empty() ? "" : "  " + without_controls(a.last_error), tone::caution});
    std::size_t left = width;
    for (auto& piece : line) {
      piece.text = cut_to(piece.text, left);
      left -= std::min(left, columns_of(piece.text));
    }
    out.push_back(std::move(line));
  }
  return out;
}

std::vector<frame_line> actor_lines(const shown_actor& a, timestamp now) {
  std::vector<frame_line> out;
  const auto put = [&](const char* label, std::string text, tone t = tone::plain) { out.push_back({{padded(label, 13), tone::faint}, {without_controls(std::move(text)), t}}); };
  out.push_back({{sign_of(a), tone_of(a)}, {without_controls(a.name), tone::heading}, {"  (" + a.kind + (a.parent.empty() ? "" : ", under " + a.parent) + ")", tone::faint}});
  put("state", a.state, tone_of(a));
  const auto age = since_text(a, now);
  put("runs", !a.running ? "no" : age.empty() ? "yes" : "for " + age + ", since " + format_time(*a.since));
  put("restarts", std::to_string(a.restarts) + (a.last_error.empty() ? "" : ", last error: " + a.last_error), a.restarts > 0 ? tone::caution : tone::plain);
  put("mailbox", or_unknown(a.mailbox) + " waiting, " + or_unknown(a.handled) + " handled since it started");
  std::string talks;
  for (const auto& name : a.collaborators)
    talks += (talks.empty() ? "" : ", ") + name;
  put("talks to", talks.empty() ? "nobody" : talks);
  for (std::size_t i = 0; i < a.detail.size(); ++i)
    put(i == 0 ? "says" : "", a.detail[i]);
  if (a.events.empty())
    put("last events", "none written down");
  for (std::size_t i = 0; i < a.events.size(); ++i)
    put(i == 0 ? "last events" : "", clock_text(a.events[i].at) + " " + a.events[i].kind + (a.events[i].rule.empty() ? "" : " " + a.events[i].rule) + ": " + a.events[i].text);
  return out;
}

int64_t trace_number(std::string_view params) {
  const auto all = parsed(params);
  return all ? whole_of(*all, "number").value_or(0) : 0;
}

std::optional<frame_line> trace_line(std::string_view params) {
  const auto all = parsed(params);
  if (!all || trace_number(params) <= 0)
    return std::nullopt;
  frame_line out;
  const auto waited = whole_of(*all, "waited_ns"), took = whole_of(*all, "took_ns"), after = whole_of(*all, "after_ns");
  out.push_back({right_aligned(std::to_string(after.value_or(0) / 1'000'000), 7) + " ms ", tone::faint});
  out.push_back({"waited " + right_aligned(waited ? span_text(*waited) : "?", 8) + "  took " + right_aligned(took ? span_text(*took) : "?", 8) + "  ", tone::plain});
  const auto from = text_of(*all, "from");
  out.push_back({padded((from.empty() ? "(nobody)" : from) + (text_of(*all, "answer") == "true" ? " answers" : ""), 20), tone::faint});
  out.push_back({without_controls(text_of(*all, "message")), tone::plain});
  if (const auto failed = text_of(*all, "failed"); !failed.empty())
    out.push_back({"  [!!] threw: " + without_controls(failed), tone::bad});
  return out;
}

} // namespace rm
