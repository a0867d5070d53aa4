import { spawn } from 'node:child_process';

/** How a program ended. */
export interface ProgramResult {
  /** Exit code, or `null` when a signal or the time limit ended it or it does not exist. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not run to its end, or empty. */
  readonly trouble: string;
}

/** Options of {@link runProgram}. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Seconds after which it is ended. */
  readonly seconds: number;
}

/** Runs a program to its end and collects what it prints; never rejects. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env = process.env, seconds }: ProgramOptions,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    // spawn's own time limit keeps this process alive after a program that could not start
    const limit = setTimeout(() => child.kill(), seconds * 1000);
    let stdout = '';
    let stderr = '';
    let trouble = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      trouble = error.code === 'ENOENT' ? `${command} is not installed` : error.message;
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (!trouble && signal === 'SIGTERM') trouble = `${command} did not end within ${seconds} s`;
      if (!trouble && signal) trouble = `${command} crashed (${signal})`;
      resolve({ code: trouble ? null : code, stdout, stderr, trouble });
    });
  });
}

/** The line of a failed program's output that says most: the first that begins an error, else the last. */
export function failureLine({ trouble, stdout, stderr, code }: ProgramResult): string {
  if (trouble) return trouble;
  const lines = `${stderr}\n${stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = lines.find((text) => /\berror:/i.test(text)) ?? lines.at(-1) ?? `exit code ${code}`;
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
