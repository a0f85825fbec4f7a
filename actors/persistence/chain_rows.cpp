#include "actors/persistence/chain_rows.hpp"

#include "actors/persistence/rows.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace rm {

using namespace rows;

namespace {

// In `meta`: the link that the first line stands on, the link of the last line, and the last line from before there was a chain.
constexpr std::string_view head_key = "journal_head", tail_key = "journal_tail", unchained_key = "journal_unchained_to";

class hash {
public:
  hash() : context_{EVP_MD_CTX_new()} { check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)); }
  void add(const void* bytes, std::size_t size) { check(EVP_DigestUpdate(context_.get(), bytes, size)); }
  /// With its length, so that "ab" + "c" is not "a" + "bc".
  void add(std::string_view text) {
    add(static_cast<int64_t>(text.size()));
    add(text.data(), text.size());
  }
  void add(int64_t number) {
    std::array<unsigned char, 8> bytes{};
    for (auto& byte : bytes) {
      byte = static_cast<unsigned char>(number & 0xff);
      number >>= 8;
    }
    add(bytes.data(), bytes.size());
  }
  chain_link take() {
    chain_link out{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), out.data(), &size));
    return out;
  }

private:
  static void check(int result) {
    if (result != 1)
      throw std::runtime_error{"SHA-256 is not available"};
  }
  struct freer {
    void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
  };
  std::unique_ptr<EVP_MD_CTX, freer> context_;
};

/// Hexadecimal digits back; all zero for what is none.
chain_link unhex(const std::string& text) {
  chain_link out{};
  if (text.size() != out.size() * 2)
    return out;
  const auto digit = [](char c) { return static_cast<unsigned>(c >= 'a' ? c - 'a' + 10 : c - '0') & 15u; };
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<unsigned char>(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
  return out;
}

journal_entry line_at(SQLite::Statement& s) {
  return {time(s, 1), account_id{number(s, 2)}, text(s, 3), rule_name{text(s, 4)}, text(s, 5), number(s, 6)};
}

} // namespace

chain_link link_of(const chain_link& before, const journal_entry& line) {
  const auto& [at, account, kind, rule, text, latency_ns] = line;
  hash sum;
  sum.add(before.data(), before.size());
  sum.add(number_of(at));
  sum.add(account.value);
  sum.add(std::string_view{kind});
  sum.add(rule.view());
  sum.add(std::string_view{text});
  sum.add(latency_ns);
  return sum.take();
}

std::string hex(const chain_link& link) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : link) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string sha256_of(std::string_view text) {
  hash sum;
  sum.add(text.data(), text.size());
  return hex(sum.take());
}

chain_rows::chain_rows(SQLite::Database& db)
  : get_{db, "SELECT value FROM meta WHERE key = ?"},
    set_{db, "INSERT OR REPLACE INTO meta VALUES(?, ?)"},
    put_line_{db, "INSERT INTO journal(at, account, kind, rule, text, latency_ns, link) VALUES(?,?,?,?,?,?,?)"},
    link_at_{db, "SELECT link FROM journal WHERE id = ?"},
    all_{db, "SELECT id, at, account, kind, rule, text, latency_ns, link FROM journal ORDER BY id"} {}

namespace {
std::string value_of(SQLite::Statement& get, std::string_view key) {
  std::string out;
  each(get, [&](SQLite::Statement& s) { out = text(s, 0); }, key);
  return out;
}
} // namespace

/// Read anew for each batch: the batch before may have been rolled back.
chain_link chain_rows::tail() { return unhex(value_of(get_, tail_key)); }

void chain_rows::append(const std::vector<const journal_entry*>& lines) {
  if (lines.empty())
    return;
  auto last = tail();
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
}

journal_proof chain_rows::verify() {
  journal_proof out;
  auto last = unhex(value_of(get_, head_key));
  const auto unchained_to = value_of(get_, unchained_key);
  const int64_t boundary = unchained_to.empty() ? 0 : std::stoll(unchained_to);
  each(all_, [&](SQLite::Statement& s) {
    if (!out.intact)
      return;
    ++out.lines;
    const auto id = number(s, 0);
    if (id <= boundary && s.isColumnNull(7)) {
      ++out.unchained;
      return;
    }
    const auto line = line_at(s);
    const auto wanted = link_of(last, line);
    if (s.isColumnNull(7) || text(s, 7) != hex(wanted)) {
      out.intact = false;
      out.what = "line " + std::to_string(id) + " of " + format_time(line.at) + " (" + line.kind + ") does not follow from the line before: it or a line before it was changed, removed or added";
      return;
    }
    last = wanted;
  });
  out.tail = hex(last);
  if (out.intact && last != tail()) {
    out.intact = false;
    out.what = "the last line is not the one that was written last: lines were removed from the end or added there";
  }
  return out;
}

} // namespace rm
