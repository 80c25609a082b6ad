// The plain Node-API, not its C++ wrapper: this is the hot path.
#include "binding/record.h"

namespace subflowd::binding {

Record& Record::Number(Word key, std::int64_t number) {
  napi_value value;
  Require(napi_create_int64(words_.env(), number, &value));
  return Set(key, value);
}

Record& Record::Boolean(Word key, bool boolean) {
  napi_value value;
  Require(napi_get_boolean(words_.env(), boolean, &value));
  return Set(key, value);
}

Record& Record::Text(Word key, std::string_view text) {
  napi_value value;
  Require(napi_create_string_utf8(words_.env(), text.data(), text.size(), &value));
  return Set(key, value);
}

Record& Record::Address(const IpAddress& address) {
  AddressText buffer;
  const std::string_view text = FormatAddress(address, buffer);
  napi_value value;
  Require(napi_create_string_latin1(words_.env(), text.data(), text.size(), &value));
  return Set(Word::kAddress, value);
}

Record& Record::Socket(Word key, const SocketAddress& address) {
  Record socket(words_);
  socket.Address(address.address).Number(Word::kPort, address.port);
  return Set(key, socket.value());
}

}  // namespace subflowd::binding
