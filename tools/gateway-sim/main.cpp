// gateway-sim: the ProjectX gateway on the loopback, for tests and for trying things out.
#include "server.hpp"
#include "tls_front.hpp"
#include "tools/screen/output.hpp"
#include "tools/screen/standard_streams.hpp"
#include "yaml_reader.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#ifndef GATEWAY_SIM_VERSION
#define GATEWAY_SIM_VERSION "unknown"
#endif

namespace {

using namespace gateway_sim;

constexpr int failed = 1;
constexpr int bad_usage = 2;

struct options {
  uint16_t port = 0;
  std::string scenario;
  double speed = 1;
  std::string start;
  std::string tls_certificate;
  std::string tls_key;
  uint16_t tls_port = 0;
};

scenario load(const std::string& file) {
  if (file.empty())
    return default_scenario();
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in)
    throw scenario_error{0, "cannot read the file; check the name and the rights"};
  return read_scenario(text.str());
}

/// The wall clock, or one that starts at a given instant and runs on with the script's speed.
world::clock make_clock(std::optional<wall_time> start, double speed) {
  if (!start)
    return [] { return wall_time::from(std::chrono::system_clock::now()); };
  return [first = *start, from = std::chrono::steady_clock::now(), speed] {
    auto gone = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - from).count() * speed;
    return first.plus(std::chrono::nanoseconds{static_cast<int64_t>(gone)});
  };
}

int run(const options& o) {
  scenario s;
  try {
    s = load(o.scenario);
  } catch (const scenario_error& e) {
    auto where = e.line > 0 ? o.scenario + ":" + std::to_string(e.line) : o.scenario;
    std::fprintf(stderr, "gateway-sim: %s: %s\n", where.c_str(), e.what());
    return bad_usage;
  }
  if (!o.start.empty()) {
    s.clock_start = parse_time(o.start);
    if (!s.clock_start) {
      std::fprintf(stderr, "gateway-sim: --start must be a time such as 2026-11-22T14:30:00Z, not '%s'\n",
                   o.start.c_str());
      return bad_usage;
    }
  }
  boost::asio::io_context io{1};
  asio_scheduler time{io};
  auto wall = make_clock(s.clock_start, o.speed);
  world venue{std::move(s), time, std::move(wall), o.speed};
  server gateway{io, venue, o.port};
  std::optional<tls_front> tls;
  if (!o.tls_certificate.empty())
    tls.emplace(io, o.tls_certificate, o.tls_key, o.tls_port, gateway.port());
  boost::asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error)
      io.stop();
  });
  venue.on_shutdown = [&] {
    time.after(std::chrono::milliseconds{50}, [&] { io.stop(); }); // after the answer is out
  };
  gateway.start();
  std::printf("gateway-sim listening on 127.0.0.1:%d\n", static_cast<int>(gateway.port()));
  if (tls) {
    tls->start();
    std::printf("gateway-sim TLS on 127.0.0.1:%d\n", static_cast<int>(tls->port()));
  }
  if (!rm::output_arrived("gateway-sim"))
    return failed; // whoever started it waits for that line
  io.run();
  if (tls)
    tls->stop();
  gateway.stop();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  rm::hold_standard_streams();
  options o;
  CLI::App app{"The ProjectX gateway on 127.0.0.1: REST, user hub and market hub on one port. Steered by a scenario "
               "file and by HTTP under /sim."};
  app.set_version_flag("--version", "gateway-sim " GATEWAY_SIM_VERSION);
  app.add_option("--port", o.port, "port on 127.0.0.1; 0 picks a free one")->required();
  app.add_option("--scenario", o.scenario, "YAML file; see tools/gateway-sim/example.yaml");
  app.add_option("--speed", o.speed, "runs the scenario's schedule this many times faster")
    ->check(CLI::Range(0.001, 100000.0));
  app.add_option("--start", o.start, "ISO time at which the venue's clock starts; default: the wall clock");
  auto* certificate = app.add_option("--tls-cert", o.tls_certificate, "PEM file of a certificate; a second port then speaks TLS");
  auto* key = app.add_option("--tls-key", o.tls_key, "PEM file of its key");
  app.add_option("--tls-port", o.tls_port, "the TLS port on 127.0.0.1; default: a free one")->needs(certificate);
  certificate->needs(key);
  key->needs(certificate);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) {
      app.exit(e);
      return rm::output_arrived("gateway-sim") ? 0 : failed;
    }
    std::fprintf(stderr, "gateway-sim: %s; see --help\n", e.what());
    return bad_usage;
  }
  try {
    return run(o);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "gateway-sim: %s\n", e.what());
    return failed;
  }
}
