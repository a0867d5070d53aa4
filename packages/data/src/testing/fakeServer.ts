import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface FakeServer {
  url: string;
  /** The Range header of each request so far. */
  ranges: (string | undefined)[];
}

/**
 * A server on the loopback address; the n-th request goes to the n-th handler, later ones to the last. It closes with
 * the test.
 */
export async function fakeServer(...handlers: Handler[]): Promise<FakeServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const handler = handlers[Math.min(ranges.length, handlers.length - 1)]!;
    ranges.push(request.headers.range);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ranges };
}

/** Answers with the content, and with a part of it where a range is asked for. */
export function whole(content: Uint8Array): Handler {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    }
    response.setHeader('content-length', content.length - from);
    response.end(content.subarray(from));
  };
}

/** Answers with the whole content whatever range is asked for. */
export function withoutRanges(content: Uint8Array): Handler {
  return (_request, response) => {
    response.setHeader('content-length', content.length);
    response.end(content);
  };
}

/** What a client has told of: a server may wait for it. */
export class Arrived {
  bytes = 0;
  readonly onProgress = ({ bytes }: { bytes: number }): void => {
    this.bytes = bytes;
  };
}

/**
 * Promises the content, from the asked byte on, and breaks the connection after the first `count` bytes of it, once the client
 * has told that they have arrived: one that learns of the break before it has read them all throws away the rest.
 */
export function cutAfter(content: Uint8Array, count: number, arrived: Arrived): Handler {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    }
    response.setHeader('content-length', content.length - from);
    response.write(content.subarray(from, from + count));
    const waiting = setInterval(() => arrived.bytes >= from + count && response.destroy(), 2);
    response.on('close', () => clearInterval(waiting));
  };
}

export function status(code: number): Handler {
  return (_request, response) => {
    response.statusCode = code;
    response.end('no');
  };
}
