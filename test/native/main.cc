// Runs the tests that this program was linked with.
#include "check.h"

int main() { return subflowd::test::RunAll(); }
