// Keeps decoded items and losses, in the order of their arrival.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "binding/pump.h"
#include "binding/record.h"

namespace subflowd::binding {

struct Lost {
  std::string reason;
};

template <typename Item>
class TypedInbox : public Pump::Inbox {
 public:
  explicit TypedInbox(Word socket) : socket_(socket) {}

  void Lose(std::string reason) override { kept_.push_back(Lost{std::move(reason)}); }

  napi_value TakeBatch(napi_env env) override {
    if (kept_.empty()) return nullptr;
    // Two vectors take turns, so that neither has to grow again.
    std::swap(kept_, told_);
    kept_.clear();
    Words words(env);
    const napi_value batch = ArrayOf(env, told_, [&](const auto& kept) {
      if (const auto* lost = std::get_if<Lost>(&kept)) return LostRecord(words, *lost);
      return RecordOf(words, std::get<Item>(kept));
    });
    told_.clear();
    return batch;
  }

 protected:
  virtual napi_value RecordOf(Words& words, const Item& item) = 0;

  void Keep(Item item) { kept_.push_back(std::move(item)); }

 private:
  napi_value LostRecord(Words& words, const Lost& lost) const {
    return Record(words)
        .Name(Word::kKind, Word::kLost)
        .Name(Word::kSocket, socket_)
        .Text(Word::kReason, lost.reason)
        .value();
  }

  Word socket_;
  std::vector<std::variant<Item, Lost>> kept_;
  std::vector<std::variant<Item, Lost>> told_;
};

}  // namespace subflowd::binding
