// Steps are counted on x86-64 only.
#include <cstdio>

int main() {
  std::fprintf(stderr, "bench-path: not on this processor\n");
  return 1;
}
