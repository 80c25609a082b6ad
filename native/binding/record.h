// Builds one JavaScript object, property by property. Objects whose properties come in the same
// order share a hidden class.
#pragma once

#include <cstdint>
#include <string_view>

#include "binding/require.h"
#include "binding/words.h"
#include "netlink/address.h"

namespace subflowd::binding {

class Record {
 public:
  explicit Record(Words& words) : words_(words) {
    Require(napi_create_object(words.env(), &object_));
  }

  Record& Set(Word key, napi_value value) {
    Require(napi_set_property(words_.env(), object_, words_[key], value));
    return *this;
  }

  Record& Number(Word key, std::int64_t number);
  Record& Boolean(Word key, bool boolean);
  Record& Text(Word key, std::string_view text);
  Record& Name(Word key, Word name) { return Set(key, words_[name]); }
  Record& FamilyName(IpFamily family) {
    return Name(Word::kFamily, family == IpFamily::kIpv4 ? Word::kIpv4 : Word::kIpv6);
  }
  Record& Address(const IpAddress& address);
  Record& Socket(Word key, const SocketAddress& address);

  napi_value value() const { return object_; }

 private:
  Words& words_;
  napi_value object_ = nullptr;
};

/// An array of what `convert` makes of each element.
template <typename Range, typename Convert>
napi_value ArrayOf(napi_env env, const Range& range, Convert convert) {
  napi_value array;
  Require(napi_create_array_with_length(env, range.size(), &array));
  std::uint32_t index = 0;
  for (const auto& element : range) {
    Require(napi_set_element(env, array, index++, convert(element)));
  }
  return array;
}

}  // namespace subflowd::binding
