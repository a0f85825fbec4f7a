// Whom this machine trusts.
#pragma once

#include <boost/asio/ssl/context.hpp>

namespace rm::projectx {

/// Lets the context trust the certificate authorities that the operating system trusts.
void trust_system_store(boost::asio::ssl::context& context);

} // namespace rm::projectx
