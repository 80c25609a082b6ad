// The namespaces of all labs in this process: named after it, and gone with it.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { run } from './run.ts';

const DIRECTORY = '/run/netns';
const NAME = /^subflowd-(\d+)-/;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let labs = 0;

/** Says how the namespaces of the next lab are called. */
export function namer(): (host: string) => string {
  labs += 1;
  const suffix = labs === 1 ? '' : `-${labs}`;
  return (host) => `subflowd-${process.pid}-${host}${suffix}`;
}

export async function addNamespaces(names: readonly string[]): Promise<void> {
  await run(['ip', '-batch', '-'], names.map((name) => `netns add ${name}`).join('\n'));
}

export async function deleteNamespaces(names: readonly string[]): Promise<void> {
  await run(['ip', '-batch', '-'], names.map((name) => `netns del ${name}`).join('\n'));
}

/** Removes what a lab left whose process was killed. */
export async function sweep(log: (line: string) => void): Promise<void> {
  const left = listNamespaces().filter((name) => !isAlive(Number(NAME.exec(name)?.[1])));
  if (left.length === 0) return;
  log(`host: left over, removed: ${left.join(' ')}`);
  // Another lab may be sweeping as well: what is gone already is no error.
  await run(['ip', '-force', '-batch', '-'], left.map((n) => `netns del ${n}`).join('\n')).catch(
    () => {},
  );
}

function listNamespaces(): string[] {
  try {
    return readdirSync(DIRECTORY).filter((name) => NAME.test(name));
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Something that has to be undone however this process ends, `kill -9` excepted. */
export interface Undoable {
  /** Must not wait for anything: it runs in the `exit` event. */
  abandon(): void;
}

const pending = new Set<Undoable>();

export function undoAtExit(lab: Undoable): void {
  if (pending.size === 0) {
    process.on('exit', abandonAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  pending.add(lab);
}

export function undone(lab: Undoable): void {
  if (!pending.delete(lab) || pending.size > 0) return;
  process.off('exit', abandonAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

export function deleteNamespacesNow(names: readonly string[]): void {
  const input = names.map((name) => `netns del ${name}`).join('\n');
  spawnSync('ip', ['-force', '-batch', '-'], { input });
}

function abandonAll(): void {
  for (const lab of pending) lab.abandon();
}

/** Then the signal comes once more, to do what it does without us, or what others have it do. */
function onSignal(signal: NodeJS.Signals): void {
  abandonAll();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
