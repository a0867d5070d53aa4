// What the kernelspec starts: `node start.mjs CONNECTION_FILE`.
import { existsSync } from 'node:fs';

const built = new URL('./dist/start.js', import.meta.url);
if (!existsSync(built)) {
  console.error(
    'The TypeScript kernel is not built; run `npm run bootstrap` in its repository and try again.',
  );
  process.exit(1);
}
const { start } = await import(built.href);
await start(process.argv[2]);
