// One function for each kind; which property is wrong comes out of Fields.
#include "binding/command_reader.h"

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "binding/fields.h"
#include "binding/require.h"

namespace subflowd::binding {
namespace {

using mptcp::Command;

using Reader = Command (*)(Fields&);

Command ReadAddAddr(Fields& command) {
  const Path path(command.path(), Spelling(Word::kEndpoint));
  Fields endpoint = command.Object(Word::kEndpoint, path);
  return mptcp::AddAddr{{.id = endpoint.U8(Word::kId),
                         .address = {endpoint.Address(Word::kAddress), endpoint.U16(Word::kPort)},
                         .flags = endpoint.U32(Word::kFlags),
                         .ifindex = endpoint.Positive(Word::kIfindex)}};
}

Command ReadDelAddr(Fields& command) {
  mptcp::DelAddr read{.id = command.U8(Word::kId), .address = {}};
  // With id 0 alone the kernel does nothing, and calls that a success.
  if (read.id == 0) read.address = command.Address(Word::kAddress);
  return read;
}

Command ReadFlushAddrs(Fields&) { return mptcp::FlushAddrs{}; }

Command ReadSetLimits(Fields& command) {
  return mptcp::SetLimits{.subflows = command.OptionalU32(Word::kSubflows),
                          .add_addr_accepted = command.OptionalU32(Word::kAddAddrAccepted)};
}

Command ReadSetEndpointFlags(Fields& command) {
  const Path path(command.path(), Spelling(Word::kEndpoint));
  Fields endpoint = command.Object(Word::kEndpoint, path);
  mptcp::SetEndpointFlags read{
      .id = endpoint.U8(Word::kId), .address = {}, .flags = endpoint.U32(Word::kFlags)};
  if (read.id == 0) {
    read.address = {endpoint.Address(Word::kAddress), endpoint.U16(Word::kPort)};
  }
  return read;
}

Command ReadSetFlags(Fields& command) {
  if (!command.Has(Word::kToken)) return ReadSetEndpointFlags(command);
  return mptcp::SetSubflowFlags{.token = command.U32(Word::kToken),
                                .local = command.Socket(Word::kLocal),
                                .remote = command.Socket(Word::kRemote),
                                .flags = command.U32(Word::kFlags)};
}

Command ReadAnnounce(Fields& command) {
  return mptcp::Announce{.token = command.U32(Word::kToken),
                         .local = command.Socket(Word::kLocal),
                         .local_id = command.U8(Word::kLocalId),
                         .ifindex = command.Positive(Word::kIfindex)};
}

Command ReadRemove(Fields& command) {
  return mptcp::Remove{.token = command.U32(Word::kToken), .local_id = command.U8(Word::kLocalId)};
}

Command ReadSubflowCreate(Fields& command) {
  return mptcp::SubflowCreate{.token = command.U32(Word::kToken),
                              .local = command.Socket(Word::kLocal),
                              .local_id = command.U8(Word::kLocalId),
                              .remote = command.Socket(Word::kRemote),
                              .ifindex = command.Positive(Word::kIfindex),
                              .backup = command.Boolean(Word::kBackup)};
}

Command ReadSubflowDestroy(Fields& command) {
  return mptcp::SubflowDestroy{.token = command.U32(Word::kToken),
                               .local = command.Socket(Word::kLocal),
                               .remote = command.Socket(Word::kRemote)};
}

Command ReadGetAddr(Fields& query) {
  return mptcp::GetAddr{.id = query.U8(Word::kId), .token = query.OptionalU32(Word::kToken)};
}

Command ReadDumpAddr(Fields& query) {
  return mptcp::DumpAddr{.token = query.OptionalU32(Word::kToken)};
}

Command ReadGetLimits(Fields&) { return mptcp::GetLimits{}; }

constexpr std::array<std::pair<std::string_view, mptcp::Operation>, 11> kOperations{{
    {"add-addr", mptcp::kAddAddr},
    {"del-addr", mptcp::kDelAddr},
    {"get-addr", mptcp::kGetAddr},
    {"flush-addrs", mptcp::kFlushAddrs},
    {"set-limits", mptcp::kSetLimits},
    {"get-limits", mptcp::kGetLimits},
    {"set-flags", mptcp::kSetFlags},
    {"announce", mptcp::kAnnounce},
    {"remove", mptcp::kRemove},
    {"subflow-create", mptcp::kSubflowCreate},
    {"subflow-destroy", mptcp::kSubflowDestroy},
}};

mptcp::Operation ReadOperation(Fields& request) {
  std::array<char, 32> buffer;
  const std::string_view operation = request.ShortText(Word::kOperation, buffer);
  for (const auto& [name, number] : kOperations) {
    if (name == operation) return number;
  }
  request.Reject(Word::kOperation, "unknown");
}

std::optional<mptcp::AddressAttributes> ReadRawAddress(Fields& request, Word key) {
  if (!request.Has(key)) return std::nullopt;
  const Path path(request.path(), Spelling(key));
  Fields address = request.Object(key, path);
  return mptcp::AddressAttributes{.address = address.OptionalAddress(Word::kAddress),
                                  .id = address.OptionalU8(Word::kId),
                                  .port = address.OptionalU16(Word::kPort),
                                  .flags = address.OptionalU32(Word::kFlags),
                                  .ifindex = address.OptionalU32(Word::kIfindex)};
}

Command ReadRequest(Fields& request) {
  return mptcp::RawRequest{.operation = ReadOperation(request),
                           .local = ReadRawAddress(request, Word::kLocal),
                           .remote = ReadRawAddress(request, Word::kRemote),
                           .token = request.OptionalU32(Word::kToken),
                           .local_id = request.OptionalU8(Word::kLocalId),
                           .subflows = request.OptionalU32(Word::kSubflows),
                           .add_addr_accepted = request.OptionalU32(Word::kAddAddrAccepted)};
}

using Kind = std::pair<std::string_view, Reader>;

constexpr std::array<Kind, 9> kCommands{{
    {"subflow-create", ReadSubflowCreate},
    {"subflow-destroy", ReadSubflowDestroy},
    {"announce", ReadAnnounce},
    {"remove", ReadRemove},
    {"set-flags", ReadSetFlags},
    {"add-addr", ReadAddAddr},
    {"del-addr", ReadDelAddr},
    {"flush-addrs", ReadFlushAddrs},
    {"set-limits", ReadSetLimits},
}};

constexpr std::array<Kind, 4> kQueries{{
    {"get-addr", ReadGetAddr},
    {"dump-addr", ReadDumpAddr},
    {"get-limits", ReadGetLimits},
    {"request", ReadRequest},
}};

Command Read(Words& words, napi_value value, std::span<const Kind> kinds, const Path& path) {
  Fields fields(words, value, path);
  std::array<char, 32> buffer;
  const std::string_view kind = fields.ShortText(Word::kKind, buffer);
  for (const auto& [name, read] : kinds) {
    if (name == kind) return read(fields);
  }
  fields.Reject(Word::kKind, "unknown");
}

std::vector<Command> ReadAll(const Napi::Value& value, std::span<const Kind> kinds,
                             const char* name) {
  const Path path(name);
  if (!value.IsArray()) path.Reject(value.Env(), "not an array");
  const std::uint32_t length = value.As<Napi::Array>().Length();
  Words words(value.Env());
  std::vector<Command> read;
  read.reserve(length);
  for (std::uint32_t i = 0; i < length; ++i) {
    napi_value element;
    Require(napi_get_element(value.Env(), value, i, &element));
    read.push_back(Read(words, element, kinds, Path(path, i)));
  }
  return read;
}

}  // namespace

std::vector<Command> ReadCommands(const Napi::Value& commands) {
  return ReadAll(commands, kCommands, "commands");
}

std::vector<Command> ReadQueries(const Napi::Value& queries) {
  return ReadAll(queries, kQueries, "queries");
}

}  // namespace subflowd::binding
