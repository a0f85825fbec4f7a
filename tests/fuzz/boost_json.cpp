// Fuzzing builds only what it needs: of Boost's compiled parts, this one.
#include <boost/json/src.hpp>
