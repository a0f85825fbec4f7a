#include "tools/risk-trader/feed.hpp"

namespace rm {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;     // with the service, which itself waits 1 s for its actors
constexpr auto between_asks = 1s;
constexpr auto before_retry = 500ms;

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
    newest_ = {std::move(status), std::chrono::steady_clock::now(), "", live, newest_.number + 1};
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
  do {
    const auto answer = service.call("status", {});
    if (!answer.done)
      throw std::runtime_error{answer.message};
    put(answer.result, false);
  } while (pause(between_asks));
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
