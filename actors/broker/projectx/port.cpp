#include "actors/broker/projectx/port.hpp"

#include "actors/broker/projectx/gateway.hpp"

#include <stdexcept>

namespace rm::projectx {

std::vector<std::string> problems_of(const projectx_settings& s) {
  std::vector<std::string> out;
  const std::pair<std::string_view, const std::string&> addresses[] = {
    {"api_url", s.api_url}, {"user_hub_url", s.user_hub_url}, {"market_hub_url", s.market_hub_url}};
  for (const auto& [key, text] : addresses) {
    const auto where = parse_url(text);
    if (!where)
      out.push_back(std::string{key} + ": not an http(s) or ws(s) address");
    else if (!where->tls && !where->is_loopback() && !s.allow_plain_text)
      out.push_back(std::string{key} + ": only https to another machine; http would show the key to everyone on the way");
  }
  if (s.user_name.empty())
    out.push_back("user_name: is empty");
  if (s.api_key.empty())
    out.push_back("api_key: is empty");
  if (s.connect_timeout <= duration{0} || s.request_timeout <= duration{0})
    out.push_back("timeouts: must be positive");
  return out;
}

projectx_port::projectx_port(boost::asio::io_context& io, projectx_settings settings) {
  if (const auto problems = problems_of(settings); !problems.empty())
    throw std::invalid_argument{"broker " + settings.broker.str() + ": " + problems.front()};
  gateway_ = std::make_shared<gateway>(io, std::move(settings));
}

projectx_port::~projectx_port() { gateway_->stop(); }

void projectx_port::start(port_sink sink) { gateway_->start(std::move(sink)); }
void projectx_port::watch(const watch_account& what) { gateway_->on_io([what](gateway& g) { g.watch(what); }); }
void projectx_port::leave(account_id account) { gateway_->on_io([account](gateway& g) { g.leave(account); }); }
void projectx_port::watch(const watch_contract& what) { gateway_->on_io([what](gateway& g) { g.watch(what); }); }
void projectx_port::read_mark(const contract_id& contract) { gateway_->on_io([contract](gateway& g) { g.read_mark(contract); }); }
void projectx_port::check(const check_link& what) { gateway_->on_io([what](gateway& g) { g.check(what.gone); }); }
void projectx_port::send(const venue_request& request) { gateway_->send(request); }
void projectx_port::read(request_id id, const read_account& what) { gateway_->on_io([id, what](gateway& g) { g.read(id, what); }); }
broker_status projectx_port::status() const { return gateway_->status(); }
void projectx_port::stop() { gateway_->stop(); }

} // namespace rm::projectx
