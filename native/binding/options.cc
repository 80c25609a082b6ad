// Options are objects, and may be left out.
#include "binding/options.h"

#include "binding/fields.h"

namespace subflowd::binding {

netlink::SocketOptions ReadSocketOptions(const Napi::Value& value, int receive_buffer) {
  netlink::SocketOptions options{.netns = {}, .receive_buffer = receive_buffer};
  if (value.IsUndefined()) return options;
  const Path path("options");
  Words words(value.Env());
  Fields fields(words, value, path);
  if (fields.Has(Word::kNetns)) options.netns = fields.Text(Word::kNetns);
  if (fields.Has(Word::kReceiveBuffer)) {
    options.receive_buffer = static_cast<int>(fields.Positive(Word::kReceiveBuffer));
  }
  return options;
}

Napi::Function ReadListener(const Napi::Value& value) {
  if (!value.IsFunction()) Path("listener").Reject(value.Env(), "not a function");
  return value.As<Napi::Function>();
}

}  // namespace subflowd::binding
