"""The link under every answer the venue can give, with the real programs. Judged by the simulator's own books: 0 contracts and 0 risky orders, or
alarmed and still trying. Names carry the ids of failures.md. Words on the command line choose cases whose names hold one of them."""
import sys

import link_clock
import link_hubs
import link_lists
import link_login
import link_questions
import link_switches
from link_stage import run_side_by_side

# These wait longest (for silence, cool-downs, windows): they begin first, and the others run beside them.
SLOW = ("I11_", "L4_", "several_accounts", "L3_another", "open_questions_10", "L3_hub_connections", "a_key_refused", "L1_", "L2_a_renewal", "fail_safe_if_unprotected_leaves")

if __name__ == "__main__":
    cases = link_clock.CASES + link_hubs.CASES + link_lists.CASES + link_login.CASES + link_questions.CASES + link_switches.CASES
    sys.exit(run_side_by_side(sorted(cases, key=lambda c: not c.__name__.startswith(SLOW))))
