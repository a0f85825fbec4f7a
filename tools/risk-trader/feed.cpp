#include "tools/risk-trader/feed.hpp"

#include <utility>

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;     // with the service, which itself waits 1 s for its actors
constexpr auto glance = 200ms;        // between looks for somebody who is in a hurry
constexpr auto longest_silence = 6s;  // the service tells something every two seconds
constexpr auto before_retry = 500ms;
constexpr auto after_reset = 5s;      // until every account has its new day

} // namespace

status_feed::status_feed(std::string socket, std::function<void()> on_news)
  : socket_{std::move(socket)}, on_news_{std::move(on_news)}, thread_{[this] { work(); }} {}

status_feed::~status_feed() {
  {
    const std::lock_guard hold{guard_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

status_feed::news status_feed::newest() const {
  const std::lock_guard hold{guard_};
  return newest_;
}

void status_feed::hurry() {
  {
    const std::lock_guard hold{guard_};
    hurried_ = true;
  }
  changed_.notify_one();
}

bool status_feed::pause(std::chrono::milliseconds longest) {
  std::unique_lock hold{guard_};
  changed_.wait_for(hold, longest, [this] { return stopping_ || hurried_; });
  hurried_ = false;
  return !stopping_;
}

void status_feed::put(const std::string& json, bool live) {
  auto status = read_status(json);
  if (!status)
    return put_trouble("the service sent a status that this program does not understand; are both of one version?");
  {
    const std::lock_guard hold{guard_};
    newest_ = {std::move(status), std::chrono::steady_clock::now(), "", live, newest_.number + 1, newest_.days};
  }
  on_news_();
}

void status_feed::put_trouble(const std::string& why) {
  {
    const std::lock_guard hold{guard_};
    if (newest_.trouble == why)
      return;
    newest_.trouble = why;
    newest_.live = false;
    ++newest_.number;
  }
  on_news_();
}

void status_feed::listen() {
  local_client service{socket_, patience};
  ask_days(service);
  const auto subscribed = service.subscribe("status");
  if (!subscribed.done)
    throw std::runtime_error{subscribed.message};
  for (auto heard = std::chrono::steady_clock::now();;) {
    const auto told = service.next_push(glance);
    if (told && told->trouble)
      throw std::runtime_error{told->result};
    if (told) {
      put(told->result, true);
      heard = std::chrono::steady_clock::now();
      if (newest().status->now > day_ends_)
        ask_days(service);
    } else if (std::chrono::steady_clock::now() - heard > longest_silence) {
      throw std::runtime_error{"the service has fallen silent"};
    }
    const auto wish = take_wish();
    if (wish == wish_to::end)
      return;
    if (wish == wish_to::ask)
      ask(service);
  }
}

void status_feed::ask(local_client& service) {
  const auto answer = service.call("status", {});
  if (!answer.done)
    throw std::runtime_error{answer.message};
  ask_days(service); // a reset by hand may have begun one
  put(answer.result, true);
}

/// A service that does not know the question has no curve to tell: it begins with this screen then.
void status_feed::ask_days(local_client& service) {
  const auto answer = service.call("day", {});
  auto days = answer.done ? read_days(answer.result) : std::vector<shown_day>{};
  day_ends_ = timestamp::max();
  for (const auto& day : days)
    if (day.ends)
      day_ends_ = std::min(day_ends_, *day.ends + after_reset);
  const std::lock_guard hold{guard_};
  newest_.days = std::make_shared<const std::vector<shown_day>>(std::move(days));
}

status_feed::wish_to status_feed::take_wish() {
  const std::lock_guard hold{guard_};
  if (stopping_)
    return wish_to::end;
  return std::exchange(hurried_, false) ? wish_to::ask : wish_to::listen;
}

void status_feed::work() {
  do {
    try {
      listen();
    } catch (const not_reachable& why) {
      put_trouble(unreachable_text("risk-trader", why));
    } catch (const std::exception& why) {
      put_trouble(why.what());
    }
  } while (pause(before_retry));
}

} // namespace rm
