import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';

const proxies = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/**
 * Sentences on what npm and pnpm may have met where they failed to install: a home folder that cannot be written, a proxy.
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
export function installHints(home = homedir(), env = process.env) {
  const hints = [];
  try {
    accessSync(home, constants.W_OK);
  } catch (error) {
    hints.push(
      `The home folder ${home} cannot be written (${error.code}), and npm and pnpm keep there what they fetch: set HOME to a folder that can, as in HOME=/tmp/home npm run bootstrap.`,
    );
  }
  const proxy = proxies.find((name) => env[name]);
  if (proxy) {
    const address = env[proxy].replace(/\/\/[^/@]*@/, '//');
    hints.push(
      `npm and pnpm go through the proxy ${address} (${proxy}): check that it is reached, or unset ${proxy}.`,
    );
  }
  return [...hints, 'Then run it again.'];
}
