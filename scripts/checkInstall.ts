// A fresh clone as users have it: in a folder whose path has a space and umlauts, with an empty home, by a user without root
// (where this is run as root), through a proxy, on Node 24 with npm 11: the bootstrap, and a short training. Then with a home
// that cannot be written. There is no compiler for it, so that nothing is compiled and no TensorFlow is fetched.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalProxy } from './install/localProxy.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const nobody = 65534;
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-install-'));
const clone = join(folder, 'Köpfe und Füße', 'pixelrnn');
const home = join(folder, 'home');
const closed = join(folder, 'closed');

/** What a user's shell has: nothing of this workspace or of the npm that started this. */
function environment(added: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|PIXELRNN_|INIT_CWD$|NODE_OPTIONS$)/i.test(name),
  );
  const PATH = process.env.PATH?.split(delimiter)
    .filter((path) => !path.includes('node_modules')) // npm adds this workspace's programs, pnpm among them
    .join(delimiter);
  return { ...Object.fromEntries(own), PATH, HOME: home, CXX: join(folder, 'no-compiler'), ...added };
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { cwd: clone, env, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}

const proxy = await startLocalProxy();
try {
  mkdirSync(join(clone, '..'), { recursive: true });
  execFileSync('git', ['clone', '--quiet', root, clone], { stdio: 'inherit' });
  for (const path of [home, closed]) mkdirSync(path);
  chmodSync(closed, 0o555); // of root's, where this is run as root
  if (user.uid !== undefined) execFileSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
  if (user.uid !== undefined) execFileSync('chown', ['0:0', closed]);

  const commands = [
    'node --version && npm --version',
    'npm run bootstrap',
    'npm run engine -- --json',
    "npm run exp -- table4 --preset smoke --rows pixelcnn --set data=seeded --set steps=6 --out 'runs/erste Bögen'",
  ].join(' && ');
  const node24 = ['exec', '--yes', '--package=node@24', '--package=npm@11', '--', 'sh', '-c', commands];
  const proxies = { HTTP_PROXY: proxy.address, HTTPS_PROXY: proxy.address };
  const behind = /^(http|https)_proxy$/i;
  const given = Object.keys(process.env).some((name) => behind.test(name));
  const { status, output } = await run('npm', node24, environment(given ? {} : proxies));
  assert.equal(status, 0, 'the installation and the training end well');
  assert.match(output, /^v24\.\d+\.\d+\n11\.\d+\.\d+$/m);
  assert.match(output, /no-compiler is not installed .*WebAssembly is used instead/s);
  assert.match(output, /"engine":"wasm".*"kernels":"wasm"/);
  if (!given) assert.ok(proxy.hosts.size > 0, 'what is fetched comes through the proxy');
  const made = join(clone, 'runs', 'erste Bögen', 'table4');
  assert.ok(existsSync(join(made, 'runs/pixelcnn/seed-0/samples.png')));
  assert.match(readFileSync(join(made, 'table.md'), 'utf8'), /PixelCNN/);

  rmSync(join(clone, 'node_modules'), { recursive: true }); // else the pnpm in there would do without a home
  const refused = await run('npm', ['run', 'bootstrap'], environment({ HOME: closed }));
  assert.notEqual(refused.status, 0);
  assert.match(
    refused.output,
    /The home folder .*closed cannot be written .*: set HOME to a folder that can/,
  );
  console.log(`install: works from ${clone} on Node 24 with npm 11, and says what a closed home needs`);
} finally {
  proxy.close();
  rmSync(folder, { recursive: true, force: true });
}
