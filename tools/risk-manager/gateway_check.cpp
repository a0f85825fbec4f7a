#include "tools/risk-manager/gateway_check.hpp"

#include "actors/broker/projectx/json.hpp"
#include "actors/broker/projectx/requests.hpp"
#include "actors/broker/projectx/rest_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace rm {
namespace {

using namespace projectx;

constexpr std::string_view not_a_gateway = "the answer is not one of a ProjectX gateway: is api_url right, and is no proxy or login page in between?";

rest_settings settings_for(const broker_settings& login, const url& where) {
  rest_settings out;
  out.base = where;
  out.connect_timeout = login.connect_timeout;
  out.request_timeout = login.request_timeout;
  out.warm_for_protection = out.most_for_protection = out.most_for_reads = 1;
  out.warm_for_reads = 0;
  return out;
}

/// One connection, one question at a time, on the caller's thread.
class questioner {
public:
  questioner(const broker_settings& login, const url& where)
    : patience_{login.connect_timeout + login.request_timeout},
      client_{std::make_shared<rest_client>(io_, make_tls_context(login.ca_file.string()), settings_for(login, where),
                                            [this](const std::string& why) { refused(why); })} {
    client_->start();
  }
  ~questioner() {
    client_->stop();
    io_.restart();
    io_.poll();
  }

  /// The answer, or the reason why there is none: then `kind` is not `answered`.
  http_reply ask(std::string_view path, const std::string& body, const std::string& token) {
    reply_.reset();
    client_->post(pool::protection, path, body, token, [this](http_reply reply) {
      if (!reply_)
        reply_ = std::move(reply);
      io_.stop();
    });
    boost::asio::steady_timer end{io_, patience_};
    end.async_wait([this](boost::system::error_code gone) {
      if (!gone)
        refused("timed out");
    });
    io_.restart();
    if (!reply_)
      io_.run();
    return std::exchange(reply_, std::nullopt).value_or(http_reply{});
  }

private:
  void refused(const std::string& why) {
    if (why.empty() || reply_)
      return;
    http_reply out;
    out.why = why;
    reply_ = std::move(out);
    io_.stop();
  }

  boost::asio::io_context io_{1};
  std::chrono::nanoseconds patience_;
  std::shared_ptr<rest_client> client_;
  std::optional<http_reply> reply_;
};

/// What is wrong with the envelope of a good HTTP answer.
std::optional<std::string> trouble_in(json_reader& reader, int http_status, std::string_view body) {
  std::string why;
  if (http_status == 429)
    return "the venue's request limit is used up: wait a minute, and see who else works with this key";
  if (http_status >= 500)
    return "the venue is out of order (HTTP " + std::to_string(http_status) + "): try again later";
  if (http_status != 200 || !reader.parse(body, why) || !read_envelope(reader.root()).readable)
    return std::string{not_a_gateway} + " (HTTP " + std::to_string(http_status) + ")";
  return std::nullopt;
}

std::string words_of_refusal(const envelope& e) {
  const std::string said = " (code " + std::to_string(e.code) + (e.message.empty() ? "" : ": " + one_line(e.message)) + ")";
  switch (e.code) {
    case 1:
    case 2:
    case 3: return "the venue does not accept the user name or the API key" + said + ": the user name is the one of the platform, the key is made in its settings under API access";
    case 7: return "the venue wants its agreements signed first: log in on its platform and sign them" + said;
    case 9: return "this user has no API access at the venue: it is a paid addition, to be ordered on its platform" + said;
    case 10: return "logging in with a key is switched off at the venue" + said;
    default: return "the venue refuses the login" + said;
  }
}

} // namespace

std::string trouble_with_connection(const std::string& why) {
  const auto has = [&](std::string_view words) { return why.find(words) != std::string::npos; };
  if (has("certificate"))
    return "no trusted connection, nothing was sent: " + why + ". Is the address right, does this machine's clock show today, and does a virus scanner or proxy open the connection? "
           "A certificate of your own goes into ca_file";
  if (has("TLS:"))
    return "no trusted connection, nothing was sent: " + why + ". Is this the address of an https server?";
  if (has("Host not found") || has("resolve") || has("No such host"))
    return "the host's name is not known here: " + why + ". Is this machine online, and is the address right?";
  return "no connection: " + why + ". Is this machine online, is the address right, and does a firewall let it through?";
}

std::optional<std::string> trouble_with_login(int http_status, std::string_view body) {
  if (http_status == 401 || http_status == 403)
    return words_of_refusal({true, false, 3, "HTTP " + std::to_string(http_status)});
  json_reader reader;
  if (auto trouble = trouble_in(reader, http_status, body))
    return trouble;
  const auto e = read_envelope(reader.root());
  if (!e.success || e.code != 0)
    return words_of_refusal(e);
  if (reader.root()["token"].text().empty())
    return std::string{not_a_gateway};
  return std::nullopt;
}

gateway_report check_gateway(const broker_settings& login) {
  gateway_report out;
  try {
    const auto where = parse_url(login.api_url);
    if (!where)
      return {"api_url is no address such as https://api.topstepx.com", {}};
    questioner gateway{login, *where};
    auto reply = gateway.ask("/api/Auth/loginKey", projectx::login(login.user_name, login.api_key), "");
    if (reply.kind != reply_kind::answered)
      return {trouble_with_connection(reply.why), {}};
    if (auto trouble = trouble_with_login(reply.status, reply.body))
      return {*trouble, {}};
    json_reader reader;
    std::string why;
    reader.parse(reply.body, why);
    const std::string token{reader.root()["token"].text()};
    reply = gateway.ask("/api/Account/search", R"({"onlyActiveAccounts":true})", token);
    if (reply.kind != reply_kind::answered)
      return {"logged in, but then: " + trouble_with_connection(reply.why), {}};
    if (auto trouble = trouble_in(reader, reply.status, reply.body))
      return {"logged in, but the accounts cannot be listed: " + *trouble, {}};
    const auto e = read_envelope(reader.root());
    std::vector<reading> notes;
    if (!e.success)
      out.trouble = "logged in, but the venue does not list the accounts (code " + std::to_string(e.code) + (e.message.empty() ? "" : ": " + one_line(e.message)) + ")";
    else if (!read_list(reader.root()["accounts"], read_account_object, out.accounts, why, notes))
      out.trouble = "logged in, but the list of accounts cannot be read: " + why;
    else if (out.accounts.empty())
      out.trouble = "logged in, but this user has no active account at the venue";
  } catch (const std::exception& why) {
    out.trouble = why.what();
  }
  return out;
}

std::string accounts_text(const std::vector<account_update>& accounts, const std::vector<account_id>& watched) {
  std::string out;
  for (const auto& a : accounts) {
    const bool known = std::find(watched.begin(), watched.end(), a.account) != watched.end();
    std::string id = to_string(a.account), name = a.name, balance = to_string(a.balance);
    id.resize(std::max<std::size_t>(id.size(), 12), ' ');
    name.resize(std::max<std::size_t>(name.size(), 28), ' ');
    balance.resize(std::max<std::size_t>(balance.size(), 14), ' ');
    out += "  " + id + name + balance + (a.can_trade ? "may trade    " : "may not trade") + (known ? "  watched" : "") + "\n";
  }
  return out;
}

} // namespace rm
