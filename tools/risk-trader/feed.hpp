// The status as it comes, from a thread of its own.
#pragma once

#include "actors/admin/local_client.hpp"
#include "actors/admin/day_view.hpp"
#include "actors/admin/status_view.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace rm {

/// Connects, hears the status whenever it changes, and tries again for as long as it takes when the service is away.
class status_feed {
public:
  /// `on_news` is called from the feed's thread.
  status_feed(std::string socket, std::function<void()> on_news);
  ~status_feed();
  status_feed(const status_feed&) = delete;
  status_feed& operator=(const status_feed&) = delete;

  struct news {
    std::optional<status_view> status; // the newest that ever came
    std::chrono::steady_clock::time_point heard{};
    std::string trouble;               // why there is none now
    bool live = false;                 // told by the service when it changes
    uint64_t number = 0;               // counts
    std::shared_ptr<const std::vector<shown_day>> days; // so far, as the service knew them when it was connected to
  };
  news newest() const;

  /// Asks now.
  void hurry();

private:
  void work();
  void listen();
  void ask(local_client& service);
  void ask_days(local_client& service);
  enum class wish_to : uint8_t { listen, ask, end };
  wish_to take_wish();
  void put(const std::string& json, bool live);
  void put_trouble(const std::string& why);
  /// False when it is time to end.
  bool pause(std::chrono::milliseconds longest);

  std::string socket_;
  std::function<void()> on_news_;
  mutable std::mutex guard_;
  std::condition_variable changed_;
  news newest_;
  timestamp day_ends_{}; // the soonest of all; then the days are asked for anew
  bool stopping_ = false, hurried_ = false;
  std::thread thread_; // last: starts when all else stands
};

} // namespace rm
