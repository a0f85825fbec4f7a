// The ProjectX gateway as a venue: REST for requests and reads, two SignalR hubs for events.
#pragma once

#include "actors/broker/port.hpp"
#include "actors/timers/venue_clock.hpp"

#include <boost/asio/io_context.hpp>

namespace rm::projectx {

struct projectx_settings {
  rm::broker_id broker;
  std::string api_url;        // "https://api.topstepx.com"
  std::string user_hub_url;   // "https://rtc.topstepx.com/hubs/user"
  std::string market_hub_url; // "https://rtc.topstepx.com/hubs/market"
  std::string user_name;
  std::string api_key;
  std::string ca_file;                // trusted instead of the system's store; empty: the system's
  bool allow_plain_text = false;      // http and ws to another machine: secrets could be read on the way
  int64_t requests_per_minute = 200;  // the venue's limit, all endpoints together
  duration connect_timeout = std::chrono::seconds{5};
  duration request_timeout = std::chrono::seconds{10};
  duration last_counts_for = std::chrono::seconds{10}; // a last trade that has not changed for longer gives way to a fresher bid and ask
  std::shared_ptr<venue_clock> clock;     // hears the venue's time, and puts right what is stamped here; none: the PC's clock is the time
};

/// Everything that is wrong with the settings, one line each, without secrets; empty when they can be used.
std::vector<std::string> problems_of(const projectx_settings& settings);

class gateway;

/// One login at the gateway. `io` must be run by exactly one thread, and must outlive the port.
///
/// What is in force about requests: a cancel or a change that the venue answered with 401 is sent once more after a new login. A close or
/// a new stop is not: it comes back as `unclear`, for it may have been carried out all the same, and the new login is under way. One that
/// was written and got no readable answer is `unclear`, too, and is never repeated here.
class projectx_port : public port {
public:
  /// Throws std::invalid_argument with the first of `problems_of`.
  projectx_port(boost::asio::io_context& io, projectx_settings settings);
  ~projectx_port() override;

  void start(port_sink sink) override;
  void watch(const watch_account& what) override;
  void leave(account_id account) override;
  void watch(const watch_contract& what) override;
  void read_mark(const contract_id& contract) override;
  /// Written on the caller's thread where a connection is at hand and the budget allows: nobody else has to wake up first.
  void check(const check_link& what) override;
  void send(const venue_request& request) override;
  void read(request_id id, const read_account& what) override;
  broker_status status() const override;
  void stop() override;

private:
  std::shared_ptr<gateway> gateway_;
};

} // namespace rm::projectx
