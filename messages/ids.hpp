// Strong identifiers: an account can never be passed where an order is meant.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace rm {

/// A number that identifies one thing of the kind `Tag`. 0 means "none".
template <class Tag>
struct numeric_id {
  int64_t value = 0;

  constexpr numeric_id() = default;
  constexpr explicit numeric_id(int64_t v) : value{v} {}
  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(numeric_id, numeric_id) = default;
  friend std::string to_string(numeric_id id) { return std::to_string(id.value); }
  friend std::ostream& operator<<(std::ostream& out, numeric_id id) { return out << id.value; }
};

/// A short text that identifies one thing of the kind `Tag`, kept in place: copying it never allocates.
/// Texts longer than `capacity` are refused by `fits`; the constructor cuts them.
template <class Tag, std::size_t Capacity>
class text_id {
public:
  static constexpr std::size_t capacity = Capacity;
  static constexpr bool fits(std::string_view text) { return text.size() <= Capacity; }

  constexpr text_id() = default;
  constexpr text_id(std::string_view text) : size_{static_cast<uint8_t>(text.size() < Capacity ? text.size() : Capacity)} {
    for (std::size_t i = 0; i < size_; ++i)
      chars_[i] = text[i];
  }
  constexpr text_id(const char* text) : text_id(std::string_view{text}) {}
  text_id(const std::string& text) : text_id(std::string_view{text}) {}

  constexpr std::string_view view() const { return {chars_.data(), size_}; }
  std::string str() const { return std::string{view()}; }
  constexpr bool empty() const { return size_ == 0; }
  friend bool operator==(const text_id& a, const text_id& b) {
    uint64_t different = 0;
    for (std::size_t at = 0; at <= Capacity; at += 8)
      different |= a.word(at) ^ b.word(at);
    return different == 0;
  }
  friend std::strong_ordering operator<=>(const text_id& a, const text_id& b) {
    for (std::size_t at = 0; at <= Capacity; at += 8)
      if (const auto x = a.word(at), y = b.word(at); x != y)
        return big_endian(x) <=> big_endian(y);
    return std::strong_ordering::equal;
  }
  friend std::string to_string(const text_id& id) { return id.str(); }
  friend std::ostream& operator<<(std::ostream& out, const text_id& id) { return out << id.view(); }

private:
  static_assert(Capacity < 256 && Capacity % 8 == 7);
  // Text, zeros, length: as big-endian words this compares as text does, eight characters at a time and without a call.
  uint64_t word(std::size_t at) const {
    static_assert(sizeof(text_id) == Capacity + 1);
    uint64_t out = 0;
    std::memcpy(&out, reinterpret_cast<const char*>(this) + at, sizeof out);
    return out;
  }
  static uint64_t big_endian(uint64_t word) { return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word; }

  std::array<char, Capacity> chars_{};
  uint8_t size_ = 0;
};

/// An account at the venue (ProjectX: int32).
using account_id = numeric_id<struct account_tag>;
/// An order at the venue (ProjectX: int64, beyond 2^31).
using order_id = numeric_id<struct order_tag>;
/// One half-turn at the venue; the only safe key for counting profit and loss once.
using trade_id = numeric_id<struct trade_tag>;
/// One request that we send to a venue, unique in this process.
using request_id = numeric_id<struct request_tag>;

/// A contract at the venue, e.g. "CON.F.US.MNQ.Z25".
using contract_id = text_id<struct contract_tag, 39>;
/// A rule's name in the configuration, e.g. "daily_loss_limit"; "manual" is a lock set by hand.
using rule_name = text_id<struct rule_tag, 39>;
/// What people call a contract's underlying: "MNQ", "ES".
using symbol_name = text_id<struct symbol_tag, 15>;
/// One login at a venue, by its name in the configuration, e.g. "topstepx".
using broker_id = text_id<struct broker_tag, 31>;

} // namespace rm

template <class Tag>
struct std::hash<rm::numeric_id<Tag>> {
  std::size_t operator()(rm::numeric_id<Tag> id) const noexcept { return std::hash<int64_t>{}(id.value); }
};

template <class Tag, std::size_t Capacity>
struct std::hash<rm::text_id<Tag, Capacity>> {
  std::size_t operator()(const rm::text_id<Tag, Capacity>& id) const noexcept { return std::hash<std::string_view>{}(id.view()); }
};
