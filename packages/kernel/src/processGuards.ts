import { StringDecoder } from 'node:string_decoder';

/** Thrown by `process.exit` in a cell. */
export class ProcessExit extends Error {
  override name = 'ProcessExit';
}

/** Makes `process.exit` throw. @returns the real one */
export function guardExit(): (code: number) => never {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new ProcessExit(
      `process.exit(${code ?? ''}) would end the kernel with all names in it; return or throw instead, or use Kernel > Shut Down.`,
    );
  };
  return exit;
}

export type StreamName = 'stdout' | 'stderr';

/** Sends what is written to standard output and error to `write`, as long as that takes it. @returns writes to the real error stream */
export function redirectOutput(write: (name: StreamName, text: string) => boolean): (text: string) => void {
  const real = process.stderr.write.bind(process.stderr);
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const original = stream.write.bind(stream) as (chunk: string | Uint8Array) => boolean;
    const decoder = new StringDecoder('utf8');
    Object.defineProperty(stream, 'isTTY', { configurable: true, value: false });
    stream.write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error) => void),
      callback?: (error?: Error) => void,
    ) => {
      const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
      if (!write(name, text)) original(chunk);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (done) process.nextTick(done);
      return true;
    };
  }
  return (text) => {
    real(text);
  };
}
