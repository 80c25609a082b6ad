// The plain Node-API, not its C++ wrapper: this is the hot path.
#include "binding/fields.h"

#include <array>
#include <climits>

#include "binding/require.h"

namespace subflowd::binding {

std::string Path::Text() const {
  const std::string before = parent_ == nullptr ? "" : parent_->Text();
  if (name_ == nullptr) return before + "[" + std::to_string(index_) + "]";
  return before.empty() ? name_ : before + "." + name_;
}

void Path::Reject(napi_env env, const char* problem) const {
  throw Napi::TypeError::New(env, Text() + ": " + problem);
}

Fields::Fields(Words& words, napi_value object, const Path& path)
    : words_(words), object_(object), path_(path) {
  napi_valuetype type;
  Require(napi_typeof(words.env(), object, &type));
  if (type != napi_object) path.Reject(words.env(), "not an object");
}

napi_value Fields::Get(Word key) {
  napi_value value;
  napi_valuetype type;
  Require(napi_get_property(words_.env(), object_, words_[key], &value));
  Require(napi_typeof(words_.env(), value, &type));
  return type == napi_undefined ? nullptr : value;
}

napi_value Fields::Need(Word key) {
  const napi_value value = Get(key);
  if (value == nullptr) Reject(key, "missing");
  return value;
}

std::uint32_t Fields::Integer(Word key, std::uint32_t max) {
  return ReadInteger(words_.env(), Need(key), max, Path(path_, Spelling(key)));
}

bool Fields::Boolean(Word key) {
  bool boolean;
  if (napi_get_value_bool(words_.env(), Need(key), &boolean) != napi_ok) {
    Reject(key, "not a boolean");
  }
  return boolean;
}

IpAddress Fields::Address(Word key) {
  AddressText text;
  ShortText(key, text);
  const auto address = ParseAddress(text.data());
  if (!address) Reject(key, "not an IP address");
  return *address;
}

SocketAddress Fields::Socket(Word key) {
  const Path path(path_, Spelling(key));
  Fields fields = Object(key, path);
  return {.address = fields.Address(Word::kAddress), .port = fields.U16(Word::kPort)};
}

std::string Fields::Text(Word key) {
  std::array<char, PATH_MAX> buffer;
  const std::string_view text = ShortText(key, buffer);
  if (text.size() + 1 >= buffer.size()) Reject(key, "too long");
  return std::string(text);
}

std::string_view Fields::ShortText(Word key, std::span<char> buffer) {
  std::size_t length;
  if (napi_get_value_string_utf8(words_.env(), Need(key), buffer.data(), buffer.size(), &length) !=
      napi_ok) {
    Reject(key, "not a string");
  }
  return {buffer.data(), length};
}

void Fields::Reject(Word key, const char* problem) const {
  Path(path_, Spelling(key)).Reject(words_.env(), problem);
}

std::uint32_t ReadInteger(napi_env env, napi_value value, std::uint32_t max, const Path& path) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) path.Reject(env, "not a number");
  // Written so that NaN is refused, too.
  if (!(number >= 0 && number <= max)) path.Reject(env, "out of range");
  const auto integer = static_cast<std::uint32_t>(number);
  if (integer != number) path.Reject(env, "not a whole number");
  return integer;
}

}  // namespace subflowd::binding
