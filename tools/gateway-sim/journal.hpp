// What came in and what went out, for tests to read back.
#pragma once
#include "wall_time.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace gateway_sim {

struct request_entry {
  uint64_t seq = 0;
  wall_time at;
  int64_t steady_ns = 0; // when its bytes had been read
  std::string method;
  std::string path;
  std::string body; // JSON text, secrets replaced
  int status = 0;
  std::optional<bool> success;
  std::optional<int64_t> error_code;
  std::optional<std::string> error_message;
  std::string fault; // the fault that was applied
};

struct event_entry {
  uint64_t seq = 0;
  wall_time at;
  int64_t steady_ns = 0; // when its write was issued
  std::string hub;
  uint64_t connection = 0;
  std::shared_ptr<const std::string> text;
};

/// Keeps the newest entries of both kinds; sequence numbers start at 1 and never repeat.
class journal {
public:
  static constexpr std::size_t keep = 200'000;

  uint64_t add(request_entry e) { return put(requests_, std::move(e), next_request_); }
  uint64_t add(event_entry e) { return put(events_, std::move(e), next_event_); }
  const std::deque<request_entry>& requests() const { return requests_; }
  const std::deque<event_entry>& events() const { return events_; }

private:
  template <class T>
  static uint64_t put(std::deque<T>& list, T&& e, uint64_t& next) {
    e.seq = next++;
    auto seq = e.seq;
    list.push_back(std::move(e));
    if (list.size() > keep)
      list.pop_front();
    return seq;
  }

  std::deque<request_entry> requests_;
  std::deque<event_entry> events_;
  uint64_t next_request_ = 1;
  uint64_t next_event_ = 1;
};

} // namespace gateway_sim
