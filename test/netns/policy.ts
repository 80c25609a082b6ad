// Policies for lab tests, written to files of their own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** A file with this policy; it goes with the test. */
export const policyFile = (t: Test, text: string): string => {
  const directory = mkdtempSync(join(tmpdir(), 'subflowd-policy-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'test.yaml');
  writeFileSync(path, text);
  return path;
};

/** wlan0 with the first role, wwan0 with the second; a return is used at once. */
export const twoPaths = (first: string, second: string): string => `
interface: { name: "wlan*" }
role: ${first}
ready: { settle: 0s }
---
interface: { name: "wwan*" }
role: ${second}
ready: { settle: 0s }
`;
