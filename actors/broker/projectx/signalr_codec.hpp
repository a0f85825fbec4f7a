// SignalR's JSON protocol over a byte stream: records end in 0x1E, wherever the frames were cut. Pure.
#pragma once

#include "actors/broker/projectx/json_reader.hpp"

#include <functional>

namespace rm::projectx {

/// Cuts a stream into records.
class record_splitter {
public:
  static constexpr char terminator = '\x1E';
  static constexpr std::size_t largest_record = 16u << 20; // bytes

  /// Hands each record that is now complete to `on_record`, without its terminator; the rest is kept for the next call. False when
  /// an unfinished record has grown beyond `largest_record`: the link is to be dropped.
  template <class OnRecord>
  bool feed(std::string_view bytes, OnRecord&& on_record) {
    for (;;) {
      const auto end = bytes.find(terminator);
      if (end == std::string_view::npos)
        break;
      if (half_.empty()) {
        on_record(bytes.substr(0, end)); // whole records are not copied
      } else {
        half_.append(bytes.substr(0, end));
        on_record(std::string_view{half_});
        half_.clear();
      }
      bytes.remove_prefix(end + 1);
    }
    if (half_.size() + bytes.size() > largest_record) {
      half_.clear();
      return false;
    }
    half_.append(bytes);
    return true;
  }
  bool has_half_record() const { return !half_.empty(); }
  void reset() { half_.clear(); }

private:
  std::string half_;
};

enum class record_kind : uint8_t { invocation, completion, ping, close, other };

/// One record that the server sent. Valid until the decoder's next record.
struct hub_record {
  record_kind kind = record_kind::other;
  std::string_view target; // invocation: the event's name
  json_value arguments;    // invocation: a list
  std::string_view id;     // completion: the invocation's
  std::string_view error;  // completion and close: empty when there was none
  bool failed = false;     // an error member is there
};

/// Reads the records that follow the handshake.
class hub_decoder {
public:
  /// False: not a record at all, `why` says in one line what is wrong. Unknown record types are `other`.
  bool read(std::string_view record, hub_record& out, std::string& why);

private:
  json_reader reader_;
};

/// The client's first record.
std::string handshake_request();
/// Reads the server's first record; false with the reason when it refuses or says something else.
bool read_handshake(std::string_view record, std::string& why);
/// An invocation that asks for a completion. `argument` is JSON text: a number, or a string with its quotes; empty: no argument.
std::string invocation(std::string_view id, std::string_view method, std::string_view argument);
std::string ping_record();

/// Event names are compared without regard to case, as clients and servers of this protocol do.
bool same_name(std::string_view a, std::string_view b);

/// Calls `each` for every payload of a user event: `[{action,data}]`, `[data]`, and lists of either.
void for_each_payload(json_value arguments, const std::function<void(json_value)>& each);

} // namespace rm::projectx
