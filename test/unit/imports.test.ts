// Who imports whom, as ARCHITECTURE.md has it: a forbidden edge fails here.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

/** This file runs compiled, from dist/test/unit. */
const rootAbove = (directory: string): string =>
  existsSync(join(directory, 'package.json')) ? directory : rootAbove(dirname(directory));
const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** A rule for a folder. Files at the top of `src`, such as `version.ts`, are of the folder `.`. */
interface Rule {
  /** Folders whose files it may import beside its own. */
  readonly folders: readonly string[];
  /** Single files beyond that. */
  readonly files?: readonly string[];
  /** May it import `node:*` and packages? */
  readonly outside: boolean;
}

const INTENT = ['src/policy/intent.ts'];

const RULES: Readonly<Record<string, Rule>> = {
  model: { folders: [], outside: false },
  kernel: { folders: ['model'], outside: true },
  policy: { folders: ['model'], outside: true },
  engine: { folders: ['model'], files: INTENT, outside: false },
  control: { folders: ['model'], files: INTENT, outside: true },
  daemon: { folders: ['.', 'model', 'kernel', 'policy', 'engine', 'control'], outside: true },
  cli: { folders: ['.', 'model', 'kernel', 'policy', 'engine', 'control'], outside: true },
  app: { folders: ['.', 'model', 'kernel', 'control'], outside: true },
  testing: { folders: ['model', 'kernel'], outside: true },
  // version.ts and index.ts: what the package shows to others.
  '.': { folders: ['model', 'kernel', 'policy', 'engine', 'control', 'app'], outside: true },
};

/** A source file: where it lies below the root, and what is in it. */
interface Source {
  readonly path: string;
  readonly text: string;
}

const sourcesIn = (directory: string, ending: RegExp): Source[] =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(directory, name))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`, `require('x')`, at any place but a comment. */
const importsOf = (text: string): string[] => {
  const code = text.replace(/^\s*\/\/.*$/gm, '').replace(/^\s*\/?\*.*$/gm, '');
  const found = code.matchAll(/(?:\bfrom|\bimport|\brequire|\bload)\s*\(?\s*['"]([^'"\n]+)['"]/g);
  return [...found].map(([, specifier = '']) => specifier);
};

const folderOf = (path: string): string => {
  const [, folder = '', ...rest] = path.split('/');
  return rest.length === 0 ? '.' : folder;
};

/** What is wrong with the imports of one file below `src/`. */
const wrongImports = ({ path, text }: Source): string[] => {
  const folder = folderOf(path);
  const rule = RULES[folder];
  if (rule === undefined) return [`${path}: src/${folder}/ is not in the table`];
  return importsOf(text)
    .filter((specifier) => !isAllowed(rule, path, specifier))
    .map((specifier) => `${path} imports ${specifier}`);
};

const isAllowed = (rule: Rule, path: string, specifier: string): boolean => {
  if (!specifier.startsWith('.')) return rule.outside;
  const target = normalize(join(dirname(path), specifier));
  if (!target.startsWith('src/')) return false;
  const folder = folderOf(target);
  const isNear = folder === folderOf(path) || rule.folders.includes(folder);
  return isNear || (rule.files?.includes(target) ?? false);
};

/** For C++: where alone a word may stand. */
interface Place {
  readonly word: RegExp;
  readonly only: string;
}

const PLACES: readonly Place[] = [
  { word: /#include [<"](napi|node_api|uv)\.h/, only: 'native/binding/' },
  { word: /\b(sendmsg|sendmmsg|recvmsg|recvmmsg|setns)\s*\(/, only: 'native/netlink/' },
  { word: /\bsocket\s*\(\s*AF_NETLINK/, only: 'native/netlink/' },
];

/** Whose headers each folder may include beside its own; `binding` may include all. */
const INCLUDES: Readonly<Record<string, RegExp>> = {
  netlink: /^$/,
  // Pure codecs: of netlink the formats, and nothing that makes a system call.
  mptcp: /^netlink\/(?!socket|transactor|receiver|namespace|file_descriptor)/,
  diag: /^netlink\/(?!socket|transactor|receiver|namespace|file_descriptor)/,
  socket: /^netlink\//,
  binding: /./,
};

const wrongNative = ({ path, text }: Source): string[] => {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const words = PLACES.filter(({ word, only }) => !path.startsWith(only) && word.test(code)).map(
    ({ word, only }) => `${path} has ${word.exec(code)?.[0]}, which is for ${only}`,
  );
  return [...words, ...wrongIncludes(path, code)];
};

const wrongIncludes = (path: string, code: string): string[] => {
  const folder = folderOf(path);
  const allowed = INCLUDES[folder];
  if (allowed === undefined) return [`${path}: native/${folder}/ is not in the table`];
  return [...code.matchAll(/#include "([^"]+)"/g)]
    .map(([, header = '']) => header)
    .filter((header) => !header.startsWith(`${folder}/`) && !allowed.test(header))
    .map((header) => `${path} includes ${header}`);
};

t.test('the imports of src/ keep to the table', async (t) => {
  const sources = sourcesIn('src', /\.ts$/);
  t.ok(sources.length > 50, `${sources.length} files`);
  t.ok(sources.flatMap(({ text }) => importsOf(text)).length > 200, 'imports were found');
  t.same(sources.flatMap(wrongImports), []);
});

t.test('the includes and system calls of native/ keep to their places', async (t) => {
  const sources = sourcesIn('native', /\.(cc|h)$/);
  t.ok(sources.length > 30, `${sources.length} files`);
  t.same(sources.flatMap(wrongNative), []);
});

t.test('every folder of src/ and native/ is in the table of ARCHITECTURE.md', async (t) => {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  for (const parent of ['src', 'native']) {
    const folders = readdirSync(join(ROOT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `\`${parent}/${name}/\``);
    for (const folder of folders) t.ok(text.includes(folder), folder);
  }
});

const FORBIDDEN: readonly Source[] = [
  { path: 'src/engine/a.ts', text: "import { readFileSync } from 'node:fs';" },
  { path: 'src/engine/a.ts', text: "import type { Policy } from '../policy/policy.ts';" },
  { path: 'src/engine/a.ts', text: "import { z } from 'zod';" },
  { path: 'src/engine/a.ts', text: "export * from '../kernel/kernel.ts';" },
  { path: 'src/model/a.ts', text: "import type { Intent } from '../policy/intent.ts';" },
  { path: 'src/model/a.ts', text: "import 'node:net';" },
  { path: 'src/kernel/a.ts', text: "import { apply } from '../engine/apply.ts';" },
  { path: 'src/policy/a.ts', text: "import type { Addon } from '../kernel/addon.ts';" },
  { path: 'src/control/a.ts', text: "import { loadPolicies } from '../policy/index.ts';" },
  { path: 'src/cli/a.ts', text: "const { run } = await import('../daemon/run.ts');" },
  { path: 'src/daemon/a.ts', text: "import {\n  ask,\n} from '../cli/ask.ts';" },
  { path: 'src/daemon/a.ts', text: "import { connect } from '../app/index.ts';" },
  { path: 'src/daemon/a.ts', text: "import { Random } from '../testing/random.ts';" },
  { path: 'src/testing/a.ts', text: "import type { State } from '../engine/state.ts';" },
  { path: 'src/daemon/a.ts', text: "import { Lab } from '../../test/lab/index.ts';" },
  { path: 'src/newcomer/a.ts', text: '' },
];

const ALLOWED: readonly Source[] = [
  { path: 'src/engine/a.ts', text: "import type { Intent } from '../policy/intent.ts';" },
  { path: 'src/engine/deep/a.ts', text: "import type { State } from '../state.ts';" },
  { path: 'src/daemon/a.ts', text: "import { version } from '../version.ts';" },
  { path: 'src/model/a.ts', text: "// as in: import 'node:net';\nexport const a = 'from';" },
];

const FORBIDDEN_NATIVE: readonly Source[] = [
  { path: 'native/mptcp/a.cc', text: '#include <napi.h>' },
  { path: 'native/netlink/a.cc', text: '#include <uv.h>' },
  { path: 'native/binding/a.cc', text: '  sent = ::sendmsg(fd, &header, 0);' },
  { path: 'native/binding/a.cc', text: 'recvmmsg(fd, headers, 8, 0, nullptr);' },
  { path: 'native/socket/a.cc', text: '::socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);' },
  { path: 'native/netlink/a.h', text: '#include "binding/record.h"' },
  { path: 'native/mptcp/a.h', text: '#include "netlink/socket.h"' },
  { path: 'native/mptcp/a.h', text: '#include "diag/records.h"' },
  { path: 'native/newcomer/a.h', text: '' },
];

t.test('this test can fail', async (t) => {
  for (const source of FORBIDDEN) {
    t.equal(wrongImports(source).length, 1, `${source.path}: ${source.text}`);
  }
  for (const source of ALLOWED) t.same(wrongImports(source), [], source.text);
  for (const source of FORBIDDEN_NATIVE) {
    t.equal(wrongNative(source).length, 1, `${source.path}: ${source.text}`);
  }
});
