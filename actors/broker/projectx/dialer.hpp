// Makes connections: name, TCP, TLS with the host's name checked.
#pragma once

#include "actors/broker/projectx/any_stream.hpp"
#include "actors/broker/projectx/url.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>

namespace rm::projectx {

/// A context for client connections: the system's trust store, or the one file where it is given; TLS 1.2 or newer. Throws
/// std::runtime_error when the file cannot be used.
std::shared_ptr<asio::ssl::context> make_tls_context(const std::string& ca_file);

/// One attempt to connect to `where`. `done` is called once on the io_context's thread, with a stream in non-blocking mode and with
/// TCP_NODELAY, or with nothing and the reason in one line.
void dial(asio::io_context& io, const url& where, std::shared_ptr<asio::ssl::context> tls, std::chrono::nanoseconds timeout,
          std::function<void(std::unique_ptr<any_stream>, std::string)> done);

} // namespace rm::projectx
