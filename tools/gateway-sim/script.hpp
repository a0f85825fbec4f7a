// The trader in the box: actions that run at a time, after another one, or when the world is in some state.
#pragma once
#include "actions.hpp"
#include "scheduler.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gateway_sim {

/// One test on the world, such as `position MNQ == 2` or `order_cancelled entry-1`.
struct condition {
  std::string subject;            // first word
  std::string name;               // contract or tag, where the subject takes one
  std::string op;                 // == != < <= > >=
  decimal number;
  std::optional<int64_t> account; // none = the first account, or any for `subscribed`
};

/// Reads a condition; throws scenario_error with the line of `node`.
condition read_condition(const YAML::Node& node);

bool compare(decimal left, const std::string& op, decimal right);

struct script_item {
  std::string name; // may be empty
  action what;
  std::chrono::nanoseconds at{0};
  std::string after; // the name of an earlier item; then `at` counts from its end
  std::optional<condition> when;
  int64_t repeat = 1;
  std::chrono::nanoseconds every{0};

  enum class state { waiting, armed, done, failed };
  state now = state::waiting; // armed: its time has come, its condition has not
  int64_t runs = 0;
  std::string result; // of the last run, JSON
};

/// Reads one item of a script; `names` are the names it may refer to.
script_item read_item(const YAML::Node& node);

/// Throws when an `after` refers to a name that does not exist.
void check_names(const std::vector<script_item>& items, const YAML::Node& where);

class script {
public:
  struct outcome_text {
    bool ok = true;
    std::string json;
  };
  using perform_function = std::function<outcome_text(const action&)>;
  using holds_function = std::function<bool(const condition&)>;

  script(scheduler& time, double speed, perform_function perform, holds_function holds)
    : time_(time), speed_(speed), perform_(std::move(perform)), holds_(std::move(holds)) {}

  /// Appends items; when the script runs already, their clock starts now.
  void add(std::vector<script_item> items);
  void start();
  bool started() const { return started_; }

  /// Runs what has become possible.
  void poll();

  bool finished() const;
  const std::vector<script_item>& items() const { return items_; }

private:
  void schedule(std::size_t index, std::chrono::nanoseconds delay);
  void run(std::size_t index);
  std::chrono::nanoseconds scaled(std::chrono::nanoseconds d) const;

  scheduler& time_;
  double speed_;
  perform_function perform_;
  holds_function holds_;
  std::vector<script_item> items_;
  bool started_ = false;
  bool polling_ = false;
  bool again_ = false;
};

} // namespace gateway_sim
