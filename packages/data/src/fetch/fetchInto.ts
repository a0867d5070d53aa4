import type { FileHandle } from 'node:fs/promises';
import { proxiedFetch } from '@pixelrnn/files';
import { reasonOf } from '../dataError.js';

/** Why a request gave no whole file; `again` tells whether another try may help. */
export class FetchFailure extends Error {
  constructor(
    message: string,
    readonly again: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export interface FetchIntoOptions {
  url: string;
  /** The size of the whole file. */
  bytes: number;
  /** The request is given up after this long without a byte. */
  stallMilliseconds: number;
  onBytes: (bytes: number) => void;
  /** Ends the request. */
  signal?: AbortSignal | undefined;
}

/**
 * One HTTP request that completes the file behind `handle` (opened for appending): asks for what is missing from its
 * present size on, and starts over where the server sends the whole file instead.
 * @throws FetchFailure for whatever the network or the server did; errors of the disk pass as they are.
 */
export async function fetchInto(handle: FileHandle, options: FetchIntoOptions): Promise<void> {
  const { bytes, stallMilliseconds, onBytes, signal } = options;
  let have = (await handle.stat()).size;
  if (have > bytes) {
    await handle.truncate(0);
    have = 0;
  }
  onBytes(have);
  if (have === bytes) return;

  const controller = new AbortController();
  const signals = AbortSignal.any([controller.signal, ...(signal ? [signal] : [])]);
  const network = async <T>(work: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => controller.abort(), stallMilliseconds);
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw new FetchFailure('it was interrupted', false, { cause: signal.reason });
      const reason = controller.signal.aborted
        ? `nothing came for ${stallMilliseconds / 1000} s`
        : `the connection failed (${reasonOf(error)})`;
      throw new FetchFailure(reason, true, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };

  try {
    const response = await network(() =>
      proxiedFetch(options.url, {
        headers: { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) },
        signal: signals,
      }),
    );
    if (response.status === 416 || (response.status === 206 && !continues(response, have, bytes))) {
      await handle.truncate(0);
      throw new FetchFailure(`the server could not resume at byte ${have}`, true);
    }
    requireWholeFile(response, bytes);
    if (response.status === 200 && have > 0) {
      await handle.truncate(0);
      have = 0;
    }
    const reader = response.body!.getReader();
    for (;;) {
      const { done, value } = await network(() => reader.read());
      if (done) break;
      if (have + value.length > bytes) {
        await handle.truncate(0);
        throw new FetchFailure(`the server sent more than ${bytes} bytes`, false);
      }
      await handle.writeFile(value);
      have += value.length;
      onBytes(have);
    }
    if (have < bytes) throw new FetchFailure(`the connection ended after ${have} bytes`, true);
  } finally {
    controller.abort();
  }
}

function continues(response: Response, have: number, bytes: number): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  return Number(range?.[1]) === have && (range?.[2] === '*' || Number(range?.[2]) === bytes);
}

/** Refuses error pages, login pages and files of another size before a byte of them is written. */
function requireWholeFile(response: Response, bytes: number): void {
  const { status, headers } = response;
  if (status !== 200 && status !== 206) {
    throw new FetchFailure(`the server answered with status ${status}`, status >= 500 || status === 429);
  }
  if (headers.get('content-type')?.startsWith('text/html')) {
    throw new FetchFailure('a web page came instead of the file', false);
  }
  const length = headers.get('content-length');
  const compressed = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  if (status === 200 && length !== null && !compressed && Number(length) !== bytes) {
    throw new FetchFailure(`the server offered a file of ${length} bytes`, false);
  }
}
