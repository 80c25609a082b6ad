# The native addon: build/Release/subflowd.node.
{
  "targets": [
    {
      "target_name": "subflowd",
      "sources": [
        "native/binding/addon.cc",
        "native/binding/command_reader.cc",
        "native/binding/command_socket.cc",
        "native/binding/diag_record.cc",
        "native/binding/diag_snapshot.cc",
        "native/binding/diag_socket.cc",
        "native/binding/errors.cc",
        "native/binding/event_record.cc",
        "native/binding/fields.cc",
        "native/binding/listener.cc",
        "native/binding/mptcp_sockets.cc",
        "native/binding/options.cc",
        "native/binding/path_manager_event_socket.cc",
        "native/binding/pump.cc",
        "native/binding/query.cc",
        "native/binding/record.cc",
        "native/binding/route_dump.cc",
        "native/binding/route_event_socket.cc",
        "native/binding/words.cc",
        "native/diag/decode.cc",
        "native/diag/request.cc",
        "native/mptcp/address_attributes.cc",
        "native/mptcp/decode_endpoint.cc",
        "native/mptcp/decode_event.cc",
        "native/mptcp/encode_command.cc",
        "native/netlink/address.cc",
        "native/netlink/attributes.cc",
        "native/netlink/extended_ack.cc",
        "native/netlink/generic.cc",
        "native/netlink/message.cc",
        "native/netlink/namespace.cc",
        "native/netlink/receiver.cc",
        "native/netlink/socket.cc",
        "native/netlink/transactor.cc",
        "native/socket/listener.cc",
        "native/socket/mptcp_socket.cc",
      ],
      "include_dirs": [
        "native",
        "<!(node -p \"require('node-addon-api').include_dir\")",
      ],
      "defines": [
        "NAPI_VERSION=9",
        # Whatever C++ throws, std::bad_alloc too, reaches JavaScript; in an environment that is
        # being torn down it is dropped.
        "NODE_ADDON_API_CPP_EXCEPTIONS_ALL",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      ],
      "cflags_cc": [
        "-std=c++20",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-fvisibility=hidden",
        "-fstack-protector-strong",
      ],
      "cflags_cc!": ["-std=gnu++17", "-fno-exceptions", "-fno-rtti"],
    }
  ]
}
