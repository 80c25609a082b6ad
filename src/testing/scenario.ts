// Scenarios: what happens to a host, and which commands must follow, as text that a person can read and write.
//
//   # first line: what it shows
//   policy            YAML up to an empty line; without it the built-in default
//   > WORDS           something happens (the verbs are in `perform`)
//   < COMMAND         sent because of it, as `formatCommand` prints it; all of them, in order

import { formatSocketAddress, type SocketAddress } from '../model/address.ts';
import { EndpointFlag } from '../model/endpoint.ts';
import type { Lack } from './scripted-connections.ts';
import type { ScriptedKernel } from './scripted-kernel.ts';

export interface Step {
  readonly line: number;
  /** `undefined` for what is expected before anything happened. */
  readonly action: readonly string[];
  readonly expected: readonly string[];
}

export interface Scenario {
  readonly title: string;
  readonly policy: string | undefined;
  readonly steps: readonly Step[];
}

export const parseScenario = (text: string): Scenario => {
  const lines = text.split('\n');
  const title = (lines[0] ?? '').replace(/^#\s*/, '');
  const steps: { line: number; action: string[]; expected: string[] }[] = [];
  let policy: string[] | undefined;
  let inPolicy = false;
  lines.forEach((line, index) => {
    if (inPolicy && line !== '') policy?.push(line);
    else if (line === 'policy') policy = [];
    else if (line.startsWith('> ')) {
      steps.push({ line: index + 1, action: line.slice(2).trim().split(/\s+/), expected: [] });
    } else if (line.startsWith('< ')) steps.at(-1)?.expected.push(line.slice(2).trim());
    else if (line !== '' && !line.startsWith('#')) {
      throw new Error(`line ${index + 1}: neither "> ", "< ", "policy" nor a comment: ${line}`);
    }
    inPolicy = line === 'policy' || (inPolicy && line !== '');
  });
  return { title, policy: policy?.join('\n'), steps };
};

/** Reads as the same scenario; of the lines, comments are gone. */
export const formatScenario = ({
  title,
  policy,
  steps,
}: Omit<Scenario, 'steps'> & {
  readonly steps: readonly Pick<Step, 'action' | 'expected'>[];
}): string =>
  [
    `# ${title}`,
    '',
    ...(policy === undefined ? [] : ['policy', policy, '']),
    ...steps.flatMap(({ action, expected }) => [
      `> ${action.join(' ')}`,
      ...expected.map((command) => `< ${command}`),
    ]),
    '',
  ].join('\n');

/** Does to the kernel what a `>` line says. Unknown verbs are the runner's own, or an error there. */
export const perform = (kernel: ScriptedKernel, [verb, ...words]: readonly string[]): boolean => {
  const word = (index: number): string => words[index] ?? '';
  switch (verb) {
    case 'interface':
      kernel.addInterface(Number(word(0)), word(1), words.slice(2));
      return true;
    case 'carrier':
      kernel.setCarrier(Number(word(0)), word(1) === 'on');
      return true;
    case 'default-route':
      kernel.setDefaultRoutes(Number(word(0)), word(1) === 'on' ? ['ipv4', 'ipv6'] : []);
      return true;
    case 'silence':
      kernel.setSilence(Number(word(0)), word(1) === 'on');
      return true;
    case 'add-address':
      kernel.addAddress(Number(word(0)), word(1));
      return true;
    case 'remove-address':
      kernel.removeAddress(Number(word(0)), word(1));
      return true;
    case 'open':
    case 'accept':
      kernel.open({
        token: Number(word(0)),
        local: parseSocketAddress(word(1)),
        remote: parseSocketAddress(word(2)),
        serverSide: verb === 'accept',
        established: !words.includes('unacknowledged'),
        denyJoinId0: words.includes('deny-join-id0'),
        owner: words.includes('kernel') ? 'kernel' : 'userspace',
      });
      return true;
    case 'acknowledge':
      kernel.acknowledge(Number(word(0)));
      return true;
    case 'close':
      kernel.end(Number(word(0)), words.includes('quietly'));
      return true;
    case 'peer-announces':
      kernel.peerAnnounces(Number(word(0)), Number(word(1)), parseSocketAddress(word(2)));
      return true;
    case 'peer-limit':
      kernel.peerLimit = Number(word(0));
      return true;
    case 'peer-refuses':
      kernel.peerRefuses(Number(word(0)), Number(word(1)));
      return true;
    case 'peer-is-silent':
      kernel.peerIsSilent(Number(word(0)), Number(word(1)));
      return true;
    case 'peer-joins': {
      const [token, id, local, remote] = [word(0), word(1), word(2), word(3)];
      const ends = [parseSocketAddress(local), parseSocketAddress(remote)] as const;
      kernel.peerJoins(Number(token), Number(id), ...ends);
      return true;
    }
    case 'somebody-joins':
      kernel.somebodyJoins(Number(word(0)), word(1), Number(word(2)), parseSocketAddress(word(3)));
      return true;
    case 'give-up':
      kernel.giveUp(Number(word(0)));
      return true;
    case 'unknown-event':
      kernel.tellUnknown(Number(word(0)));
      return true;
    case 'serve':
      kernel.listeners.serve(parseSocketAddress(word(0)));
      return true;
    case 'stop-serving':
      kernel.stopServing(parseSocketAddress(word(0)));
      return true;
    case 'first-port':
      kernel.listeners.firstPort = Number(word(0));
      return true;
    case 'kernel-lacks':
      kernel.lacks.add(word(0) as Lack);
      return true;
    case 'endpoint': {
      const [address = '', id = '', ...flags] = words;
      const bits = flags.map((name) => EndpointFlag[name as keyof typeof EndpointFlag] ?? 0);
      const all = bits.reduce((sum, bit) => sum | bit, 0);
      kernel.endpoints.list.push({ id: Number(id), address, port: 0, flags: all, ifindex: 0 });
      return true;
    }
    case 'delete-endpoint':
      kernel.deleteEndpoint(Number(word(0)));
      return true;
    case 'limits':
      kernel.endpoints.limits = { subflows: Number(word(0)), addAddrAccepted: Number(word(1)) };
      return true;
    case 'path-manager':
      kernel.pathManager = word(0);
      return true;
    case 'veil':
      kernel.veiled.add(Number(word(0)));
      return true;
    case 'unveil':
      kernel.veiled.delete(Number(word(0)));
      return true;
    case 'clock-set':
      kernel.setClock();
      return true;
    case 'endpoints-fit':
      kernel.endpoints.capacity = Number(word(0));
      return true;
    case 'overflow':
      kernel.overflow();
      return true;
    default:
      return false;
  }
};

/** Reads what {@link formatSocketAddress} prints. */
export const parseSocketAddress = (text: string): SocketAddress => {
  const match = /^\[?(.*?)\]?:(\d+)$/.exec(text);
  const address = { address: match?.[1] ?? text, port: Number(match?.[2] ?? 0) };
  if (formatSocketAddress(address) !== text) throw new Error(`not ADDRESS:PORT: ${text}`);
  return address;
};
