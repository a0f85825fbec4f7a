#include "actors/persistence/vault.hpp"

#include "actors/persistence/chain_walk.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rm {
namespace {

constexpr std::chrono::seconds first_retry{1}, last_retry{30};
constexpr std::chrono::seconds between_signs{30};
constexpr int64_t recent_lines = 400; // of all kinds, to find the newest cases in
constexpr int most_vain_loads = 40; // the supervisor asks four times a second

} // namespace

vault::vault(disk_opener opener, std::shared_ptr<store_mirror> mirror, duration keep, std::optional<service_run> run, lines_differ differ)
  : opener_{std::move(opener)}, mirror_{std::move(mirror)}, keep_{keep}, run_{std::move(run)}, differ_{std::move(differ)} {
  try {
    open();
  } catch (const disk_failure& failure) {
    if (!mirror_->opened() && failure.reopen())
      throw;
    suffer(failure);
  }
}

void vault::open() {
  disk_ = opener_();
  mirror_->set_opened();
  mirror_->write_all_again(); // nothing at the first start; later it may be another file than before
  begin_run();
}

/// Once per process, whatever becomes of the actor: the mirror outlives it.
void vault::begin_run() {
  if (!run_ || mirror_->run_begun())
    return;
  const auto before = open_disk().begin_run(*run_);
  mirror_->set_run_begun();
  for (auto& [kind, text] : words_of_start(*run_, before, differ_))
    tell(run_->started, std::move(kind), std::move(text));
}

void vault::tell(timestamp at, std::string kind, std::string text) {
  own_lines_.push_back({at, {}, std::move(kind), {}, std::move(text), -1});
  mirror_->add(own_lines_.back());
}

void vault::in_force(const config_in_force& config) {
  if (!run_)
    return;
  run_->config = config;
  config_waits_ = true;
  put_config();
}

/// As long as it is not on disk, the next start would blame somebody for a change that was made in order.
void vault::put_config() {
  if (!config_waits_ || in_trouble() || !mirror_->run_begun())
    return;
  try {
    open_disk().put_config(run_->config);
    config_waits_ = false;
  } catch (const disk_failure& failure) {
    suffer(failure);
  }
}

std::optional<journal_proof> vault::prove(chain_walk& walk) {
  try {
    write();
    return open_disk().prove(walk, prove_portion);
  } catch (const disk_failure& failure) {
    suffer(failure);
    throw;
  }
}

std::optional<chain_tail> vault::tail() {
  if (in_trouble())
    return std::nullopt;
  try {
    return open_disk().tail();
  } catch (const disk_failure& failure) {
    suffer(failure);
    return std::nullopt;
  }
}

std::optional<chain_tail> vault::tail_due(timestamp now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  if (!run_ || today == tail_told_)
    return std::nullopt;
  auto out = tail();
  if (out)
    tail_told_ = today;
  return out;
}

void vault::alive(timestamp now) {
  newest_sign_ = now;
  // The clock may have been set back: then the next sign is not far away either.
  if (!run_ || in_trouble() || !mirror_->run_begun() || (now < next_sign_ && next_sign_ - now <= between_signs))
    return;
  next_sign_ = now + between_signs;
  put_config();
  try {
    open_disk().sign_of_life(now, false);
  } catch (const disk_failure& failure) {
    suffer(failure);
  }
}

void vault::ordered_end() {
  if (in_trouble()) // the last chance for what waits
    retry();
  put_config();
  if (!run_ || in_trouble() || !mirror_->run_begun())
    return;
  try {
    open_disk().sign_of_life(std::max(newest_sign_, mirror_->newest_time()), true);
  } catch (const disk_failure& failure) {
    suffer(failure);
  }
}

disk& vault::open_disk() {
  if (!disk_)
    throw disk_failure{health_.why, true};
  return *disk_;
}

void vault::write() {
  if (!mirror_->has_unsaved())
    return;
  open_disk().write(mirror_->unsaved_batch());
  mirror_->written();
}

bool vault::commit() {
  if (in_trouble())
    return false;
  try {
    write();
    prune();
    return true;
  } catch (const disk_failure& failure) {
    suffer(failure);
    return false;
  }
}

/// Once a day, in portions: the next one goes with the next commit.
void vault::prune() {
  const timestamp now = mirror_->newest_time();
  if (now == timestamp{} || now < next_prune_)
    return;
  const timestamp before = now - keep_;
  int64_t gone = 0;
  try {
    gone = open_disk().prune(before, prune_portion);
  } catch (const disk_failure&) { // the next write will say what is wrong
    next_prune_ = now + std::chrono::hours{1};
    return;
  }
  pruned_ += gone;
  if (gone == prune_portion)
    return;
  next_prune_ = now + std::chrono::days{1};
  if (const auto lines = std::exchange(pruned_, 0); lines > 0)
    tell(now, "service", std::to_string(lines) + " journal lines from before " + format_time(before) + " were removed");
}

bool vault::retry() {
  try {
    if (!disk_)
      open();
    begin_run(); // where the disk was full at the start
    write();
    recover();
    put_config();
    return true;
  } catch (const disk_failure& failure) {
    suffer(failure);
    return false;
  }
}

void vault::suffer(const disk_failure& failure) {
  if (failure.reopen())
    disk_.reset();
  const bool news = health_.writing;
  if (news)
    health_.since = mirror_->newest_time();
  health_.writing = false;
  health_.why = failure.what();
  if (news) // also what keeps `retry` trying: something always waits
    tell(health_.since, "alarm", std::string{"nothing is durable: "} + failure.what());
}

void vault::recover() {
  if (health_.writing)
    return;
  health_ = {};
  retry_ = first_retry;
  tell(mirror_->newest_time(), "service", "the database is written again; all that waited is durable");
}

std::chrono::seconds vault::next_retry() {
  const auto now = retry_;
  retry_ = std::min(retry_ * 2, last_retry);
  return now;
}

stored_account vault::load(account_id account) {
  auto out = load_memory(account);
  try { // what is shown of the past is worth no trouble
    const get_journal newest{account, {}, recent_lines};
    for (auto& lines : {open_disk().read_journal(newest), mirror_->waiting_lines(newest)})
      std::copy_if(lines.begin(), lines.end(), std::back_inserter(out.recent), [](const journal_entry& line) { return line.kind == "case"; });
  } catch (const disk_failure&) {
  }
  return out;
}

stored_account vault::load_memory(account_id account) {
  if (mirror_->knows_all_of(account))
    return mirror_->get(account);
  try {
    mirror_->complete(open_disk().load(account));
  } catch (const disk_failure& failure) {
    suffer(failure);
    if (!mirror_->knows(account)) {
      if (++vain_loads_[account] < most_vain_loads)
        throw;
      // Nobody knows for how long: better guarded, and locked because its locks are not known, than not guarded at all.
      stored_account unknown;
      unknown.account = unknown.memory.account = account;
      unknown.unreadable = failure.what();
      return unknown;
    }
  }
  return mirror_->get(account);
}

journal_page vault::read_journal(const get_journal& query) {
  journal_page page;
  try {
    page.entries = open_disk().read_journal(query);
  } catch (const disk_failure& failure) {
    suffer(failure);
    throw;
  }
  for (auto& line : mirror_->waiting_lines(query))
    page.entries.push_back(std::move(line));
  const auto limit = static_cast<std::size_t>(std::max<int64_t>(query.limit, 0));
  if (page.entries.size() > limit)
    page.entries.erase(page.entries.begin(), page.entries.end() - static_cast<std::ptrdiff_t>(limit));
  return page;
}

storage_health vault::health() const {
  auto out = health_;
  out.unsaved = mirror_->unsaved();
  return out;
}

} // namespace rm
