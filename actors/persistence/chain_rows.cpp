#include "actors/persistence/chain_rows.hpp"

#include "actors/persistence/rows.hpp"

namespace rm {

using namespace rows;

namespace {

// In `meta`: the link that the first line stands on and that line's number, the link of the last line, and the last line from before there
// was a chain.
constexpr std::string_view head_key = "journal_head", head_line_key = "journal_head_line", tail_key = "journal_tail", unchained_key = "journal_unchained_to";

int64_t number_in(const std::string& text, int64_t otherwise) { return text.empty() ? otherwise : std::stoll(text); }

chained_line line_at(SQLite::Statement& s) {
  chained_line out{number(s, 0), {time(s, 1), account_id{number(s, 2)}, text(s, 3), rule_name{text(s, 4)}, text(s, 5), number(s, 6)}, std::nullopt};
  if (!s.isColumnNull(7))
    out.link = text(s, 7);
  return out;
}

} // namespace

chain_rows::chain_rows(SQLite::Database& db)
  : get_{db, "SELECT value FROM meta WHERE key = ?"},
    set_{db, "INSERT OR REPLACE INTO meta VALUES(?, ?)"},
    put_line_{db, "INSERT INTO journal(at, account, kind, rule, text, latency_ns, link) VALUES(?,?,?,?,?,?,?)"},
    link_at_{db, "SELECT link FROM journal WHERE id = ?"},
    some_{db, "SELECT id, at, account, kind, rule, text, latency_ns, link FROM journal WHERE id > ? ORDER BY id LIMIT ?"},
    last_given_{db, "SELECT seq FROM sqlite_sequence WHERE name = 'journal'"} {}

std::string chain_rows::value_of(std::string_view key) {
  std::string out;
  each(get_, [&](SQLite::Statement& s) { out = text(s, 0); }, key);
  return out;
}

/// Read anew for each batch: the batch before may have been rolled back.
chain_tail chain_rows::tail() {
  const auto now = frame();
  return {now.last_given, hex(unhex(now.tail))};
}

chain_frame chain_rows::frame() {
  chain_frame out;
  const auto head = value_of(head_key);
  out.head = unhex(head);
  out.unchained_to = number_in(value_of(unchained_key), 0);
  out.head_line = number_in(value_of(head_line_key), head.empty() && out.unchained_to == 0 ? 0 : -1);
  out.tail = hex(unhex(value_of(tail_key)));
  each(last_given_, [&](SQLite::Statement& s) { out.last_given = number(s, 0); });
  return out;
}

void chain_rows::append(const std::vector<const journal_entry*>& lines) {
  if (lines.empty())
    return;
  auto last = unhex(value_of(tail_key));
  for (const auto* line : lines) {
    const auto& [at, account, kind, rule, text, latency_ns] = *line;
    last = link_of(last, *line);
    run(put_line_, at, account, kind, rule, text, latency_ns, hex(last));
  }
  run(set_, tail_key, hex(last));
}

void chain_rows::cut_up_to(int64_t id) {
  std::optional<std::string> link;
  each(link_at_, [&](SQLite::Statement& s) {
    if (!s.isColumnNull(0))
      link = text(s, 0);
  }, id);
  if (link)
    run(set_, head_key, *link);
  run(set_, head_line_key, std::to_string(id));
}

std::optional<journal_proof> chain_rows::prove(chain_walk& walk, int64_t most) {
  walk.begin(frame());
  int64_t seen = 0;
  each(some_, [&](SQLite::Statement& s) {
    ++seen;
    walk.take(line_at(s));
  }, walk.after(), most);
  if (seen == most && !walk.over())
    return std::nullopt;
  return walk.finish(frame());
}

} // namespace rm
