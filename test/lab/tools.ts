// Where the programs are that `make` builds from test/lab/traffic.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ToolName = 'client' | 'peer' | 'relay' | 'sniff';

// This file runs from test/lab or, compiled, from dist/test/lab.
const root = (directory: string): string =>
  existsSync(join(directory, 'package.json')) ? directory : root(dirname(directory));

export function tool(name: ToolName): string {
  const path = join(root(dirname(fileURLToPath(import.meta.url))), 'build', 'test', name);
  if (!existsSync(path)) throw new Error(`${path} is missing: \`make test\` builds it`);
  return path;
}
