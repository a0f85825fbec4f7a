#include "actors/broker/projectx/trust_store.hpp"

namespace rm::projectx {

void trust_system_store(boost::asio::ssl::context& context) {
  boost::system::error_code ignored; // without authorities every connection is refused, and says so
  context.set_default_verify_paths(ignored);
}

} // namespace rm::projectx
