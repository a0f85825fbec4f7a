// winsock2.h must come before windows.h: Asio's header sees to it.
#include "actors/broker/projectx/trust_store.hpp"

#include <windows.h>

#include <wincrypt.h>

#include <openssl/x509.h>

namespace rm::projectx {

void trust_system_store(boost::asio::ssl::context& context) {
  const HCERTSTORE store = CertOpenSystemStoreA(0, "ROOT");
  if (!store)
    return; // without authorities every connection is refused, and says so
  X509_STORE* trusted = SSL_CTX_get_cert_store(context.native_handle());
  for (PCCERT_CONTEXT one = nullptr; (one = CertEnumCertificatesInStore(store, one)) != nullptr;) {
    const unsigned char* bytes = one->pbCertEncoded;
    if (X509* certificate = d2i_X509(nullptr, &bytes, static_cast<long>(one->cbCertEncoded))) {
      X509_STORE_add_cert(trusted, certificate);
      X509_free(certificate);
    }
  }
  CertCloseStore(store, 0);
}

} // namespace rm::projectx
