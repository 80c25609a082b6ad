// The near end of every test: an MPTCP client in one of several roles.

#include <map>

#include "roles.h"

namespace {

constexpr const char* kUsage =
    "usage: client ROLE --to ADDRESS --port N [--ports K] [--from ADDRESS] [--family 4|6|mapped] "
    "…\n"
    "  request   [--every MS] [--connections N] [--count N] [--size BYTES] [--verbose]\n"
    "            a request every MS (0, the default: back to back); asked: mark | report | quit\n"
    "  download  reads from `peer --source`;           asked: mark | report | quit\n"
    "  upload    sends to `peer --sink`;               asked: mark | report | quit\n"
    "  storm     --count N [--window W] [--hold]   all at once, one exchange each\n"
    "  churn     --count N [--window W]            the same, each closed before the next begins\n"
    "  sequence  --count N [--subflows K] [--deadline MS] [--hold MS] [--told] [--verbose]\n"
    "            one after the other, each until it has K additional subflows (or a line on "
    "stdin)\n"
    "  rotate    [--live N] [--veterans N] [--rate N] [--seed N]\n"
    "            N live ones, of which so many a second are replaced, the veterans never; the peer "
    "is asked\n"
    "            to end some of them; asked: hold | ask | report | quit";

const std::map<std::string, int (*)(Arguments&)> kRoles = {
    {"request", request}, {"download", download}, {"upload", upload}, {"storm", storm},
    {"churn", churn},     {"sequence", sequence}, {"rotate", rotate},
};

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv, kUsage);
  const auto role = kRoles.find(arguments.verb());
  if (role == kRoles.end()) arguments.fail("no such role");
  return role->second(arguments);
}
