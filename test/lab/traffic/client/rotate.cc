// Role `rotate`: a changing set of connections, until it is told to hold what is open.

#include "../common/console.h"
#include "../common/line.h"
#include "roles.h"
#include "rotation.h"

int rotate(Arguments& arguments) {
  const Target target(arguments);
  const RotationSettings settings{
      .live = static_cast<size_t>(arguments.integer("--live", 200)),
      .veterans = static_cast<size_t>(arguments.integer("--veterans", 20)),
      .rate = arguments.integer("--rate", 300),
      .seed = static_cast<uint64_t>(arguments.number("--seed", 1))};
  arguments.finish();
  raise_descriptor_limit();

  Loop loop;
  Rotation rotation(loop, target, settings);
  Console console(loop, [&](const std::string& word) {
    if (word == "hold") rotation.hold();
    if (word == "ask") rotation.ask_all();
    if (word == "quit") return loop.stop();
    Line line;
    line.text("answer", word);
    rotation.report(line);
  });
  rotation.start();
  loop.run();
  return 0;
}
