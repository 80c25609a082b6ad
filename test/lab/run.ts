// Runs one command to its end; whatever goes wrong names the command.

import { spawn } from 'node:child_process';

/** Feeds `input`, returns standard output; throws when the command fails. */
export function run(argv: readonly string[], input = ''): Promise<string> {
  const [command = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: 'pipe' });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      reject(new Error(`${argv.join(' ')}: ${complaint.trim() || `ended with ${signal ?? code}`}`));
    });
    // A command that ends without reading its input has said why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
