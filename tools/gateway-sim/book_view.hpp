// The venue's own view of the truth, as JSON: what tests compare the risk manager with.
#pragma once
#include "world.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gateway_sim::book_view {

std::string accounts(const world& w);
std::string orders(const world& w, std::optional<int64_t> account, bool live_only);
std::string positions(const world& w, std::optional<int64_t> account);
std::string trades(const world& w, std::optional<int64_t> account);
std::string prices(const world& w);
std::string requests(const world& w, uint64_t since);
std::string events(const world& w, uint64_t since, std::string_view hub = {}); // `hub` empty: both
std::string clients(const world& w);
std::string script(const world& w);

/// Every switch and its present value, as `POST /sim/switch` takes them.
std::string switch_values(const world& w);

/// Accounts, positions and live orders, suspended ones included, in one object.
std::string everything(const world& w);

} // namespace gateway_sim::book_view
