#include "tools/risk-inspect/console.hpp"

#include "actors/admin/nearest.hpp"
#include "tools/screen/line_editor.hpp"
#include "tools/screen/terminal.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <sstream>

namespace rm {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> commands{"tree", "show", "watch", "trace", "crash", "help", "quit"};
constexpr std::string_view prompt = "inspect> ";

const char* const help = "tree                     who is there, who watches whom, how often it came back\n"
                         "show ACTOR               one actor closely, with what was last written down\n"
                         "watch                    the tree, live, until q\n"
                         "trace ACTOR [COUNT [S]]  its messages as they pass: 100, for 30 s, at most\n"
                         "crash ACTOR              a drill: it must come back (administrators)\n"
                         "quit                     leave; the risk manager goes on\n"
                         "An actor is named by as much of its name as no other has: account, timers,\n"
                         "max_contracts. Tab completes.\n";

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in{line};
  std::vector<std::string> out;
  for (std::string word; in >> word;)
    out.push_back(word);
  return out;
}

int64_t number_or(const std::vector<std::string>& words, std::size_t at, int64_t usual) {
  int64_t out = usual;
  if (at < words.size()) {
    const auto& text = words[at];
    if (std::from_chars(text.data(), text.data() + text.size(), out).ptr != text.data() + text.size())
      return usual;
  }
  return out;
}

bool takes_an_actor(const std::string& command) { return command == "show" || command == "trace" || command == "crash"; }

/// Is there a key that means "enough"?
bool enough(const std::vector<key_press>& keys) {
  return std::any_of(keys.begin(), keys.end(), [](const key_press& k) {
    return k.key == key::interrupt || k.key == key::escape || k.key == key::end_of_input || (k.key == key::character && k.text == "q");
  });
}

/// Runs one command, and says what went wrong instead of ending.
exit_code obey_safely(const inspection& how, const std::string& line) {
  try {
    return obey_line(how, line);
  } catch (const not_reachable& why) {
    std::cerr << unreachable_text("risk-inspect", why) << "\n";
    return exit_code::not_reachable;
  } catch (const std::exception& why) {
    std::cerr << "risk-inspect: " << why.what() << "\n";
    return exit_code::failed;
  }
}

} // namespace

exit_code obey_line(const inspection& how, const std::string& line) {
  const auto words = words_of(line);
  if (words.empty())
    return exit_code::done;
  const auto& command = words.front();
  if (takes_an_actor(command) && words.size() < 2) {
    std::cerr << "say which actor: " << command << " ACTOR; `tree` names them\n";
    return exit_code::bad_usage;
  }
  if (command == "tree")
    return print_tree(how);
  if (command == "show")
    return print_actor(how, words[1]);
  if (command == "watch")
    return watch_on_terminal(how);
  if (command == "trace")
    return trace_actor(how, words[1], number_or(words, 2, 100), number_or(words, 3, 30));
  if (command == "crash")
    return crash_actor(how, words[1]);
  if (command == "help" || command == "?") {
    std::cout << help;
    return exit_code::done;
  }
  std::cerr << "there is no command '" << command.substr(0, 60) << "'" << hint_for(command, commands) << "; `help` lists them\n";
  return exit_code::bad_usage;
}

exit_code watch_on_terminal(inspection how) {
  terminal screen{true};
  how.pause = [&](std::chrono::milliseconds longest) { return !enough(screen.wait(longest)); };
  how.frame = [&](const std::string& frame) {
    how.width = screen.size().columns;
    screen.show(frame + "\nq leaves");
  };
  how.width = screen.size().columns;
  return watch_tree(how);
}

exit_code run_console(inspection how) {
  std::vector<std::string> names = actor_names(how.socket);
  line_editor line{[&](const std::string& so_far) {
    const auto words = words_of(so_far);
    const bool first = so_far.find(' ') == std::string::npos;
    const std::string begun = so_far.empty() || so_far.back() == ' ' ? "" : words.back();
    std::vector<std::string> out;
    if (first || (!words.empty() && takes_an_actor(words.front()) && words.size() + (begun.empty() ? 1 : 0) == 2))
      for (const auto& word : first ? commands : names)
        if (word.starts_with(begun))
          out.push_back(word);
    return out;
  }};
  std::cout << "risk-inspect: " << (names.empty() ? "the service does not answer" : std::to_string(names.size()) + " actors") << "; `help` lists the commands, tab completes\n" << std::flush;
  for (;;) {
    std::vector<std::string> entered;
    bool left = false;
    {
      terminal screen{false};
      const auto draw = [&] { screen.write("\r\x1b[K" + std::string{prompt} + line.text() + "\r\x1b[" + std::to_string(prompt.size() + line.cursor()) + "C"); };
      for (draw(); entered.empty() && !left; draw())
        for (const auto& pressed : screen.wait(1h)) {
          const auto outcome = line.press(pressed);
          if (!outcome.candidates.empty()) {
            std::string all;
            for (const auto& word : outcome.candidates)
              all += word + "  ";
            screen.write("\r\n" + all + "\r\n");
          }
          if (outcome.line)
            entered.push_back(*outcome.line);
          left = left || outcome.left;
          if (outcome.line) // what was typed ahead is taken with it
            screen.write("\r\x1b[K" + std::string{prompt} + *outcome.line + "\r\n");
        }
      screen.write("\r\x1b[K");
    }
    how.width = terminal_columns(); // it may have another size than before
    for (const auto& each : entered) {
      const auto words = words_of(each);
      if (!words.empty() && (words.front() == "quit" || words.front() == "exit" || words.front() == "q"))
        return exit_code::done;
      if (!words.empty() && words.front() == "trace") { // can be left with a key
        terminal screen{false};
        auto with_keys = how;
        with_keys.pause = [&](std::chrono::milliseconds longest) { return !enough(screen.wait(longest)); };
        obey_safely(with_keys, each);
      } else {
        obey_safely(how, each);
      }
      names = actor_names(how.socket);
    }
    if (left) {
      std::cout << "\n";
      return exit_code::done;
    }
  }
}

} // namespace rm
