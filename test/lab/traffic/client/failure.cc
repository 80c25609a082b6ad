#include <cstring>

#include "../common/line.h"
#include "stream.h"

void report_failure(int64_t connection, const char* why, int error) {
  Line line;
  line.text("failure", why).count("connection", connection);
  if (error != 0) line.text("error", strerrorname_np(error));
}
