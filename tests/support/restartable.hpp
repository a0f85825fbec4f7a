// A service that can be stopped, stay away for a while, and come back with nothing but its file.
#pragma once

#include "tests/support/scenario.hpp"

namespace rm::test {

struct folder_of_its_own {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("rm-scenario-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
  folder_of_its_own() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~folder_of_its_own() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

struct restartable : folder_of_its_own, scenario {
  explicit restartable(std::vector<rule_setup> rules) : scenario{std::move(rules), folder / "risk.db"} {}

  void restart(duration away = {}) {
    stop();
    parts.storage.mirror = make_store_mirror(); // a new process knows nothing but the file
    now += away;
    start();
    go(std::chrono::seconds{1});
  }
  void trade_to(const char* at) {
    venue.set_price(*price::parse(at));
    go(std::chrono::seconds{1});
  }
  void order(side s, int64_t size) {
    venue.place(s, size);
    go(std::chrono::seconds{1});
  }
  std::vector<journal_entry> journal(const std::string& kind) {
    std::vector<journal_entry> out;
    if (auto page = ask_now<journal_page>(house().persistence, get_journal{}))
      for (auto& e : page->entries)
        if (e.kind == kind)
          out.push_back(e);
    return out;
  }
  const lock* lock_of(std::string_view rule) {
    newest = status();
    for (auto& l : newest.locks)
      if (l.rule == rule_name{rule})
        return &l;
    return nullptr;
  }
  account_status newest;
};

} // namespace rm::test
