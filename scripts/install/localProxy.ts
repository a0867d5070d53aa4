import { once } from 'node:events';
import { request as ask, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A proxy on the loopback address. */
export interface LocalProxy {
  address: string;
  /** The hosts that were asked for through it. */
  hosts: ReadonlySet<string>;
  close(): void;
}

/** Starts a proxy that connects to whatever it is asked for, and forwards plain requests. */
export async function startLocalProxy(): Promise<LocalProxy> {
  const hosts = new Set<string>();
  const server = createServer((incoming, response) => {
    const { host, hostname, port, pathname, search } = new URL(incoming.url!);
    hosts.add(host);
    const { method, headers } = incoming;
    const outgoing = ask({ hostname, port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  server.on('connect', (incoming, socket) => {
    const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(incoming.url!)!;
    hosts.add(incoming.url!);
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hosts,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
