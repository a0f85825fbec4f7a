#include "actors/persistence/chain_hash.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace rm {
namespace {

class hash {
public:
  hash() : context_{EVP_MD_CTX_new()} { check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)); }
  void add(const void* bytes, std::size_t size) { check(EVP_DigestUpdate(context_.get(), bytes, size)); }
  /// With its length, so that "ab" + "c" is not "a" + "bc".
  void add(std::string_view text) {
    add(static_cast<int64_t>(text.size()));
    add(text.data(), text.size());
  }
  void add(int64_t number) {
    std::array<unsigned char, 8> bytes{};
    for (auto& byte : bytes) {
      byte = static_cast<unsigned char>(number & 0xff);
      number >>= 8;
    }
    add(bytes.data(), bytes.size());
  }
  chain_link take() {
    chain_link out{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), out.data(), &size));
    return out;
  }

private:
  static void check(int result) {
    if (result != 1)
      throw std::runtime_error{"SHA-256 is not available"};
  }
  struct freer {
    void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
  };
  std::unique_ptr<EVP_MD_CTX, freer> context_;
};

} // namespace

chain_link link_of(const chain_link& before, const journal_entry& line) {
  const auto& [at, account, kind, rule, text, latency_ns] = line;
  hash sum;
  sum.add(before.data(), before.size());
  sum.add(int64_t{at.time_since_epoch().count()});
  sum.add(account.value);
  sum.add(std::string_view{kind});
  sum.add(rule.view());
  sum.add(std::string_view{text});
  sum.add(latency_ns);
  return sum.take();
}

std::string hex(const chain_link& link) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : link) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

chain_link unhex(std::string_view text) {
  chain_link out{};
  if (text.size() != out.size() * 2)
    return out;
  const auto digit = [](char c) { return static_cast<unsigned>(c >= 'a' ? c - 'a' + 10 : c - '0') & 15u; };
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<unsigned char>(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
  return out;
}

std::string sha256_of(std::string_view text) {
  hash sum;
  sum.add(text.data(), text.size());
  return hex(sum.take());
}

} // namespace rm
