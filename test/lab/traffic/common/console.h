// How a running program is steered: words on standard input, SIGTERM, the parent's death.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include <functional>
#include <string>

#include "loop.h"

class Console {
 public:
  /** `obey` gets each line; `quit` stands for SIGTERM, SIGINT and the parent's death as well. */
  Console(Loop& loop, std::function<void(const std::string&)> obey)
      : obey_(std::move(obey)), input_(*this, loop), signals_(*this) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_TIMERSLACK, 1);
    signal(SIGPIPE, SIG_IGN);
    signals_.fd = must(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
    loop.watch(signals_.fd, EPOLLIN, &signals_);
    watch_input(loop);
  }

 private:
  struct Input : Watcher {
    Input(Console& console, Loop& loop) : console(console), loop(loop) {}
    void ready(uint32_t) override {
      char bytes[512];
      const ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
      if (size <= 0) return loop.forget(STDIN_FILENO);
      pending.append(bytes, static_cast<size_t>(size));
      for (size_t end; (end = pending.find('\n')) != std::string::npos;) {
        const std::string line = pending.substr(0, end);
        pending.erase(0, end + 1);
        console.obey_(line);
      }
    }
    Console& console;
    Loop& loop;
    std::string pending;
  };

  struct Signals : Watcher {
    explicit Signals(Console& console) : console(console) {}
    void ready(uint32_t) override {
      signalfd_siginfo info;
      if (read(fd, &info, sizeof info) == sizeof info) console.obey_("quit");
    }
    Console& console;
    int fd = -1;
  };

  // A regular file or /dev/null cannot be watched (EPERM), and has nothing to say.
  void watch_input(Loop& loop) {
    if (fcntl(STDIN_FILENO, F_GETFD) < 0 || lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0) return;
    loop.watch(STDIN_FILENO, EPOLLIN, &input_);
  }

  std::function<void(const std::string&)> obey_;
  Input input_;
  Signals signals_;
};
