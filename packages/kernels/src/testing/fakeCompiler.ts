import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';

/** An addon of Node's that loads and exports nothing. */
function writeAddon(path: string): void {
  const source = 'void* napi_register_module_v1(void* env, void* exports) { return exports; }';
  execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', path], { input: source });
}

/** A compiler that takes down how it was called and runs a script instead. */
export class FakeCompiler {
  private readonly commands: string;

  /** @param root a folder for its files */
  constructor(private readonly root: string) {
    this.commands = join(root, 'commands');
    mkdirSync(root, { recursive: true });
    writeAddon(join(root, 'good.node'));
  }

  /** Makes it CXX; the script has the output file as `$1`, and writes an addon that loads by default. */
  use(script = 'cp "$good" "$1"'): void {
    writeFileSync(this.commands, '');
    const path = join(this.root, 'compiler');
    const lines = [
      '#!/bin/sh',
      '[ "$1" = --version ] && exit',
      `good='${join(this.root, 'good.node')}'`,
      `echo "$*" >> '${this.commands}'`,
      'while [ "$1" != -o ]; do shift; done',
      'set -- "$2"',
      script,
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    chmodSync(path, 0o755);
    vi.stubEnv('CXX', path);
  }

  /** How it was called since `use`, a line each. */
  calls(): string[] {
    return readFileSync(this.commands, 'utf8').trim().split('\n').filter(Boolean);
  }
}
